package notify_test

import (
	"context"
	"log/slog"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"parcelwatch/notify"
	"parcelwatch/parcel"
)

// mailboxIs sets the state of the only mailbox.
func mailboxIs(m *memory, s parcel.MailboxState, worked time.Time) {
	m.with(func(m *memory) {
		m.health.Mailboxes = []parcel.MailboxHealth{{Name: "home", Folder: "INBOX", State: s, Since: time.Now(), LastCheck: worked}}
	})
}

func TestNotifierTellsARecoveryAfterARestartOnce(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		m, p := twoParcels(), &postman{}
		mailboxIs(m, parcel.MailboxRefused, time.Now())
		r := start(t, config(me("08:00")), m, p, notify.Options{})
		until(1, 4, 0)
		r.stop()

		// It recovers while the program is stopped.
		mailboxIs(m, parcel.MailboxConnecting, time.Now().Add(-4*time.Hour))
		pings := 0
		r = start(t, config(me("08:00")), m, p, notify.Options{AllWell: counter(&pings)})
		until(1, 5, 0)
		if pings != 0 {
			t.Error("all is said to be well while the mailbox connects")
		}
		mailboxIs(m, parcel.MailboxIdle, time.Now())
		until(1, 12, 0)
		r.stop()
		for range 2 {
			r = start(t, config(me("08:00")), m, p, notify.Options{})
			time.Sleep(20 * time.Hour)
			r.stop()
		}
		want := []string{"01-01 00:00 me@example.org", "01-01 08:00 me@example.org"}
		if diff := cmp.Diff(want, p.arrived()); diff != "" {
			t.Errorf("sent (-want +got):\n%s", diff)
		}
		if diff := cmp.Diff([]string{"refused", "ok"}, states(m.changes)); diff != "" {
			t.Errorf("recorded (-want +got):\n%s", diff)
		}
	})
}

func TestNotifierTellsABreakdownThatOutlastsARestartOnce(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		m, p := twoParcels(), &postman{}
		mailboxIs(m, parcel.MailboxBroken, time.Now())
		for range 3 {
			r := start(t, config(me("08:00")), m, p, notify.Options{})
			time.Sleep(10 * time.Hour)
			r.stop()
		}
		if diff := cmp.Diff([]string{"01-01 02:00 me@example.org"}, p.arrived()); diff != "" {
			t.Errorf("sent (-want +got):\n%s", diff)
		}
	})
}

// A machine that is never on at the digest's time still sends its first one.
func TestNotifierTellsTheFirstDigestOfAMachineThatSleepsAtItsTime(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		m, p := twoParcels(), &postman{}
		for day := 1; day <= 3; day++ {
			until(day, 9, 0)
			r := start(t, config(me("08:00")), m, p, notify.Options{})
			until(day, 12, 0)
			if day == 1 {
				m.move(1, parcel.Export)
				r.n.Wake()
			}
			until(day, 18, 0)
			r.stop()
		}
		if diff := cmp.Diff([]string{"01-02 09:00 me@example.org"}, p.arrived()); diff != "" {
			t.Errorf("sent (-want +got):\n%s", diff)
		}
	})
}

// While a mail waits for its next try, sending does not count as working again.
func TestNotifierSaysThatSendingWorksAgainWhenItDoes(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var log diary
		p := &postman{result: func(_ string, try int) notify.SendResult {
			if try < 3 {
				return notify.SendTemporary
			}
			return notify.SendOK
		}}
		r := start(t, config(me("08:00")), twoParcels(), p, notify.Options{Log: slog.New(slog.NewTextHandler(&log, nil))})
		r.memory.move(1, parcel.Export)
		for _, c := range []struct{ minute, want int }{{2, 0}, {30, 1}} { // the third try is at 08:03
			until(1, 8, c.minute)
			if got := strings.Count(log.String(), "notifying works again"); got != c.want {
				t.Errorf("at 08:%02d it was said %d times to work again, want %d:\n%s", c.minute, got, c.want, log.String())
			}
		}
		r.stop()
	})
}

func TestStanding(t *testing.T) {
	t.Parallel()
	broken := notify.Alarms(mailboxHealth(parcel.MailboxBroken, daysAgo(2)), time.Hour, daysAgo(1))
	refused := notify.Alarms(mailboxHealth(parcel.MailboxRefused, daysAgo(2)), time.Hour, daysAgo(1))
	changes := append([]parcel.Change{{ID: 1, Kind: parcel.ChangeNewOrder, Order: "1", Key: "o"}}, recorded(slices.Concat(broken, refused))...)
	standing := notify.Standing(changes)
	if len(standing) != 2 || standing[broken[0].Key].State != "broken" || standing[refused[0].Key].State != "refused" {
		t.Fatalf("standing: %+v", standing)
	}
	both := []notify.Alarm{standing[broken[0].Key], standing[refused[0].Key]}
	over := notify.Recovered(both, mailboxHealth(parcel.MailboxPolling, noon), noon)
	if len(over) != 2 || over[0].Quiet || !over[1].Quiet {
		t.Errorf("two alarms of one mailbox recover as %+v, want one to be told", over)
	}
	if left := notify.Standing(append(changes, recorded(over)...)); len(left) != 0 {
		t.Errorf("still standing after the recovery: %+v", left)
	}
	if over := notify.Recovered(both, mailboxHealth(parcel.MailboxUnknown, noon), noon); len(over) != 0 {
		t.Errorf("a state that nobody knows is taken for a recovery: %+v", over)
	}
}

func states(changes []parcel.Change) []string {
	var out []string
	for _, ch := range changes {
		if ch.Kind == parcel.ChangeHealth {
			out = append(out, ch.New)
		}
	}
	return out
}

func counter(n *int) func(context.Context) error {
	return func(context.Context) error {
		*n++
		return nil
	}
}
