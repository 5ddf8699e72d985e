package command

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/emersion/go-message/mail"
	"golang.org/x/sync/errgroup"

	"parcelwatch/carriers/all"
	"parcelwatch/config"
	"parcelwatch/internal/app"
	"parcelwatch/internal/cli"
	"parcelwatch/internal/demo"
	"parcelwatch/internal/status"
	"parcelwatch/parcel"
	"parcelwatch/parcel/number"
	"parcelwatch/store"
)

const (
	demoLook   = 2 * time.Millisecond // between two checks whether everything is handled
	demoSettle = 25 * time.Second     // for one step of the story, on a busy machine
)

type demoCmd struct {
	Dir      string `default:"parcelwatch-demo" help:"${help_demo_dir}" placeholder:"DIR"`
	Web      bool   `help:"${help_demo_web}"`
	Language string `help:"${help_language}" placeholder:"LANGUAGE"`
}

// Run demonstrates the program without a network: the real daemon with simulated servers
// and a simulated clock.
func (c *demoCmd) Run(ctx context.Context, e *env) (err error) {
	if c.Language != "" {
		e.speak(c.Language)
	}
	dir, err := filepath.Abs(c.Dir)
	if err != nil {
		return fmt.Errorf("demo: %w", err)
	}
	w, err := demo.Open(ctx, dir, e.now())
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, w.Close()) }()
	if c.Web {
		if w.Web, err = demo.FreeAddress(ctx); err != nil {
			return err
		}
	}
	s, err := openStage(ctx, e, w)
	if err != nil {
		return err
	}
	defer shut(s.db)
	e.print(e.say.T("demo_begin"))
	return s.play(ctx)
}

// stage is the daemon in the simulated world, and what was printed so far.
type stage struct {
	*env
	world   *demo.World
	db      store.Store
	box     config.Mailbox
	app     *app.App
	looked  chan struct{} // signals that the notifier is checking
	told    map[int64]parcel.Status
	numbers map[int64]number.Number
	mails   []openedMail
}

func openStage(ctx context.Context, e *env, w *demo.World) (*stage, error) {
	path, err := w.WriteConfig(e.say.Language())
	if err != nil {
		return nil, err
	}
	cfg, err := config.Load(path)
	if err != nil {
		return nil, err
	}
	for _, f := range all.Factories() { // carriers use only the simulated servers
		if _, simulated := cfg.Carriers[f.Info.Name]; !simulated {
			cfg.Carriers[f.Info.Name] = config.Carrier{"enabled": false}
		}
	}
	for _, old := range []string{"", "-wal", "-shm", ".alive"} { // of an earlier demo
		if err := os.Remove(cfg.Store.Path + old); err != nil && !errors.Is(err, os.ErrNotExist) {
			return nil, fmt.Errorf("demo: %w", err)
		}
	}
	log := slog.New(slog.NewTextHandler(e.err, &slog.HandlerOptions{Level: slog.LevelError}))
	db, err := storeAt(cfg).Open(ctx, store.Options{Log: log, Now: w.Clock.Now})
	if err != nil {
		return nil, err
	}
	s := &stage{env: e, world: w, db: db, looked: make(chan struct{}, 1), told: map[int64]parcel.Status{}, numbers: map[int64]number.Number{}}
	s.box = cfg.Mailboxes[0]
	s.app, err = app.New(ctx, cfg, app.Deps{
		Store: db, Ledger: noWaitLedger{db}, Digests: watched{db, s.looked}, Log: log, Now: w.Clock.Now, Jumps: true,
	})
	if err != nil {
		shut(db)
		return nil, err
	}
	return s, nil
}

// noWaitLedger books slots without making callers wait.
type noWaitLedger struct{ store.Ledger }

// Reserve books nothing.
func (noWaitLedger) Reserve(_ context.Context, _ string, _ time.Duration, now time.Time) (time.Time, error) {
	return now, nil
}

// watched is a digest source that signals when the notifier reads it.
type watched struct {
	store.DigestSource
	looked chan struct{}
}

// Health implements [store.DigestSource].
func (w watched) Health(ctx context.Context) (parcel.Health, error) {
	select {
	case w.looked <- struct{}{}:
	default:
	}
	return w.DigestSource.Health(ctx)
}

// play runs the daemon until the story ends; with the page, until the user ends the demo.
func (s *stage) play(ctx context.Context) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	work, daemon := errgroup.WithContext(ctx)
	work.Go(func() error { return s.app.Run(daemon) })
	work.Go(func() error {
		defer cancel() // the end of the story ends the daemon
		if err := s.world.Play(daemon, s.settle); err != nil {
			return err
		}
		s.print("")
		if err := s.curtain(); err != nil || s.world.Web == "" {
			return err
		}
		s.print(s.say.T("demo_page", "Address", "http://"+s.world.Web+"/"))
		<-daemon.Done()
		return nil
	})
	return work.Wait()
}

