package web

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"golang.org/x/crypto/bcrypt"

	"parcelwatch/config"
	"parcelwatch/internal/token"
	"parcelwatch/parcel"
	"parcelwatch/store"
)

const (
	sessionAge  = 30 * 24 * time.Hour
	maxSessions = 20
	linkAge     = 15 * time.Minute
	maxFailures = 5
	lockTime    = 15 * time.Minute
	maxClients  = 1000 // whose failures are remembered

	sessionsName = "web/sessions" // of the secret in the store
	markName     = "web/password" // a salted hash of the password that they belong to
	linkName     = "web/link"
)

// Reasons why nobody is signed in.
var (
	errWrong  = errors.New("the password is wrong")
	errLocked = errors.New("too many wrong passwords")
	errLink   = errors.New("the link was used or is too old")
	errHash   = errors.New("the configured hash of the password cannot be used")
)

// sessions signs visitors in and recognises them.
type sessions struct {
	store    store.Secrets
	password config.Secret
	cost     int // of hashes, for bcrypt
	now      func() time.Time

	mu       sync.Mutex // of the hashes in the store, and of seen
	seen     string     // the password that the sessions belong to; empty until it was read
	checking chan struct{}
	failures *failures
}

func newSessions(o Options) *sessions {
	return &sessions{
		store: o.Store, password: o.Config.Password, cost: cmp.Or(o.HashCost, bcrypt.DefaultCost), now: o.Now, checking: make(chan struct{}, 1),
		failures: &failures{of: map[string]failure{}},
	}
}

// pass is what a cookie or a link proves: the hash of a random token and its end.
type pass struct {
	Hash string    `json:"hash"`
	End  time.Time `json:"end"`
}

// issue returns a new token and its pass.
func issue(end time.Time) (string, pass) {
	fresh := token.New()
	return fresh, pass{Hash: token.Hash(fresh), End: end}
}

// fits reports whether the pass is that of a token at now.
func (p pass) fits(shown string, now time.Time) bool {
	return now.Before(p.End) && token.Matches(p.Hash, shown)
}

// NewLink stores a pass that signs one browser in and returns its token. It replaces an
// earlier one.
func NewLink(ctx context.Context, db store.Secrets, now time.Time) (string, error) {
	fresh, p := issue(now.Add(linkAge))
	if err := save(ctx, db, linkName, p); err != nil {
		return "", fmt.Errorf("keep the link: %w", err)
	}
	return fresh, nil
}

// signIn returns the token of a new session for the right password.
func (s *sessions) signIn(ctx context.Context, client, password string) (string, error) {
	if s.failures.locked(client, s.now()) {
		return "", errLocked
	}
	select {
	case s.checking <- struct{}{}: // one at a time: a check is slow on purpose
	case <-ctx.Done():
		return "", ctx.Err()
	}
	defer func() { <-s.checking }()
	// Those that waited meanwhile count as well.
	if s.failures.locked(client, s.now()) {
		return "", errLocked
	}
	want, err := s.password.Resolve(ctx)
	if err != nil {
		return "", err
	}
	ok, err := right(want, password)
	if err != nil {
		return "", err
	}
	if !ok {
		s.failures.add(client, s.now())
		return "", errWrong
	}
	s.failures.forget(client)
	if err := s.renew(ctx, want); err != nil {
		return "", err
	}
	return s.start(ctx)
}

// redeem returns the token of a new session for the token of a link, which it uses up.
func (s *sessions) redeem(ctx context.Context, client, shown string) (string, error) {
	if s.failures.locked(client, s.now()) {
		return "", errLocked
	}
	s.mu.Lock()
	var p pass
	err := load(ctx, s.store, linkName, &p)
	good := err == nil && p.fits(shown, s.now())
	if good {
		err = s.store.SetSecret(ctx, linkName, "")
	}
	s.mu.Unlock()
	switch {
	case err != nil:
		return "", fmt.Errorf("use the link: %w", err)
	case !good:
		s.failures.add(client, s.now())
		return "", errLink
	}
	return s.start(ctx)
}

