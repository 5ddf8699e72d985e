package notify_test

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"parcelwatch/notify"
	"parcelwatch/parcel"
	"parcelwatch/store"
)

// outage is a mail server that accepts nothing between two times.
func outage(from, until time.Time) func(string, int) notify.SendResult {
	return func(string, int) notify.SendResult {
		if now := time.Now(); now.After(from) && now.Before(until) {
			return notify.SendTemporary
		}
		return notify.SendOK
	}
}

func TestAfterAnOutageOneDigestTellsEverything(t *testing.T) {
	t.Parallel()
	for _, restarted := range []bool{false, true} {
		synctest.Test(t, func(t *testing.T) {
			m := twoParcels()
			p := &postman{result: outage(time.Date(2000, 1, 1, 7, 0, 0, 0, time.UTC), time.Date(2000, 1, 3, 9, 30, 0, 0, time.UTC))}
			a := me("08:00", "19:00")
			a.Urgent = []parcel.Status{parcel.OutForDelivery}
			r := start(t, config(a), m, p, notify.Options{})
			m.move(1, parcel.Export)
			for d, s := range []parcel.Status{parcel.Import, parcel.OutForDelivery, parcel.Delivered} {
				until(1, 10+10*d, 0)
				m.move(1, s)
				if restarted {
					r.stop()
					r = start(t, config(a), m, p, notify.Options{})
				}
			}
			until(3, 15, 0)
			r.stop()
			got := p.arrived()
			if len(got) != 1 || !strings.HasPrefix(got[0], "01-03 1") {
				t.Errorf("sent %v, want one of 3 January", got)
			}
			if len(m.messages) != 1 {
				t.Fatalf("%d messages are kept", len(m.messages))
			}
			last := strings.ReplaceAll(string(m.messages[0].Raw), "=\r\n", "")
			for _, want := range []string{"could not be sent (1 January, 08:00 =E2=80=93 3 January, 1", "Subject: Delivered: 1\r\n"} {
				if !strings.Contains(last, want) {
					t.Errorf("no %q in %s", want, last)
				}
			}
			for _, stale := range []string{"cannot be sent", "Works again", "Out for delivery"} {
				if strings.Contains(last, stale) {
					t.Errorf("the digest after the outage says %q", stale)
				}
			}
		})
	}
}

// picky is a mail server that takes urgent mail only, or nothing.
type picky struct {
	memory *memory
	result func(m store.Message) notify.SendResult

	mu     sync.Mutex
	taken  []string // "time slot"
	states []store.DeliveryState
}

func (p *picky) Send(_ context.Context, m store.Message, to []string) []notify.Outcome {
	p.memory.with(func(all *memory) {
		for _, kept := range all.messages {
			if kept.ID == m.ID {
				p.states = append(p.states, kept.Deliveries[0].State)
			}
		}
	})
	p.mu.Lock()
	defer p.mu.Unlock()
	o := notify.Outcome{To: to[0], Result: p.result(m), Offered: true}
	if o.Result != notify.SendOK {
		o.Err = errors.New("451 not this one")
	}
	if o.Result == notify.SendOK || o.Result == notify.SendAmbiguous {
		p.taken = append(p.taken, time.Now().UTC().Format("01-02 15:04 ")+m.Slot)
	}
	return []notify.Outcome{o}
}

func TestUrgentMailDoesNotWaitForADigestThatTheServerDoesNotTake(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		m := twoParcels()
		p := &picky{memory: m, result: func(m store.Message) notify.SendResult {
			if strings.HasPrefix(m.Slot, "urgent") {
				return notify.SendOK
			}
			return notify.SendTemporary
		}}
		a := me("08:00")
		a.Urgent = []parcel.Status{parcel.OutForDelivery}
		r := start(t, config(a), m, p, notify.Options{})
		defer r.stop()
		m.move(1, parcel.Export)
		until(1, 10, 0)
		m.move(1, parcel.OutForDelivery)
		r.n.Wake()
		until(3, 12, 0)
		m.move(2, parcel.OutForDelivery)
		r.n.Wake()
		until(4, 12, 0)
		want := []string{"01-01 10:00 urgent 2000-01-01 10:00:30", "01-03 12:00 urgent 2000-01-03 12:00:30"}
		if diff := cmp.Diff(want, p.taken); diff != "" {
			t.Errorf("taken (-want +got):\n%s", diff)
		}
	})
}

func TestAMailThatMayHaveArrivedIsNotComposedAnew(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		m, tries, first := twoParcels(), 0, ""
		p := &picky{memory: m, result: func(m store.Message) notify.SendResult {
			tries++
			switch {
			case tries == 1:
				first = m.ID
				return notify.SendAmbiguous
			case time.Now().Before(time.Date(2000, 1, 2, 12, 0, 0, 0, time.UTC)):
				return notify.SendTemporary
			case first != "" && m.ID != first:
				return notify.SendRefused
			}
			first = ""
			return notify.SendOK
		}}
		r := start(t, config(me("08:00")), m, p, notify.Options{})
		defer r.stop()
		m.move(1, parcel.Export)
		until(1, 20, 0)
		m.move(2, parcel.Import)
		until(3, 20, 0)
		if len(p.taken) != 3 || !strings.HasSuffix(p.taken[1], "2000-01-01T08:00") || len(m.messages) != 2 {
			t.Errorf("taken: %q; %d messages are kept", p.taken, len(m.messages))
		}
		if text := strings.ReplaceAll(string(m.messages[1].Raw), "=\r\n", ""); !strings.Contains(text, "could not be sent (1 January, 08:00 =E2=80=93 2 January, 1") {
			t.Errorf("the digest after the outage:\n%s", text)
		}
		for i, s := range p.states {
			if s != store.DeliveryAmbiguous {
				t.Errorf("while it is tried for the %d. time, a mail is %s: a kill would let it be composed anew", i+1, s)
			}
		}
	})
}

