package web

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"golang.org/x/crypto/bcrypt"

	"parcelwatch/config"
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
	linkName     = "web/link"
)

// Reasons why nobody is signed in.
var (
	errWrong  = errors.New("the password is wrong")
	errLocked = errors.New("too many wrong passwords")
	errLink   = errors.New("the link was used or is too old")
)

// sessions signs visitors in and recognises them.
type sessions struct {
	store    store.Secrets
	password config.Secret
	now      func() time.Time

	mu       sync.Mutex // of the hashes in the store
	checking chan struct{}
	failures *failures
}

func newSessions(db store.Secrets, password config.Secret, now func() time.Time) *sessions {
	return &sessions{
		store: db, password: password, now: now, checking: make(chan struct{}, 1),
		failures: &failures{of: map[string]failure{}},
	}
}

// pass is what a cookie or a link proves: the hash of a random token and its end.
type pass struct {
	Hash string    `json:"hash"`
	End  time.Time `json:"end"`
}

// issue returns a new random token and its pass.
func issue(end time.Time) (token string, p pass) {
	raw := make([]byte, 32)
	_, _ = rand.Read(raw) // never fails
	token = base64.RawURLEncoding.EncodeToString(raw)
	return token, pass{Hash: hashOf(token), End: end}
}

func hashOf(token string) string {
	sum := sha256.Sum256([]byte(token))
	return hex.EncodeToString(sum[:])
}

// fits reports whether the pass is that of a token at now.
func (p pass) fits(token string, now time.Time) bool {
	return now.Before(p.End) && subtle.ConstantTimeCompare([]byte(p.Hash), []byte(hashOf(token))) == 1
}

// NewLink stores a pass that signs one browser in and returns its token. It replaces an
// earlier one.
func NewLink(ctx context.Context, db store.Secrets, now time.Time) (token string, err error) {
	token, p := issue(now.Add(linkAge))
	if err := save(ctx, db, linkName, p); err != nil {
		return "", fmt.Errorf("keep the link: %w", err)
	}
	return token, nil
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
	if !right(want, password) {
		s.failures.add(client, s.now())
		return "", errWrong
	}
	s.failures.forget(client)
	return s.start(ctx)
}

// right compares a password with the configured one or its bcrypt hash.
func right(want, password string) bool {
	if strings.HasPrefix(want, "$2") && len(want) == 60 {
		return bcrypt.CompareHashAndPassword([]byte(want), []byte(password)) == nil
	}
	a, b := sha256.Sum256([]byte(want)), sha256.Sum256([]byte(password))
	return subtle.ConstantTimeCompare(a[:], b[:]) == 1
}

// redeem returns the token of a new session for the token of a link, which it uses up.
func (s *sessions) redeem(ctx context.Context, client, token string) (string, error) {
	if s.failures.locked(client, s.now()) {
		return "", errLocked
	}
	s.mu.Lock()
	var p pass
	err := load(ctx, s.store, linkName, &p)
	good := err == nil && p.fits(token, s.now())
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
	token, p := issue(s.now().Add(sessionAge))
	err := s.change(ctx, func(all []pass) []pass { return append(all[max(0, len(all)-maxSessions+1):], p) })
	return token, err
}

// end deletes the session of a token.
func (s *sessions) end(ctx context.Context, token string) error {
	return s.change(ctx, func(all []pass) []pass {
		return slices.DeleteFunc(all, func(p pass) bool { return p.fits(token, s.now()) })
	})
}

// valid reports whether a token belongs to a session.
func (s *sessions) valid(ctx context.Context, token string) (bool, error) {
	if token == "" || len(token) > 100 {
		return false, nil
	}
	var all []pass
	if err := load(ctx, s.store, sessionsName, &all); err != nil {
		return false, fmt.Errorf("read the sessions: %w", err)
	}
	return slices.ContainsFunc(all, func(p pass) bool { return p.fits(token, s.now()) }), nil
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