// settle waits until the daemon has handled everything due at this hour.
func (s *stage) settle(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, demoSettle)
	defer cancel()
	for _, done := range []func(context.Context) error{
		until(func() (bool, error) {
			p, err := s.db.Checkpoint(ctx, s.box.Name, s.box.Folders[0])
			return int(p.UID) >= s.world.Delivered(), err
		}),
		until(func() (bool, error) {
			s.app.WakeTracker()
			next, err := s.db.NextDue(ctx)
			return next.IsZero() || next.After(s.world.Clock.Now()), err
		}),
		// Each run of the notifier reads the health once or twice, so the fourth read
		// comes after a run that began and ended meanwhile.
		s.notified, s.notified, s.notified, s.notified,
		until(func() (bool, error) {
			due, err := s.db.DueMessages(ctx, s.world.Clock.Now(), 1)
			return len(due) == 0, err
		}),
	} {
		if err := done(ctx); err != nil {
			return fmt.Errorf("demo: day %d: %w", s.world.Day(), err)
		}
	}
	return s.show(ctx)
}

// notified wakes the notifier and waits until it looks.
func (s *stage) notified(ctx context.Context) error {
	select {
	case <-s.looked: // from an earlier check
	default:
	}
	s.app.WakeNotifier()
	select {
	case <-s.looked:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// until returns a function that repeats done until it reports true, or ctx ends.
func until(done func() (bool, error)) func(ctx context.Context) error {
	return func(ctx context.Context) error {
		ticker := time.NewTicker(demoLook)
		defer ticker.Stop()
		for {
			if ok, err := done(); ok || err != nil {
				return err
			}
			select {
			case <-ctx.Done():
				return ctx.Err()
			case <-ticker.C:
			}
		}
	}
}

// show prints what is new.
func (s *stage) show(ctx context.Context) error {
	parcels, err := s.db.Parcels(ctx)
	if err != nil {
		return err
	}
	day := cli.Pad(s.say.T("demo_day", "Day", s.world.Day()), 8)
	for _, p := range parcels {
		if was := s.numbers[p.ID]; was != "" && was != p.Number() {
			s.print(day + s.say.T("demo_number", "Old", was, "New", p.Number()))
		}
		s.numbers[p.ID] = p.Number()
		if was, known := s.told[p.ID]; known && was == p.Status {
			continue
		}
		s.told[p.ID] = p.Status
		s.print(day + cli.Pad(string(p.Number()), 18) + cli.Pad(s.say.Status(p.Status), 40) + status.Title(p.Title, p.Items))
	}
	for _, raw := range s.world.Outbound.Mails()[len(s.mails):] {
		m, err := openMail(raw)
		if err != nil {
			return fmt.Errorf("demo: read own mail: %w", err)
		}
		s.print(day + s.say.T("demo_digest", "Subject", m.subject))
		s.mails = append(s.mails, m)
	}
	return nil
}

// curtain writes the digests to files and prints the last one.
func (s *stage) curtain() error {
	last := ""
	for i, m := range s.mails {
		for ending, data := range map[string][]byte{".eml": m.raw, ".html": []byte(m.html)} {
			name := filepath.Join(s.world.Dir, fmt.Sprintf("digest-%02d", i+1)+ending)
			if err := os.WriteFile(name, data, 0o600); err != nil {
				return fmt.Errorf("demo: %w", err)
			}
		}
		last = m.text
	}
	if last != "" {
		s.print(s.say.T("demo_end"))
		s.print("")
		s.print(strings.TrimSpace(last))
		s.print("")
	}
	s.print(s.say.T("demo_files", "Dir", s.world.Dir))
	return nil
}

// openedMail holds the parts of a digest.
type openedMail struct {
	raw                 []byte
	subject, text, html string
}

// openMail reads a mail made by this program: multipart/alternative with text and HTML.
func openMail(raw []byte) (openedMail, error) {
	out := openedMail{raw: raw}
	m, err := mail.CreateReader(bytes.NewReader(raw))
	if err != nil {
		return out, err
	}
	if out.subject, err = m.Header.Subject(); err != nil {
		return out, err
	}
	for _, to := range []*string{&out.text, &out.html} {
		part, err := m.NextPart()
		if err != nil {
			return out, err
		}
		body, err := io.ReadAll(part.Body)
		if err != nil {
			return out, err
		}
		*to = string(body)
	}
	return out, nil
}
