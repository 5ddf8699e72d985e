package mailwatch_test

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"parcelwatch/mailwatch"
	"parcelwatch/parcel"
	"parcelwatch/store"
)

func TestAMailThatCannotBeHandled(t *testing.T) {
	cases := []struct {
		name   string
		fail   func(m mailwatch.Mail, try int) error
		after  time.Duration
		want   []string
		asides int
	}{
		{
			name: "is tried again and goes through",
			fail: func(m mailwatch.Mail, try int) error {
				if subjectOf(m) == "two" && try <= 2 {
					return errTest
				}
				return nil
			},
			after: time.Minute, want: []string{"one", "two", "three"},
		},
		{
			name: "is set aside and does not hold up the next",
			fail: func(m mailwatch.Mail, _ int) error {
				if subjectOf(m) == "two" {
					return errTest
				}
				return nil
			},
			after: time.Minute, want: []string{"one", "three"}, asides: 1,
		},
		{
			name: "is set aside where it breaks the handler down",
			fail: func(m mailwatch.Mail, _ int) error {
				if subjectOf(m) == "two" {
					var none []int
					_ = none[len(m.Raw)]
				}
				return nil
			},
			after: 0, want: []string{"one", "three"}, asides: 1,
		},
		{
			name: "is set aside at once where trying again would not help",
			fail: func(m mailwatch.Mail, _ int) error {
				if subjectOf(m) == "two" {
					return mailwatch.Permanent(errTest)
				}
				return nil
			},
			after: 0, want: []string{"one", "three"}, asides: 1,
		},
		{
			name: "waits for as long as it takes where the mail is not the cause",
			fail: func(m mailwatch.Mail, try int) error {
				if subjectOf(m) == "two" && try <= 40 {
					return fmt.Errorf("no name server: %w", mailwatch.ErrLater)
				}
				return nil
			},
			after: 4 * time.Hour, want: []string{"one", "two", "three"},
		},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := startMem(t)
				for _, subject := range []string{"one", "two", "three"} {
					s.add(t, "INBOX", shop, subject)
				}
				tries := map[string]int{}
				in := &inbox{before: func(m mailwatch.Mail) error {
					tries[subjectOf(m)]++
					return c.fail(m, tries[subjectOf(m)])
				}}
				r := watch(account(s.pipeNet), newPositions(), in)
				pass(c.after)
				if diff := cmp.Diff(c.want, in.subjects()); diff != "" {
					t.Error(diff)
				}
				asides := r.positions.setAside()
				if len(asides) != c.asides || c.asides == 1 && !strings.Contains(asides[0], `home/INBOX/2 "two": handling it failed`) {
					t.Errorf("set aside: %q", asides)
				}
				if got := r.positions.get("INBOX"); got.UID != 3 || !got.Scanned {
					t.Errorf("position: got %+v", got)
				}
				if got := r.state("INBOX"); got.State != parcel.MailboxIdle {
					t.Errorf("state: got %+v", got)
				}
				r.stop(t)
				s.stop(t)
			})
		})
	}
}

// A handler that breaks down has stored nothing of the chunk and cannot say which mail is
// the cause.
func TestOnlyTheMailThatBreaksTheHandlerDownIsSetAsideOfAChunk(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := startMem(t)
		for i := range 150 {
			s.add(t, "INBOX", shop, strconv.Itoa(i))
		}
		p := newPositions()
		var stored []string
		var chunks int
		w := mailwatch.New(account(s.pipeNet), p, mailwatch.Options{})
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan error, 1)
		go func() {
			done <- w.Run(ctx, func(ctx context.Context, mails []mailwatch.Mail) (int, error) {
				chunks++
				for _, m := range mails {
					if subjectOf(m) == "57" {
						panic("boom")
					}
				}
				for _, m := range mails {
					stored = append(stored, subjectOf(m))
				}
				last := mails[len(mails)-1].Ref
				return len(mails), p.SaveCheckpoint(ctx, last.Mailbox, last.Folder, store.Checkpoint{UIDValidity: last.UIDValidity, UID: last.UID})
			})
		}()
		pass(time.Minute)
		cancel()
		if err := <-done; err != nil {
			t.Error(err)
		}
		var want []string
		for i := range 150 {
			if i != 57 {
				want = append(want, strconv.Itoa(i))
			}
		}
		if diff := cmp.Diff(want, stored); diff != "" {
			t.Error(diff)
		}
		if got := p.setAside(); len(got) != 1 || !strings.Contains(got[0], `"57": handling it failed: handler broke down: boom`) {
			t.Errorf("set aside: %q", got)
		}
		if chunks > 40 {
			t.Errorf("the handler was called %d times for 150 mails", chunks)
		}
		s.stop(t)
	})
}

func TestMailIsHandledInChunksAgainAfterALoneOne(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := startMem(t)
		s.add(t, "INBOX", shop, "alone")
		p := newPositions()
		var sizes []int
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan error, 1)
		go func() {
			w := mailwatch.New(account(s.pipeNet), p, mailwatch.Options{})
			done <- w.Run(ctx, func(ctx context.Context, mails []mailwatch.Mail) (int, error) {
				sizes = append(sizes, len(mails))
				last := mails[len(mails)-1].Ref
				return len(mails), p.SaveCheckpoint(ctx, last.Mailbox, last.Folder, store.Checkpoint{UIDValidity: last.UIDValidity, UID: last.UID})
			})
		}()
		pass(time.Minute)
		for i := range 129 {
			s.add(t, "INBOX", shop, strconv.Itoa(i))
		}
		pass(2 * time.Minute)
		cancel()
		if err := <-done; err != nil {
			t.Error(err)
		}
		total := 0
		for _, n := range sizes {
			total += n
		}
		if total != 130 || len(sizes) > 10 {
			t.Errorf("130 mails were handled in chunks of %v", sizes)
		}
		s.stop(t)
	})
}

