package mailwatch

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"sync"
	"time"

	"parcelwatch/internal/fault"
	"parcelwatch/internal/locale"
	"parcelwatch/internal/message"
	"parcelwatch/parcel"
	"parcelwatch/store"
)

const (
	handleTries = 4
	firstRetry  = time.Second
	maxRetry    = 5 * time.Minute
	handleLimit = 2 * time.Minute
	chunkMails  = 64              // passed to the handler at a time
	chunkBytes  = 2 << 20         // and their size, above which a mail is passed by itself
	saveLimit   = 3 * time.Second // for storing a checkpoint, also while stopping
)

// delivery passes batches to the handler while the next ones are fetched. It has a
// goroutine while it has batches.
type delivery struct {
	f       *folder
	queue   chan batch
	work    func() // handles what is queued
	workers sync.WaitGroup
	mu      sync.Mutex
	working bool
	failed  chan struct{}
	err     error            // valid after failed is closed
	saved   store.Checkpoint // the last one that is known to be stored
	limit   int              // mails passed to the handler at a time; smaller after a failure
}

// startDelivery starts a delivery, which finish ends. failed is called if the delivery
// ends with an error before that.
func (f *folder) startDelivery(ctx context.Context, failed func()) *delivery {
	d := &delivery{f: f, queue: make(chan batch, 1), failed: make(chan struct{}), limit: chunkMails}
	d.work = func() {
		// Without an error the next goroutine may run by now.
		if err := d.run(ctx); err != nil {
			d.err = err
			close(d.failed)
			failed()
		}
	}
	return d
}

// finish waits until all batches are handled.
func (d *delivery) finish() error {
	d.workers.Wait()
	select {
	case b := <-d.queue: // after an error
		b.done()
	default:
	}
	return d.err
}

// hand queues a batch. While the queue is full, it keeps the connection alive.
func (f *folder) hand(ctx context.Context, s *session, d *delivery, b batch) error {
	ticker := time.NewTicker(f.w.account.Probe)
	defer ticker.Stop()
	for {
		select {
		case d.queue <- b:
			d.start()
			return nil
		case <-d.failed:
			b.done()
			return errors.New("mail is not handled any more")
		case <-ctx.Done():
			b.done()
			return ctx.Err()
		case <-ticker.C:
			if err := f.alive(s); err != nil {
				b.done()
				return err
			}
		}
	}
}

// start starts the goroutine unless it runs. After an error it does not run again.
func (d *delivery) start() {
	d.mu.Lock()
	defer d.mu.Unlock()
	if !d.working {
		d.working = true
		d.workers.Go(d.work)
	}
}

// next takes a batch from the queue. Without one, the goroutine has to end.
func (d *delivery) next() (b batch, ok bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	select {
	case b = <-d.queue:
	default:
		d.working = false
	}
	return b, d.working
}

// alive keeps a connection alive while mail waits.
func (f *folder) alive(s *session) error {
	if err := s.noop(); err != nil {
		return err
	}
	f.health.checked(time.Now())
	return nil
}

func (d *delivery) run(ctx context.Context) error {
	for b, ok := d.next(); ok; b, ok = d.next() {
		if err := d.batch(ctx, b); err != nil {
			return err
		}
	}
	return nil
}

// batch handles the mails of a batch in order. The handler moves the checkpoint with
// each mail. batch then stores the end of the batch if its last mails were not passed
// to the handler.
func (d *delivery) batch(ctx context.Context, b batch) error {
	defer b.done()
	if d.saved.UIDValidity != b.validity {
		d.saved = store.Checkpoint{UIDValidity: b.validity}
	}
	for _, a := range b.aside {
		if a.named {
			continue
		}
		if err := d.setAside(ctx, d.ref(a.uid, b), a.subject, a.why); err != nil {
			return err
		}
	}
	for _, w := range b.again {
		if err := d.f.w.checkpoints.Withhold(ctx, d.ref(w.UID, b), w); err != nil {
			return &StoreError{Err: err}
		}
	}
	if err := d.mails(ctx, b.mails); err != nil {
		return err
	}
	for _, r := range b.released {
		if err := d.f.w.checkpoints.ReleaseMail(ctx, d.ref(r.uid, b), r.gone); err != nil {
			return &StoreError{Err: err}
		}
	}
	if b.upTo > d.saved.UID || b.scanned {
		if err := d.save(ctx, store.Checkpoint{UIDValidity: b.validity, UID: b.upTo, Scanned: b.scanned}); err != nil {
			return err
		}
	}
	if len(d.queue) == 0 {
		d.f.health.settled()
	}
	return nil
}

