package mailwatch_test

import (
	"bytes"
	"context"
	"fmt"
	"net"
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

func TestWithoutIdleMailIsFoundByPolling(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := startMem(t)
		a := account(s.pipeNet)
		a.Dial = replacing(s.pipeNet, "IDLE", "LAZY")
		r := watch(a, newPositions(), &inbox{})
		settle()
		if got := r.state("INBOX").State; got != parcel.MailboxPolling {
			t.Errorf("state: got %q", got)
		}
		s.add(t, "INBOX", shop, "polled")
		pass(2*time.Minute + time.Second)
		if diff := cmp.Diff([]string{"polled"}, r.inbox.subjects()); diff != "" {
			t.Error(diff)
		}
		if strings.Contains(s.last().commands(), "IDLE") {
			t.Error("IDLE was said to a server that does not offer it")
		}
		r.stop(t)
		s.stop(t)
	})
}

func TestADroppedConnectionLosesNoMail(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := startMem(t)
		r := watch(account(s.pipeNet), newPositions(), &inbox{})
		settle()
		s.last().Close()
		settle()
		if got := r.state("INBOX"); got.State != parcel.MailboxBroken || got.Error == "" {
			t.Errorf("state after the drop: got %+v", got)
		}
		s.add(t, "INBOX", shop, "while away")
		pass(15 * time.Second)
		s.add(t, "INBOX", shop, "after")
		settle()
		if diff := cmp.Diff([]string{"while away", "after"}, r.inbox.subjects()); diff != "" {
			t.Error(diff)
		}
		want := []parcel.MailboxState{parcel.MailboxConnecting, parcel.MailboxIdle, parcel.MailboxBroken, parcel.MailboxIdle}
		if diff := cmp.Diff(want, r.changes("INBOX")); diff != "" {
			t.Error(diff)
		}
		if got := strings.Count(r.log.String(), "mailbox state"); got != len(want) {
			t.Errorf("log lines for %d states: got %d\n%s", len(want), got, r.log)
		}
		r.stop(t)
		s.stop(t)
	})
}

func TestASilentLinkIsNoticedWithin90Seconds(t *testing.T) {
	for name, word := range map[string]string{"while idling": "IDLE", "while polling": "LAZY"} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := startMem(t)
				a := account(s.pipeNet)
				a.Dial = replacing(s.pipeNet, "IDLE", word)
				r := watch(a, newPositions(), &inbox{})
				pass(10 * time.Minute) // long enough for many successful probes
				dials := s.count()
				s.last().blackHole()
				s.add(t, "INBOX", shop, "behind the hole")
				pass(90 * time.Second)
				if got := r.state("INBOX"); got.State != parcel.MailboxBroken && s.count() == dials {
					t.Errorf("not noticed: %+v", got)
				}
				pass(15 * time.Second)
				if diff := cmp.Diff([]string{"behind the hole"}, r.inbox.subjects()); diff != "" {
					t.Error(diff)
				}
				r.stop(t)
				s.stop(t)
			})
		})
	}
}

func TestMailIsFoundAlsoWhereNothingAnnouncesIt(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := startMem(t)
		a := account(s.pipeNet)
		a.Dial = replacing(s.pipeNet, "EXISTS", "RECENT")
		r := watch(a, newPositions(), &inbox{})
		settle()
		s.add(t, "INBOX", shop, "unannounced")
		settle()
		if got := r.inbox.subjects(); len(got) != 0 {
			t.Fatalf("announced after all: %v", got)
		}
		pass(61 * time.Second)
		if diff := cmp.Diff([]string{"unannounced"}, r.inbox.subjects()); diff != "" {
			t.Error(diff)
		}
		r.stop(t)
		s.stop(t)
	})
}

// replacing returns connections on which a word from the server is replaced by another
// of the same length.
func replacing(n *pipeNet, word, other string) func(context.Context, string, string) (net.Conn, error) {
	return func(ctx context.Context, network, addr string) (net.Conn, error) {
		c, err := n.dial(ctx, network, addr)
		if err != nil {
			return nil, err
		}
		return mishearing{Conn: c, word: []byte(word), other: []byte(other)}, nil
	}
}

type mishearing struct {
	net.Conn
	word, other []byte
}

func (c mishearing) Read(p []byte) (int, error) {
	n, err := c.Conn.Read(p)
	copy(p[:n], bytes.ReplaceAll(p[:n], c.word, c.other))
	return n, err
}

func TestReconnectingGrowsSlower(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := startMem(t)
		s.refuse(&net.OpError{Op: "dial", Net: "tcp", Err: errTest})
		r := watch(account(s.pipeNet), newPositions(), &inbox{})
		pass(time.Hour)
		few := s.count()
		if few < 6 || few > 25 {
			t.Errorf("tries in the first hour: %d", few)
		}
		pass(10 * time.Hour)
		if got := s.count() - few; got < 35 || got > 90 {
			t.Errorf("tries in the next ten hours: %d", got)
		}
		if got := strings.Count(r.log.String(), "broken"); got != 1 {
			t.Errorf("log lines for one lasting failure: got %d\n%s", got, r.log)
		}
		s.refuse(nil)
		pass(16 * time.Minute)
		if got := r.state("INBOX"); got.State != parcel.MailboxIdle {
			t.Errorf("state: got %+v", got)
		}
		r.stop(t)
		s.stop(t)
	})
}

func TestARenumberedFolderIsReadAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := startMem(t)
		r := watch(account(s.pipeNet), newPositions(), &inbox{})
		s.add(t, "INBOX", shop, "old one")
		settle()
		if err := s.user.Delete("INBOX"); err != nil {
			t.Fatal(err)
		}
		if err := s.user.Create("INBOX", nil); err != nil {
			t.Fatal(err)
		}
		s.add(t, "INBOX", shop, "old one")
		s.add(t, "INBOX", shop, "new one")
		pass(11 * time.Minute) // the connection still shows the deleted folder
		if diff := cmp.Diff([]string{"old one", "old one", "new one"}, r.inbox.subjects()); diff != "" {
			t.Error(diff)
		}
		if got, want := r.positions.get("INBOX"), (store.Checkpoint{UIDValidity: 2, UID: 2, Scanned: true}); got != want {
			t.Errorf("position: got %+v, want %+v", got, want)
		}
		s.add(t, "INBOX", shop, "next")
		settle()
		if got := r.inbox.subjects(); got[len(got)-1] != "next" {
			t.Errorf("after the change: %v", got)
		}
		r.stop(t)
		s.stop(t)
	})
}

func TestMailIsHandedOverAgainWhenTheCheckpointWasNotSaved(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := startMem(t)
		p := newPositions()
		r := watch(account(s.pipeNet), p, &inbox{})
		settle()
		p.setFail(errTest)
		s.add(t, "INBOX", shop, "twice")
		settle()
		p.setFail(nil)
		pass(30 * time.Second)
		if diff := cmp.Diff([]string{"twice", "twice"}, r.inbox.subjects()); diff != "" {
			t.Error(diff)
		}
		r.stop(t)
		s.stop(t)
	})
}

func TestAStoreThatFailsIsReportedAndMailGoesOnWhenItWorks(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := startMem(t)
		p := newPositions()
		r := watch(account(s.pipeNet), p, &inbox{})
		settle()
		p.setFail(errTest)
		s.add(t, "INBOX", friend, "not handed over")
		settle()
		if got := r.state("INBOX"); got.State != parcel.MailboxBroken || !strings.Contains(got.Error, "[store]") {
			t.Errorf("state: got %+v", got)
		}
		p.setFail(nil)
		pass(30 * time.Second)
		s.add(t, "INBOX", shop, "later")
		settle()
		if diff := cmp.Diff([]string{"later"}, r.inbox.subjects()); diff != "" {
			t.Error(diff)
		}
		if got := r.state("INBOX").State; got != parcel.MailboxIdle {
			t.Errorf("state: got %q", got)
		}
		r.stop(t)
		s.stop(t)
	})
}

func TestACheckpointIsSavedOncePerMail(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := startMem(t)
		p := newPositions()
		r := watch(account(s.pipeNet), p, &inbox{})
		settle()
		before := p.saved()
		for i := range 3 {
			s.add(t, "INBOX", shop, strconv.Itoa(i))
			settle()
		}
		if got := p.saved() - before; got != 3 {
			t.Errorf("three mails saved the checkpoint %d times, want 3", got)
		}
		s.add(t, "INBOX", friend, "not handed over")
		settle()
		if got := p.saved() - before; got != 4 {
			t.Errorf("a mail that is not handed over saved the checkpoint %d times, want once", got-3)
		}
		r.stop(t)
		s.stop(t)
	})
}

func TestAnInterruptedFirstScanGoesOnWhereItWas(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := startMem(t)
		var want []string
		for i := range 400 {
			want = append(want, fmt.Sprintf("mail %d", i))
			s.add(t, "INBOX", shop, want[i])
		}
		p, in := newPositions(), &inbox{}
		for range 20 {
			left := 37
			in.before = func(mailwatch.Mail) error {
				if left--; left == 0 {
					return errTest // the program ends during the retries of this mail
				}
				return nil
			}
			r := watch(account(s.pipeNet), p, in)
			settle()
			r.stop(t)
		}
		if diff := cmp.Diff(want, in.subjects()); diff != "" {
			t.Error(diff)
		}
		if !p.get("INBOX").Scanned {
			t.Error("the scan did not reach its end")
		}
		s.stop(t)
	})
}

func TestStoppingSaysGoodbye(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := startMem(t)
		r := watch(account(s.pipeNet), newPositions(), &inbox{})
		settle()
		r.stop(t)
		if said := s.last().commands(); !strings.Contains(said, "DONE\r\n") || !strings.Contains(said, "LOGOUT") {
			t.Errorf("last words: %q", said[max(0, len(said)-60):])
		}
		s.stop(t)
	})
}

func TestStoppingIsPromptWhenTheServerIsSilent(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := startMem(t)
		r := watch(account(s.pipeNet), newPositions(), &inbox{})
		settle()
		s.last().blackHole()
		r.stop(t) // fails after five seconds
		s.stop(t)
	})
}

func TestMailThatAServerForgetsToAnnounceBeforeIdleIsFoundSoon(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := startFake(message(shop, "one"))
		first := true
		s.hook = func(_ *fakeConn, _, command string) bool {
			if command == "IDLE" && first {
				first = false
				s.mu.Lock()
				s.mails[2] = message(shop, "two") // without an announcement
				s.mu.Unlock()
			}
			return false
		}
		r := watch(account(s.pipeNet), newPositions(), &inbox{})
		pass(6 * time.Second)
		if diff := cmp.Diff([]string{"one", "two"}, r.inbox.subjects()); diff != "" {
			t.Error(diff)
		}
		probes := strings.Count(s.last().commands(), "DONE")
		pass(10 * time.Minute)
		if n := strings.Count(s.last().commands(), "DONE") - probes; n > 11 {
			t.Errorf("%d probes in ten quiet minutes", n)
		}
		r.stop(t)
		s.stop(t)
	})
}
