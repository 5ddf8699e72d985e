package mailwatch

import (
	"context"
	"errors"
	"log/slog"
	"slices"
	"time"

	"parcelwatch/internal/apart"
	"parcelwatch/parcel"
	"parcelwatch/store"
)

// maxReopen is the number of probes after which a folder is opened again that was
// recreated often. Others are opened with every probe: servers do not announce that a
// folder was deleted and recreated under the same name, and some show new mail only then.
const maxReopen = 10

const maxTold = 20 // texts of the server that are remembered

// folder watches one folder and reconnects as often as needed.
type folder struct {
	w      *Watcher
	name   string
	handle Handler
	reader *reader
	health *health
	log    *slog.Logger
	told   []string
	reopen int // probes until the folder is opened again
}

func newFolder(w *Watcher, name string, handle Handler) *folder {
	f := &folder{w: w, name: name, handle: handle, reader: newReader(&w.account, name), reopen: 1}
	f.log = w.log.With("mailbox", w.account.Name, "folder", name)
	f.health = newHealth(parcel.MailboxHealth{Name: w.account.Name, Folder: name}, w.tellState, f.log)
	f.reader.hold = func(ctx context.Context, s *session, size int64) (func(), error) {
		return w.options.Budget.hold(ctx, size, w.account.Probe, func() error { return f.alive(s) })
	}
	f.reader.hides = func(mails int) { f.log.Warn("the server counts mail that it does not show", "mails", mails) }
	f.reader.progress = func(p Progress) {
		p.Mailbox, p.Folder = w.account.Name, name
		w.tellProgress(p)
	}
	return f
}

// run keeps the folder connected until ctx ends.
func (f *folder) run(ctx context.Context) {
	f.health.set(ctx, parcel.MailboxConnecting, nil)
	wait := &backoff{first: f.w.account.Retry}
	for ctx.Err() == nil {
		err := f.connect(ctx, wait)
		if ctx.Err() != nil {
			return
		}
		state := parcel.MailboxBroken
		if refused := (*RefusedError)(nil); errors.As(err, &refused) {
			state = parcel.MailboxRefused
		}
		f.health.set(ctx, state, Fault(err, f.w.account))
		if pause(ctx, f.delay(wait, state, err)) != nil {
			return
		}
	}
}

// delay returns the time until the next try. Refused credentials are tried rarely, to
// avoid locking the account, and so is an account whose daily limit is used up.
func (f *folder) delay(wait *backoff, state parcel.MailboxState, err error) time.Duration {
	if state == parcel.MailboxRefused {
		return max(time.Until(f.w.refusedTill()), wait.first)
	}
	if no, ok := refusedWith(err); ok && exhausted(no) {
		return maxDelay
	}
	return wait.next()
}

// connect runs one connection from login to logout.
func (f *folder) connect(ctx context.Context, wait *backoff) error {
	var s *session
	var err error
	apart.Run(func() { s, err = f.w.open(ctx) })
	if err != nil {
		return err
	}
	defer s.close()
	defer f.tell(ctx, s)
	if err := s.examine(f.name); err != nil {
		return err
	}
	reading, stop := context.WithCancel(ctx)
	defer stop()
	d := f.startDelivery(ctx, stop)
	f.reader.emit = func(ctx context.Context, s *session, b batch) error {
		if err := f.hand(ctx, s, d, b); err != nil {
			return err
		}
		wait.reset() // reading makes progress
		return nil
	}
	err = f.follow(reading, s, wait)
	return errors.Join(err, d.finish())
}

// follow reads the existing mail, then mail as it arrives.
func (f *folder) follow(ctx context.Context, s *session, wait *backoff) error {
	var at uint32
	var err error
	apart.Run(func() {
		f.health.set(ctx, f.watching(s), nil)
		at, err = f.resume(ctx, s)
	})
	proven := func() {
		wait.reset()
		apart.Run(func() { f.health.checked(time.Now()) })
	}
	for opened := time.Now(); err == nil; {
		apart.Run(func() { at, err = f.poll(ctx, s, at) })
		if err == nil {
			err = s.wait(ctx, f.reader.due(time.Now()), proven)
		}
		if err != nil {
			break
		}
		f.health.set(ctx, f.watching(s), nil) // IDLE may have been refused in the meantime
		if time.Since(opened) >= time.Duration(f.reopen)*f.w.account.Probe {
			opened = time.Now()
			apart.Run(func() { at, err = f.openAgain(ctx, s, at) })
		}
	}
	return err
}

// poll reads the mail that has arrived.
func (f *folder) poll(ctx context.Context, s *session, at uint32) (uint32, error) {
	at, err := f.reader.poll(ctx, s, at)
	if err == nil {
		f.health.checked(time.Now())
		f.tell(ctx, s)
	}
	return at, err
}

// resume reads the checkpoint and completes the first scan.
func (f *folder) resume(ctx context.Context, s *session) (uint32, error) {
	p, err := f.w.checkpoints.Checkpoint(ctx, f.w.account.Name, f.name)
	if err != nil {
		return 0, &StoreError{Err: err}
	}
	if p.UIDValidity != s.box.UIDValidity {
		if p != (store.Checkpoint{}) {
			f.log.InfoContext(ctx, "the server renumbered the folder, it is read again", "since", f.w.account.Since)
		}
		p = store.Checkpoint{UIDValidity: s.box.UIDValidity}
	}
	withheld, err := f.w.checkpoints.Withheld(ctx, f.w.account.Name, f.name, s.box.UIDValidity)
	if err != nil {
		return 0, &StoreError{Err: err}
	}
	at := p.UID
	f.reader.resume(p.UIDValidity, at, withheld)
	if p.Scanned {
		f.warnRewound(ctx, s, p)
		return at, nil
	}
	if at, err = f.reader.firstScan(ctx, s, at); err == nil {
		f.reader.late.reset(p.UIDValidity, at)
	}
	return at, err
}

// warnRewound logs that the server assigns UIDs below the checkpoint again, for example
// after a restore from a backup: mail with these UIDs is not read.
func (f *folder) warnRewound(ctx context.Context, s *session, p store.Checkpoint) {
	if s.box.UIDNext > 0 && uint32(s.box.UIDNext) <= p.UID {
		f.log.WarnContext(ctx, "the server numbers new mail below the place reached", "uid", p.UID, "uid_next", uint32(s.box.UIDNext))
	}
}

// tell logs what the server wants people to read, each text once.
func (f *folder) tell(ctx context.Context, s *session) {
	for _, text := range s.g.alerts() {
		if !slices.Contains(f.told, text) {
			f.told = append(f.told[max(0, len(f.told)-maxTold):], text)
			f.log.WarnContext(ctx, "the server says", "text", text)
		}
	}
}

// openAgain opens the folder again and starts over if it was recreated.
func (f *folder) openAgain(ctx context.Context, s *session, at uint32) (uint32, error) {
	before := s.box.UIDValidity
	if err := s.examine(f.name); err != nil || s.box.UIDValidity == before {
		return at, err
	}
	f.reopen = min(2*f.reopen, maxReopen)
	return f.resume(ctx, s)
}

func (f *folder) watching(s *session) parcel.MailboxState {
	if s.idles() {
		return parcel.MailboxIdle
	}
	return parcel.MailboxPolling
}
