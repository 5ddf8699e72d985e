//go:build linux

package faults

import (
	"bytes"
	"context"
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
			part: "SMTP", name: "5xx", did: "the mail is answered with 554; clock moved on by 11 minutes", quick: true,
			setup: setup{clock: true}, try: rejected,
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
func (b *bench) urgently(ctx context.Context) {
	b.start(ctx)
	b.deliver(ctx, "out for delivery")
}

// failing waits until sending is said to fail.
func (b *bench) failing(ctx context.Context) { b.notice(ctx, `msg="notifying fails"`) }

// arrived waits for so many mails, and takes care that they are one and the
// same.
func (b *bench) arrived(ctx context.Context, n int) {
	b.outcome.back = seconds(b.until(ctx, backLimit, "the mail goes out", func() bool { return len(b.sink.Mails()) >= n }))
	// Whatever else would be sent would be sent now.
	b.pause(ctx, 2*time.Second)
	mails := b.sink.Mails()
	for _, m := range mails {
		b.hold(m.ID == mails[0].ID && bytes.Equal(m.Raw, mails[0].Raw), "different mails tell the same")
	}
	b.hold(len(mails) == n, "%d mails, want %d", len(mails), n)
}

func refused(ctx context.Context, b *bench) {
	b.urgently(ctx)
	b.failing(ctx)
	b.do(func() error {
		late, err := rig.OpenSinkAt(ctx, b.smtp)
		if err == nil {
			b.later(late.Close)
			b.sink = late
		}
		return err
	})
	b.arrived(ctx, 1)
}

func saying(answer *smtp.SMTPError) func(ctx context.Context, b *bench) {
	return func(ctx context.Context, b *bench) {
		b.sink.OnMail(func(rig.Taken) error { return answer })
		b.urgently(ctx)
		b.failing(ctx)
		b.sink.OnMail(nil)
		b.arrived(ctx, 1)
	}
}

// rejected: the refusal is told, and one mail tells what was refused and what came
// after it.
func rejected(ctx context.Context, b *bench) {
	b.sink.OnMail(func(rig.Taken) error {
		return &smtp.SMTPError{Code: 554, EnhancedCode: smtp.EnhancedCode{5, 7, 1}, Message: "Rejected as spam"}
	})
	b.urgently(ctx)
	b.notice(ctx, `msg="digest refused"`)
	// It is logged a moment before it is recorded.
	b.until(ctx, noticeLimit, "status tells the refusal", func() bool {
		s, err := b.daemon.Status(ctx)
		return err == nil && s.Outbox.Error != ""
	})
	b.sink.OnMail(nil) // what is refused waits for news
	b.known(ctx, b.deliver(ctx, "out for delivery").Number)
	b.move(11 * time.Minute) // an audience is told at most one urgent mail in ten minutes
	b.arrived(ctx, 1)
	for i := range 2 {
		n := rig.Number(b.numbers-i, "CN")
		b.hold(b.err != nil || bytes.Contains(b.sink.Mails()[0].Raw, []byte(n)), "the mail says nothing of %s", n)
	}
}

func cutEarly(ctx context.Context, b *bench) {
	b.sink.CutAtRecipient(true)
	b.urgently(ctx)
	b.failing(ctx)
	b.sink.CutAtRecipient(false)
	b.arrived(ctx, 1)
}

// cutLate: nobody can know whether the mail has arrived; the repetition is the
// same mail.
func cutLate(ctx context.Context, b *bench) {
	b.sink.OnMail(func(rig.Taken) error { return rig.ErrTakenAndCut })
	b.urgently(ctx)
	b.failing(ctx)
	b.sink.OnMail(nil)
	b.move(11 * time.Minute)
	b.arrived(ctx, 2)
}

func slowMail(ctx context.Context, b *bench) {
	b.sink.OnMail(func(rig.Taken) error { return rig.Pause(ctx, 30*time.Second) })
	b.urgently(ctx)
	b.arrived(ctx, 1)
	b.outcome.seen, b.outcome.noticed = "the mail goes out, later", "nothing is broken"
	b.hold(!b.daemon.Journal.Has(b.from, `msg="notifying fails"`), "a slow server is taken for a broken one")
}