func TestAWaitingMailIsReportedAndTheConnectionKept(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := startMem(t)
		s.add(t, "INBOX", shop, "stuck")
		in := &inbox{before: func(mailwatch.Mail) error { return fmt.Errorf("disk full: %w", mailwatch.ErrLater) }}
		r := watch(account(s.pipeNet), newPositions(), in)
		pass(30 * time.Minute)
		if got := r.state("INBOX"); got.State != parcel.MailboxBroken || !strings.Contains(got.Error, "disk full") {
			t.Errorf("state: got %+v", got)
		}
		if got := s.count(); got != 1 {
			t.Errorf("connections: got %d, want 1", got)
		}
		if got := r.positions.get("INBOX").UID; got != 0 {
			t.Errorf("the checkpoint moved to %d", got)
		}
		r.stop(t)
		s.stop(t)
	})
}

func TestFetchingRunsAheadOfHandlingWithinBounds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := startMem(t)
		body := strings.Repeat("x", 64<<10)
		for i := range 400 { // 25 MiB, in batches of one
			s.addRaw(t, "INBOX", message(shop, strconv.Itoa(i))+body, time.Now())
		}
		gate := make(chan struct{})
		in := &inbox{before: func(mailwatch.Mail) error { <-gate; return nil }}
		r := watch(account(s.pipeNet), newPositions(), in)
		settle()
		c := s.last()
		c.mu.Lock()
		ahead := c.read
		c.mu.Unlock()
		if ahead < 2<<20 {
			t.Errorf("only %d bytes were read while the first mail was being handled", ahead)
		}
		if ahead > 5<<20 {
			t.Errorf("%d bytes were read before the first mail was handled", ahead)
		}
		close(gate)
		settle()
		if got := len(in.subjects()); got != 400 {
			t.Errorf("handled %d of 400", got)
		}
		r.stop(t)
		s.stop(t)
	})
}

func TestLastMailIsTheMailsOwnDateAndNeverAhead(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := startMem(t)
		old := time.Now().Add(-48 * time.Hour).Truncate(time.Second)
		raw := "From: " + shop + "\r\nSubject: old\r\nDate: " + old.Format(time.RFC1123Z) + "\r\n\r\nx\r\n"
		s.addRaw(t, "INBOX", raw, old)
		r := watch(account(s.pipeNet), newPositions(), &inbox{})
		pass(2 * time.Minute)
		if got := r.state("INBOX").LastMail; !got.Equal(old) {
			t.Errorf("got %v, want %v", got, old)
		}
		future := "From: " + shop + "\r\nSubject: f\r\nDate: Mon, 02 Jan 2090 15:04:05 +0000\r\n\r\nx\r\n"
		s.addRaw(t, "INBOX", future, time.Now())
		pass(2 * time.Minute)
		if got := r.state("INBOX"); got.LastMail.After(time.Now()) || !got.LastMail.After(old) {
			t.Errorf("got %v", got.LastMail)
		}
		if got := time.Since(r.state("INBOX").LastCheck); got > 61*time.Second {
			t.Errorf("last check was %v ago", got)
		}
		r.stop(t)
		s.stop(t)
	})
}

func TestTheLastMailIsToldWhenItsBatchIsDone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := startMem(t)
		r := watch(account(s.pipeNet), newPositions(), &inbox{})
		pass(10 * time.Second)
		for i := range 3 { // in quick succession
			s.add(t, "INBOX", shop, strconv.Itoa(i))
		}
		settle()
		got := r.state("INBOX")
		if got.LastMail.IsZero() || time.Since(got.LastMail) > time.Second {
			t.Errorf("a status would say the last mail was %v", got.LastMail)
		}
		if got.LastCheck.IsZero() || got.State != parcel.MailboxIdle {
			t.Errorf("state: %+v", got)
		}
		r.stop(t)
		s.stop(t)
	})
}

func TestAMailWhoseTimeIsUpIsSetAsideAndNamed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := startFake(message(shop, "one"), message(shop, "two"), message(shop, "three"))
		p, in := newPositions(), &inbox{}
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan error, 1)
		w := mailwatch.New(account(s.pipeNet), p, mailwatch.Options{})
		go func() {
			done <- w.Run(ctx, p.recording(func(ctx context.Context, m mailwatch.Mail) error {
				if subjectOf(m) == "two" {
					<-ctx.Done()
					return fmt.Errorf("read: %w", ctx.Err())
				}
				return in.handle(ctx, m)
			}))
		}()
		pass(5 * time.Minute)
		if diff := cmp.Diff([]string{"one", "three"}, in.subjects()); diff != "" {
			t.Error(diff)
		}
		if got := p.setAside(); len(got) != 1 || !strings.Contains(got[0], `"two": handling it took longer than 2 minutes`) {
			t.Errorf("set aside: %q", got)
		}
		cancel()
		if err := <-done; err != nil {
			t.Error(err)
		}
		s.stop(t)
	})
}