// silent is a mail server that never answers.
type silent struct{}

func (silent) Send(ctx context.Context, _ store.Message, to []string) []notify.Outcome {
	<-ctx.Done()
	return []notify.Outcome{{To: to[0], Result: notify.SendUntried, Err: ctx.Err()}}
}

func TestADigestThatWasNeverTriedIsComposedAnewAfterAnAbsence(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		m, p := twoParcels(), &postman{}
		r := start(t, config(me("08:00")), m, silent{}, notify.Options{})
		m.move(1, parcel.Export)
		until(1, 8, 5)
		r.stop()
		m.move(1, parcel.Delivered)
		until(3, 9, 0)
		r = start(t, config(me("08:00")), m, p, notify.Options{})
		until(3, 10, 0)
		r.stop()
		if got := p.arrived(); len(got) != 1 || len(m.messages) != 1 {
			t.Fatalf("sent %v; %d messages are kept", got, len(m.messages))
		}
		text := strings.ReplaceAll(string(m.messages[0].Raw), "=\r\n", "")
		if !strings.Contains(text, "Subject: Delivered: 1\r\n") || strings.Contains(text, "could not be sent") {
			t.Errorf("sent after the absence:\n%s", text)
		}
	})
}

func TestAnOutageEndsWhenMailIsSent(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		m := twoParcels()
		p := &postman{result: outage(time.Date(2000, 1, 1, 7, 0, 0, 0, time.UTC), time.Date(2000, 1, 1, 8, 2, 0, 0, time.UTC))}
		r := start(t, config(me("08:00", "19:00")), m, p, notify.Options{})
		m.move(1, parcel.Export)
		until(1, 12, 0)
		m.move(1, parcel.Import)
		until(1, 20, 0)
		r.stop()
		if len(m.messages) != 2 || strings.Contains(strings.ReplaceAll(string(m.messages[1].Raw), "=\r\n", ""), "could not be sent") {
			t.Errorf("%d messages; the last one is:\n%s", len(m.messages), m.messages[len(m.messages)-1].Raw)
		}
	})
}

// Mail waits for one audience only. The other is told of it, and of its end.
func TestTheEndOfAnOutageIsToldToThoseWhoWereToldOfIt(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		m := twoParcels()
		other := me("08:00", "19:00")
		other.Name, other.To = "other", []string{"other@example.org"}
		down := outage(january(1, 7), january(1, 20))
		p := &postman{result: func(to string, try int) notify.SendResult {
			if to == "me@example.org" {
				return down(to, try)
			}
			return notify.SendOK
		}}
		r := start(t, config(me("08:00", "19:00"), other), m, p, notify.Options{})
		m.move(1, parcel.Export)
		until(1, 9, 0)
		m.with(func(m *memory) {
			m.health.Outbox = parcel.OutboxHealth{Waiting: 1, Oldest: january(1, 8), Error: "down"}
		})
		for i := range 16 {
			until(1, 10+i, 0)
			if len(p.arrived()) == 3 {
				m.with(func(m *memory) { m.health.Outbox = parcel.OutboxHealth{} })
			}
		}
		until(4, 0, 0)
		r.stop()
		said := map[string][]string{}
		for _, message := range m.messages {
			text := strings.ReplaceAll(string(message.Raw), "=\r\n", "")
			for _, s := range []string{"Outgoing email: cannot be sent", "Works again: outgoing email"} {
				if strings.Contains(text, s) {
					said[message.Audience] = append(said[message.Audience], s)
				}
			}
		}
		want := map[string][]string{"other": {"Outgoing email: cannot be sent", "Works again: outgoing email"}}
		if diff := cmp.Diff(want, said); diff != "" {
			t.Errorf("said (-want +got):\n%s", diff)
		}
	})
}

func TestUrgentNewsThatIsOverWaitsForTheDigest(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		m, p := twoParcels(), &postman{}
		a := me("08:00", "19:00")
		a.Quiet = notify.QuietHours{From: 22 * 60, To: 7 * 60}
		r := start(t, config(a), m, p, notify.Options{})
		defer r.stop()
		until(1, 23, 0)
		m.move(1, parcel.ReadyForPickup)
		m.move(2, parcel.ReadyForPickup)
		until(2, 2, 0)
		m.move(1, parcel.Delivered)
		until(2, 12, 0)
		if diff := cmp.Diff([]string{"01-02 07:00 me@example.org", "01-02 08:00 me@example.org"}, p.arrived()); diff != "" {
			t.Errorf("sent (-want +got):\n%s", diff)
		}
	})
}
