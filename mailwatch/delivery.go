package mailwatch

import (
	"context"
	"errors"
	"fmt"
	"time"

	"parcelwatch/internal/fault"
	"parcelwatch/internal/message"
	"parcelwatch/parcel"
	"parcelwatch/store"
)

const (
	handleTries = 4
	firstRetry  = time.Second
	maxRetry    = 5 * time.Minute
	saveLimit   = 3 * time.Second // for the place reached, also when a stop was asked for
	saveEvery   = 16              // mails handled between two saves within a batch
)

// delivery hands batches to the handler beside the fetching of the next ones.
type delivery struct {
	f     *folder
	queue chan batch
	done  chan struct{}
	err   error // valid after done
}

// startDelivery begins to deliver; finish ends it.
func (f *folder) startDelivery(ctx context.Context) *delivery {
	d := &delivery{f: f, queue: make(chan batch, 1), done: make(chan struct{})}
	go func() {
		defer close(d.done)
		d.err = d.run(ctx)
	}()
	return d
}

// finish waits until what was read is handled.
func (d *delivery) finish() error {
	close(d.queue)
	<-d.done
	return d.err
}

// hand queues a batch, giving signs of life to the server while the handler is
// behind.
func (f *folder) hand(ctx context.Context, s *session, d *delivery, b batch) error {
	ticker := time.NewTicker(f.w.account.Probe)
	defer ticker.Stop()
	for {
		select {
		case d.queue <- b:
			return nil
		case <-d.done:
			return errors.New("mail is not handled any more")
		case <-ctx.Done():
			return ctx.Err()
		case <-ticker.C:
			if err := s.noop(); err != nil {
				return err
			}
			f.health.checked(time.Now())
		}
	}
}

func (d *delivery) run(ctx context.Context) error {
	for b := range d.queue {
		if err := d.batch(ctx, b); err != nil {
			return err
		}
	}
	return nil
}

// batch handles the mails of a batch in order, then moves the place.
func (d *delivery) batch(ctx context.Context, b batch) error {
	for _, a := range b.aside {
		if err := d.setAside(ctx, d.ref(a.uid, b), a.subject, a.why); err != nil {
			return err
		}
	}
	var unsaved uint32
	for i, m := range b.mails {
		if err := d.mail(ctx, m); err != nil {
			if unsaved > 0 {
				err = errors.Join(err, d.save(ctx, b, unsaved))
			}
			return err
		}
		unsaved = m.mail.Ref.UID
		if (i+1)%saveEvery == 0 {
			if err := d.save(ctx, b, unsaved); err != nil {
				return err
			}
		}
	}
	if err := d.save(ctx, b, b.upTo); err != nil {
		return err
	}
	if len(d.queue) == 0 {
		d.f.health.settled(time.Now())
	}
	return nil
}

// mail handles one mail. One that keeps failing by itself is set aside; one that
// fails for another reason is tried for as long as it takes.
func (d *delivery) mail(ctx context.Context, m delivered) error {
	delay := firstRetry
	defer d.f.health.release(ctx)
	for try := 1; ; try++ {
		err := d.safely(ctx, m.mail)
		if err == nil {
			d.f.health.mail(m.date, time.Now())
			return nil
		}
		if ctx.Err() != nil {
			return ctx.Err()
		}
		later := errors.Is(err, ErrLater)
		if !later && try >= handleTries {
			return d.setAside(ctx, m.mail.Ref, m.subject, oneLine("handling it failed: "+err.Error()))
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

// waiting is why mail waits to be handled.
func waiting(err error) message.Text {
	why := fault.Of(err, "")
	if why == nil {
		why = message.New("fault_detail", "Text", oneLine(err.Error()))
	}
	return message.New("fault_handling").And(why)
}

// safely keeps a mail that breaks the handler from ending the program.
func (d *delivery) safely(ctx context.Context, m Mail) (err error) {
	defer func() {
		if v := recover(); v != nil {
			err = fmt.Errorf("handler broke down: %v", v)
		}
	}()
	return d.f.handle(ctx, m)
}

func (d *delivery) ref(uid uint32, b batch) parcel.MailRef {
	return parcel.MailRef{Mailbox: d.f.w.account.Name, Folder: d.f.name, UIDValidity: b.validity, UID: uid}
}

func (d *delivery) setAside(ctx context.Context, ref parcel.MailRef, subject, why string) error {
	d.f.log.WarnContext(ctx, "mail set aside", "mail_id", ref.String(), "err", why)
	if err := d.f.w.positions.SetAside(ctx, ref, subject, why, time.Now()); err != nil {
		return &StoreError{Err: err}
	}
	return nil
}

// save moves the place, also while a stop is under way: the mails are handled.
func (d *delivery) save(ctx context.Context, b batch, uid uint32) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), saveLimit)
	defer cancel()
	p := store.Checkpoint{UIDValidity: b.validity, UID: uid, Scanned: b.scanned}
	if err := d.f.w.positions.SaveCheckpoint(ctx, d.f.w.account.Name, d.f.name, p); err != nil {
		return &StoreError{Err: err}
	}
	d.f.log.DebugContext(ctx, "place moved", "uid", uid, "uid_validity", b.validity)
	return nil
}
