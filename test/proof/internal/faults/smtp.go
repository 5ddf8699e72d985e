//go:build linux

package faults

import (
	"bytes"
	"context"
	"fmt"
	"net"
	"strconv"
	"time"

	"github.com/emersion/go-smtp"

	"parcelwatch/test/rig"
)

func smtpFaults() []fault {
	return []fault{
		{
			part: "SMTP", name: "refused", did: "nothing listens on the mail server's port",
			setup: setup{smtp: nobody}, try: refused,
		},
		{
			part: "SMTP", name: "4xx", did: "the mail is answered with 451, as greylisting does",
			try: saying(&smtp.SMTPError{Code: 451, EnhancedCode: smtp.EnhancedCode{4, 7, 1}, Message: "Greylisted, please try again later"}),
		},
		{
			part: "SMTP", name: "5xx", did: "the mail is answered with 554", quick: true, setup: setup{digests: everyMinute}, try: rejected,
			exception: "a mail that the server has refused for good is not sent again: a second try would be the same mail to the same\n" +
				"server. The refusal stands in the log and in `status`; the parcels are in the next digest as they are then.",
		},
		{
			part: "SMTP", name: "cut in the middle", did: "the connection ends after RCPT",
			try: cutEarly,
		},
		{
			part: "SMTP", name: "cut at the end", did: "the server takes the mail and the connection ends before it says so; clock moved on by 11 minutes",
			setup: setup{clock: true}, try: cutLate,
		},
		{part: "SMTP", name: "slow", did: "the server takes 30 s to accept a mail", try: slowMail},
	}
}

// nobody is a port where no mail server listens.
func nobody(ctx context.Context, _ *bench) (string, error) {
	port, err := rig.FreePorts(ctx, 1)
	return net.JoinHostPort("127.0.0.1", strconv.Itoa(port)), err
}

// urgently starts the daemon and gives it something to tell at once.
func (b *bench) urgently(ctx context.Context) (from int, since time.Time, err error) {
	if err := b.start(ctx); err != nil {
		return 0, since, err
	}
	from, since = b.daemon.Journal.Len(), time.Now()
	_, err = b.deliver(ctx, "out for delivery")
	return from, since, err
}

// failing waits until sending is said to fail.
func (b *bench) failing(ctx context.Context, from int, since time.Time) error {
	limited, cancel := context.WithTimeout(ctx, noticeLimit)
	defer cancel()
	return b.notice(limited, from, since, `msg="notifying fails"`)
}

// arrived waits for so many mails, and takes care that they are one and the
// same.
func (b *bench) arrived(ctx context.Context, n int) error {
	took, err := rig.Until(ctx, backLimit, "the mail goes out", func() bool { return len(b.sink.Mails()) >= n })
	if err != nil {
		return err
	}
	b.outcome.back = seconds(took)
	// Whatever else would be sent would be sent now.
	if err := rig.Pause(ctx, 2*time.Second); err != nil {
		return err
	}
	mails := b.sink.Mails()
	for _, m := range mails {
		if m.ID != mails[0].ID || !bytes.Equal(m.Raw, mails[0].Raw) {
			return fmt.Errorf("%w: different mails tell the same", errWrong)
		}
	}
	if len(mails) != n {
		return fmt.Errorf("%w: %d mails, want %d", errWrong, len(mails), n)
	}
	return nil
}

func refused(ctx context.Context, b *bench) error {
	from, since, err := b.urgently(ctx)
	if err != nil {
		return err
	}
	if err := b.failing(ctx, from, since); err != nil {
		return err
	}
	late, err := rig.OpenSinkAt(ctx, b.smtp)
	if err != nil {
		return err
	}
	b.later(late.Close)
	b.sink = late
	return b.arrived(ctx, 1)
}

func saying(answer *smtp.SMTPError) func(ctx context.Context, b *bench) error {
	return func(ctx context.Context, b *bench) error {
		b.sink.OnMail(func(rig.Taken) error { return answer })
		from, since, err := b.urgently(ctx)
		if err != nil {
			return err
		}
		if err := b.failing(ctx, from, since); err != nil {
			return err
		}
		b.sink.OnMail(nil)
		return b.arrived(ctx, 1)
	}
}

// rejected: the refusal is told, and the next news goes out.
func rejected(ctx context.Context, b *bench) error {
	b.sink.OnMail(func(rig.Taken) error {
		return &smtp.SMTPError{Code: 554, EnhancedCode: smtp.EnhancedCode{5, 7, 1}, Message: "Rejected as spam"}
	})
	from, since, err := b.urgently(ctx)
	if err != nil {
		return err
	}
	if err := b.notice(ctx, from, since, `msg="digest refused"`); err != nil {
		return err
	}
	s, err := b.daemon.Status(ctx)
	if err != nil {
		return err
	}
	if s.Outbox.Error == "" {
		return fmt.Errorf("%w: status says nothing of the refusal", errWrong)
	}
	b.sink.OnMail(nil)
	l, err := b.deliver(ctx, "at customs")
	if err != nil {
		return err
	}
	took, err := rig.Until(ctx, backLimit, "the next digest goes out", func() bool { return len(b.sink.Mails()) > 0 })
	if err != nil {
		return err
	}
	b.outcome.back = seconds(took)
	for _, n := range []string{l.Number, rig.Number(b.numbers-1, "CN")} {
		if !bytes.Contains(b.sink.Mails()[0].Raw, []byte(n)) {
			return fmt.Errorf("%w: the next digest says nothing of %s", errWrong, n)
		}
	}
	return nil
}

func cutEarly(ctx context.Context, b *bench) error {
	b.sink.CutAtRecipient(true)
	from, since, err := b.urgently(ctx)
	if err != nil {
		return err
	}
	if err := b.failing(ctx, from, since); err != nil {
		return err
	}
	b.sink.CutAtRecipient(false)
	return b.arrived(ctx, 1)
}

// cutLate: nobody can know whether the mail has arrived; the repetition is the
// same mail.
func cutLate(ctx context.Context, b *bench) error {
	b.sink.OnMail(func(rig.Taken) error { return rig.ErrTakenAndCut })
	from, since, err := b.urgently(ctx)
	if err != nil {
		return err
	}
	if err := b.failing(ctx, from, since); err != nil {
		return err
	}
	b.sink.OnMail(nil)
	if err := b.move(11 * time.Minute); err != nil {
		return err
	}
	return b.arrived(ctx, 2)
}

func slowMail(ctx context.Context, b *bench) error {
	b.sink.OnMail(func(rig.Taken) error { return rig.Pause(ctx, 30*time.Second) })
	from, _, err := b.urgently(ctx)
	if err != nil {
		return err
	}
	if err := b.arrived(ctx, 1); err != nil {
		return err
	}
	b.outcome.seen, b.outcome.noticed = "the mail goes out, later", "nothing is broken"
	if b.daemon.Journal.Has(from, `msg="notifying fails"`) {
		return fmt.Errorf("%w: a slow server is taken for a broken one", errWrong)
	}
	return nil
}
