package mailwatch

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"time"

	"parcelwatch/parcel"
	"parcelwatch/store"
)

// Stage is the current activity of a scan.
type Stage string

// The stages of a scan.
const (
	StageSearching Stage = "searching" // Done and Total count search commands
	StageReading   Stage = "reading"   // Done and Total count mails selected by their header
)

// Progress is the progress of a scan.
type Progress struct {
	Mailbox, Folder string
	Stage           Stage
	Done, Total     int
}

// Options receive a watcher's reports. The functions may be called by several folders at
// the same time; each folder waits for its own calls.
type Options struct {
	Log        *slog.Logger
	Budget     *Budget // shared by the mailboxes of a process; nil for one of its own
	OnState    func(parcel.MailboxHealth)
	OnProgress func(Progress)
}

// Watcher reads the folders of one account until it is stopped.
type Watcher struct {
	account     Account
	checkpoints store.Checkpoints
	log         *slog.Logger
	options     Options

	// gate lets one folder log in at a time, so that the others do not try a credential that
	// was just refused.
	gate    chan struct{}
	refusal sync.Mutex
	refused refusedUntil
}

type refusedUntil struct {
	err  error
	till time.Time
	fast bool // the early second try of a token was made
}

// New returns a watcher for an account. Checkpoints are stored under the account's name.
func New(a Account, c store.Checkpoints, o Options) *Watcher {
	w := &Watcher{account: a.complete(), checkpoints: c, options: o, log: o.Log, gate: make(chan struct{}, 1)}
	if w.options.Budget == nil {
		w.options.Budget = NewBudget()
	}
	if w.log == nil {
		w.log = slog.New(slog.DiscardHandler)
	}
	return w
}

// Run passes every mail of the account's senders to handle, at least once and in UID
// order of its folder; folders are read concurrently. It returns nil after ctx has ended
// and everything is closed, or at once if the settings are invalid.
func (w *Watcher) Run(ctx context.Context, handle Handler) error {
	if err := w.account.check(); err != nil {
		return err
	}
	var wg sync.WaitGroup
	for _, name := range w.account.Folders[1:] {
		f := newFolder(w, name, handle)
		wg.Go(func() { f.run(ctx) })
	}
	newFolder(w, w.account.Folders[0], handle).run(ctx)
	wg.Wait()
	return nil
}

// open connects and logs in, one folder at a time.
func (w *Watcher) open(ctx context.Context) (*session, error) {
	select {
	case w.gate <- struct{}{}:
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	defer func() { <-w.gate }()
	if err := w.stillRefused(); err != nil {
		return nil, err
	}
	s, err := open(ctx, &w.account, w.options.Budget)
	w.remember(err)
	return s, err
}

// remember keeps a refusal for the other folders until a login succeeds.
func (w *Watcher) remember(err error) {
	w.refusal.Lock()
	defer w.refusal.Unlock()
	var refused *RefusedError
	switch {
	case err == nil:
		w.refused = refusedUntil{}
	case errors.As(err, &refused):
		pause := refusedPause
		if refused.Token && !w.refused.fast {
			pause = tokenPause // it may just have expired
		}
		w.refused = refusedUntil{err: err, till: time.Now().Add(pause), fast: true}
	case errors.Is(err, errLoginLater):
		w.refused = refusedUntil{err: err, till: time.Now().Add(loginPause), fast: w.refused.fast}
	}
}

func (w *Watcher) stillRefused() error {
	w.refusal.Lock()
	defer w.refusal.Unlock()
	if time.Now().Before(w.refused.till) {
		return w.refused.err
	}
	return nil
}

func (w *Watcher) refusedTill() time.Time {
	w.refusal.Lock()
	defer w.refusal.Unlock()
	return w.refused.till
}

func (w *Watcher) tellState(h parcel.MailboxHealth) {
	if w.options.OnState == nil {
		return
	}
	w.options.OnState(h)
}

func (w *Watcher) tellProgress(p Progress) {
	if w.options.OnProgress == nil {
		return
	}
	w.options.OnProgress(p)
}