// start stores a new session. The oldest ones make room.
func (s *sessions) start(ctx context.Context) (string, error) {
	if err := s.read(ctx); err != nil {
		return "", err
	}
	fresh, p := issue(s.now().Add(sessionAge))
	err := s.change(ctx, func(all []pass) []pass { return append(all[max(0, len(all)-maxSessions+1):], p) })
	return fresh, err
}

// end deletes the session of a token.
func (s *sessions) end(ctx context.Context, shown string) error {
	return s.change(ctx, func(all []pass) []pass {
		return slices.DeleteFunc(all, func(p pass) bool { return p.fits(shown, s.now()) })
	})
}

// valid reports whether a token belongs to a session.
func (s *sessions) valid(ctx context.Context, shown string) (bool, error) {
	if shown == "" || len(shown) > 100 {
		return false, nil
	}
	if err := s.read(ctx); err != nil {
		return false, err
	}
	var all []pass
	if err := load(ctx, s.store, sessionsName, &all); err != nil {
		return false, fmt.Errorf("read the sessions: %w", err)
	}
	return slices.ContainsFunc(all, func(p pass) bool { return p.fits(shown, s.now()) }), nil
}

// read compares the configured password once with that of the sessions.
func (s *sessions) read(ctx context.Context) error {
	s.mu.Lock()
	known := s.seen != ""
	s.mu.Unlock()
	if known {
		return nil
	}
	want, err := s.password.Resolve(ctx)
	if err != nil {
		return err
	}
	return s.renew(ctx, want)
}

// renew ends the sessions of another password.
func (s *sessions) renew(ctx context.Context, want string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := token.Hash(want) // bcrypt reads at most 72 bytes
	if s.seen == now {
		return nil
	}
	var mark string
	if err := load(ctx, s.store, markName, &mark); err != nil {
		return fmt.Errorf("read the sessions: %w", err)
	}
	if bcrypt.CompareHashAndPassword([]byte(mark), []byte(now)) != nil {
		fresh, err := bcrypt.GenerateFromPassword([]byte(now), s.cost)
		if err == nil {
			err = save(ctx, s.store, sessionsName, []pass{})
		}
		if err == nil {
			err = save(ctx, s.store, markName, string(fresh))
		}
		if err != nil {
			return fmt.Errorf("end the sessions of another password: %w", err)
		}
	}
	s.seen = now
	return nil
}

func (s *sessions) change(ctx context.Context, edit func([]pass) []pass) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	var all []pass
	if err := load(ctx, s.store, sessionsName, &all); err != nil {
		return fmt.Errorf("read the sessions: %w", err)
	}
	all = slices.DeleteFunc(all, func(p pass) bool { return !s.now().Before(p.End) })
	if err := save(ctx, s.store, sessionsName, edit(all)); err != nil {
		return fmt.Errorf("keep the sessions: %w", err)
	}
	return nil
}

// load reads a value; one that is missing or not ours leaves it unchanged.
func load(ctx context.Context, db store.Secrets, name string, into any) error {
	text, err := db.Secret(ctx, name)
	if errors.Is(err, parcel.ErrNotFound) {
		return nil
	}
	if err == nil {
		_ = json.Unmarshal([]byte(text), into)
	}
	return err
}

func save(ctx context.Context, db store.Secrets, name string, v any) error {
	text, err := json.Marshal(v)
	if err != nil {
		return err
	}
	return db.SetSecret(ctx, name, string(text))
}

// crowd is the client whose count all share that are too many to be counted each.
const crowd = ""

// failures counts wrong passwords by client.
type failures struct {
	mu sync.Mutex
	of map[string]failure
}

type failure struct {
	count int
	last  time.Time
}

func (f *failures) locked(client string, now time.Time) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	one, known := f.of[client]
	if !known {
		one = f.of[crowd]
	}
	return one.count >= maxFailures && now.Sub(one.last).Abs() < lockTime
}

func (f *failures) add(client string, now time.Time) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for c, one := range f.of {
		if now.Sub(one.last).Abs() >= lockTime {
			delete(f.of, c)
		}
	}
	one, known := f.of[client]
	if !known && len(f.of) >= maxClients {
		client = crowd
		one = f.of[client]
	}
	f.of[client] = failure{count: one.count + 1, last: now}
}

func (f *failures) forget(client string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	delete(f.of, client)
}