// mails handles mails in chunks. The first mail of a chunk that is not handled is handled
// by itself.
func (d *delivery) mails(ctx context.Context, mails []delivered) error {
	for len(mails) > 0 {
		chunk := d.chunk(mails)
		n := 0
		if len(chunk) > 1 {
			n = d.together(ctx, chunk)
		}
		failed := len(chunk) > 1 && n == 0 // after a panic or a timeout, any of them may be the cause
		if n < len(chunk) {
			if err := d.mail(ctx, mails[n]); err != nil {
				return err
			}
			n++
		}
		if d.limit = min(d.limit*2, chunkMails); failed {
			d.limit = len(chunk) / 2
		}
		mails = mails[n:]
	}
	return nil
}

func (d *delivery) chunk(mails []delivered) []delivered {
	bytes, n := 0, 0
	for n < min(len(mails), d.limit) {
		if bytes += len(mails[n].mail.Raw); n > 0 && bytes > chunkBytes {
			break
		}
		n++
	}
	return mails[:n]
}

// together passes a chunk to the handler and returns how many of its mails are handled.
func (d *delivery) together(ctx context.Context, chunk []delivered) int {
	mails := make([]Mail, 0, len(chunk))
	for _, m := range chunk {
		mails = append(mails, m.mail)
	}
	n, err := d.safely(ctx, mails)
	n = max(min(n, len(chunk)), 0)
	if err != nil && ctx.Err() == nil {
		d.f.log.DebugContext(ctx, "a mail is handled by itself", "mail_id", chunk[min(n, len(chunk)-1)].mail.Ref.String(), "err", err.Error())
	}
	for _, m := range chunk[:n] {
		d.handled(m)
	}
	return n
}

func (d *delivery) handled(m delivered) {
	d.saved.UID = max(d.saved.UID, m.mail.Ref.UID)
	d.f.health.mail(m.date, time.Now())
}

// mail handles one mail or sets it aside: at once after a [PermanentError] or when its
// time is up, and after a few tries if the cause is unknown. After [ErrLater] it retries until ctx ends.
func (d *delivery) mail(ctx context.Context, m delivered) error {
	delay := firstRetry
	defer d.f.health.release(ctx)
	for try := 1; ; try++ {
		_, err := d.safely(ctx, []Mail{m.mail})
		if err == nil {
			d.handled(m)
			return nil
		}
		if ctx.Err() != nil {
			return ctx.Err()
		}
		later := errors.Is(err, ErrLater)
		if !later && errors.Is(err, context.DeadlineExceeded) {
			why := message.New("unread_deadline", "Minutes", strconv.Itoa(int(handleLimit.Minutes())))
			return d.setAside(ctx, m.mail.Ref, m.subject, why)
		}
		_, permanent := errors.AsType[*PermanentError](err)
		if !later && (permanent || try >= handleTries) {
			return d.setAside(ctx, m.mail.Ref, m.subject, message.New("unread_handling", "Text", err.Error()))
		}
		if later && try == handleTries {
			d.f.health.hold(ctx, waiting(err))
		}
		if err := pause(ctx, delay); err != nil {
			return err
		}
		delay = min(delay*4, maxRetry)
	}
}

// waiting is the fault shown while a mail waits to be handled.
func waiting(err error) message.Text {
	why := fault.Of(err, "")
	if why == nil {
		why = message.New("fault_detail", "Text", oneLine(err.Error()))
	}
	return message.New("fault_handling").And(why)
}

// safely turns a panic of the handler into an error.
func (d *delivery) safely(ctx context.Context, mails []Mail) (handled int, err error) {
	size := 0
	for _, m := range mails {
		size += len(m.Raw)
	}
	free, err := d.f.w.options.Budget.parse(ctx, size)
	if err != nil {
		return 0, err
	}
	defer free()
	ctx, cancel := context.WithTimeout(ctx, handleLimit)
	defer cancel()
	defer func() {
		if v := recover(); v != nil {
			handled, err = 0, Permanent(fmt.Errorf("handler broke down: %v", v))
		}
	}()
	return d.f.handle(ctx, mails)
}

func (d *delivery) ref(uid uint32, b batch) parcel.MailRef {
	return parcel.MailRef{Mailbox: d.f.w.account.Name, Folder: d.f.name, UIDValidity: b.validity, UID: uid}
}

func (d *delivery) setAside(ctx context.Context, ref parcel.MailRef, subject string, why message.Text) error {
	d.f.log.WarnContext(ctx, "mail set aside", "mail_id", ref.String(), "err", locale.English(why))
	if err := d.f.w.checkpoints.SetAside(ctx, ref, subject, why, time.Now()); err != nil {
		return &StoreError{Err: err}
	}
	return nil
}

// save stores a checkpoint, even while stopping: the mails before it have been handled.
func (d *delivery) save(ctx context.Context, c store.Checkpoint) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), saveLimit)
	defer cancel()
	if err := d.f.w.checkpoints.SaveCheckpoint(ctx, d.f.w.account.Name, d.f.name, c); err != nil {
		return &StoreError{Err: err}
	}
	d.saved = c
	d.f.log.DebugContext(ctx, "checkpoint saved", "uid", c.UID, "uid_validity", c.UIDValidity)
	return nil
}
