package notify_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"parcelwatch/notify"
	"parcelwatch/parcel"
	"parcelwatch/store"
)

// rig is a running notifier in fake time, which begins on 2000-01-01 00:00 UTC.
type rig struct {
	memory  *memory
	postman *postman
	n       *notify.Notifier
	stop    func()
}

func me(at ...string) notify.Audience {
	s, err := notify.ParseSchedule(at, "", time.UTC)
	if err != nil {
		panic(err)
	}
	return notify.Audience{Name: "me", To: []string{"me@example.org"}, Zone: time.UTC, Schedule: s, Urgent: []parcel.Status{parcel.ReadyForPickup}}
}

func config(a ...notify.Audience) notify.Config {
	return notify.Config{Audiences: a, From: "me@example.org", AlarmThreshold: 2 * time.Hour, Protection: notify.Protection{Days: 60, Remind: 7}}
}

func start(t *testing.T, cfg notify.Config, m *memory, p notify.Sender, o notify.Options) *rig {
	t.Helper()
	r := &rig{memory: m, n: notify.New(cfg, m, m, p, o)}
	r.postman, _ = p.(*postman)
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- r.n.Run(ctx) }()
	r.stop = func() {
		cancel()
		began := time.Now()
		if err := <-done; err != nil {
			t.Errorf("Run: %v", err)
		}
		if took := time.Since(began); took > 0 {
			t.Errorf("stopping took %v", took)
		}
	}
	synctest.Wait()
	return r
}

// until advances the time to an hour and minute of a day of January 2000.
func until(day, hour, minute int) {
	time.Sleep(time.Until(time.Date(2000, 1, day, hour, minute, 30, 0, time.UTC)))
	synctest.Wait()
}

func twoParcels() *memory {
	m := newMemory()
	m.parcels = []parcel.Parcel{
		{ID: 1, Title: "cable", Status: parcel.InTransit, FirstSeen: time.Date(1999, 12, 20, 0, 0, 0, 0, time.UTC)},
		{ID: 2, Title: "clock", Status: parcel.InTransit, FirstSeen: time.Date(1999, 12, 20, 0, 0, 0, 0, time.UTC)},
	}
	return m
}

func TestNotifierSendsAtItsTimes(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := start(t, config(me("08:00", "19:00")), twoParcels(), &postman{}, notify.Options{})
		defer r.stop()
		r.memory.move(1, parcel.Export)
		until(1, 7, 59)
		if got := r.postman.arrived(); got != nil {
			t.Fatalf("too early: %v", got)
		}
		until(1, 8, 0)
		until(2, 18, 59) // nothing new: nothing is sent at 19:00 and 08:00
		r.memory.move(1, parcel.Import)
		until(3, 23, 0)
		if diff := cmp.Diff([]string{"01-01 08:00 me@example.org", "01-02 19:00 me@example.org"}, r.postman.arrived()); diff != "" {
			t.Errorf("sent (-want +got):\n%s", diff)
		}
	})
}

func TestNotifierSaysNothingUnlessAsked(t *testing.T) {
	t.Parallel()
	always, weekly := me("08:00"), me("08:00")
	always.Always, weekly.Weekly = true, true
	for _, c := range []struct {
		name string
		a    notify.Audience
		want int
	}{{"nothing", me("08:00"), 1}, {"always", always, 16}, {"weekly", weekly, 3}} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				r := start(t, config(c.a), twoParcels(), &postman{}, notify.Options{})
				defer r.stop()
				r.memory.move(1, parcel.Export)
				until(16, 9, 0)
				if got := r.postman.arrived(); len(got) != c.want {
					t.Errorf("sent %d: %v", len(got), got)
				}
				r.memory.with(func(m *memory) {
					if n := m.calls["ParcelsByID"]; n != c.want {
						t.Errorf("parcels are read %d times for %d digests", n, c.want)
					}
				})
			})
		})
	}
}

func TestNotifierUrgent(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := start(t, config(me("08:00")), twoParcels(), &postman{}, notify.Options{})
		defer r.stop()
		until(1, 9, 0)
		r.memory.move(2, parcel.Export) // not urgent
		r.memory.move(1, parcel.ReadyForPickup)
		r.n.Wake()
		synctest.Wait()
		until(1, 9, 4)
		r.memory.move(2, parcel.ReadyForPickup)
		r.n.Wake()
		until(2, 9, 0)
		// The second mail waits for its ten minutes. Both changes are then announced, so the
		// regular digest is empty.
		if diff := cmp.Diff([]string{"01-01 09:00 me@example.org", "01-01 09:10 me@example.org"}, r.postman.arrived()); diff != "" {
			t.Errorf("sent (-want +got):\n%s", diff)
		}
		r.memory.with(func(m *memory) {
			if !strings.Contains(string(m.messages[0].Raw), "cable") || strings.Contains(string(m.messages[0].Raw), "clock") {
				t.Error("the urgent mail is not about the urgent parcel alone")
			}
		})
	})
}

func TestNotifierQuietHours(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		a := me("12:00")
		a.Quiet = notify.QuietHours{From: 23 * 60, To: 7 * 60}
		r := start(t, config(a), twoParcels(), &postman{}, notify.Options{})
		defer r.stop()
		until(1, 3, 0)
		r.memory.move(1, parcel.ReadyForPickup)
		r.n.Wake()
		until(1, 9, 0)
		if diff := cmp.Diff([]string{"01-01 07:00 me@example.org"}, r.postman.arrived()); diff != "" {
			t.Errorf("sent (-want +got):\n%s", diff)
		}
	})
}

func TestNotifierAfterBeingDown(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		m, p := twoParcels(), &postman{}
		r := start(t, config(me("08:00", "19:00")), m, p, notify.Options{})
		m.move(1, parcel.Export)
		until(1, 9, 0)
		r.stop()
		m.move(1, parcel.Import)
		until(3, 14, 0) // four digests missed
		r = start(t, config(me("08:00", "19:00")), m, p, notify.Options{})
		defer r.stop()
		until(4, 7, 0)
		if diff := cmp.Diff([]string{"01-01 08:00 me@example.org", "01-03 14:00 me@example.org"}, p.arrived()); diff != "" {
			t.Errorf("sent (-want +got):\n%s", diff)
		}
	})
}

func TestNotifierSendingFails(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		a := me("08:00")
		a.To = []string{"me@example.org", "no@example.org", "gr@example.org", "am@example.org"}
		down := time.Date(2000, 1, 4, 8, 0, 0, 0, time.UTC)
		p := &postman{result: func(to string, try int) notify.SendResult {
			switch {
			case to == "no@example.org":
				return notify.SendRefused
			case to == "gr@example.org" && time.Now().Before(down):
				return notify.SendTemporary
			case to == "am@example.org" && try == 1:
				return notify.SendAmbiguous
			}
			return notify.SendOK
		}}
		r := start(t, config(a), twoParcels(), p, notify.Options{})
		defer r.stop()
		r.memory.move(1, parcel.Export)
		until(6, 0, 0)
		got := p.arrived()
		if len(got) != 4 || got[0] != "01-01 08:00 me@example.org" || got[1] != "01-01 08:00 am@example.org" || got[2] != "01-01 08:10 am@example.org" {
			t.Errorf("sent %v", got)
		}
		if len(got) == 4 && (got[3] < "01-04 08:00" || got[3] > "01-04 12:10") {
			t.Errorf("after three days down it came at %s", got[3])
		}
		ids := map[string]bool{}
		for _, s := range p.sent {
			ids[s[strings.LastIndexByte(s, ' '):]] = true
		}
		if len(ids) != 1 {
			t.Errorf("a repeat has another Message-ID: %v", ids)
		}
		var states []store.DeliveryState
		r.memory.with(func(m *memory) {
			for _, f := range m.messages[0].Deliveries {
				states = append(states, f.State)
			}
		})
		if diff := cmp.Diff([]store.DeliveryState{store.DeliverySent, store.DeliveryRefused, store.DeliverySent, store.DeliverySent}, states); diff != "" {
			t.Errorf("fates (-want +got):\n%s", diff)
		}
	})
}

func TestNotifierStoreFails(t *testing.T) {
	t.Parallel()
	t.Run("what cannot be recorded is not sent again", func(t *testing.T) {
		t.Parallel()
		synctest.Test(t, func(t *testing.T) {
			r := start(t, config(me("08:00")), twoParcels(), &postman{}, notify.Options{})
			defer r.stop()
			r.memory.move(1, parcel.Export)
			r.memory.with(func(m *memory) { m.broken["Record"] = true })
			until(1, 12, 0)
			r.memory.with(func(m *memory) { m.broken["Record"] = false })
			until(1, 13, 0)
			if got := r.postman.arrived(); len(got) != 1 {
				t.Errorf("sent %v", got)
			}
			r.memory.with(func(m *memory) {
				if s := m.messages[0].Deliveries[0].State; s != store.DeliverySent {
					t.Errorf("the fate is %s", s)
				}
			})
		})
	})
	for _, method := range []string{"Pending", "Outlines", "ParcelsByID", "Health", "Changes", "Tell", "Enqueue", "LastSlot", "DueMessages", "NextMessage"} {
		t.Run("a failing "+method+" loses nothing", func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				m := twoParcels()
				m.health = parcel.Health{Mailboxes: []parcel.MailboxHealth{{Name: "home", Folder: "INBOX", State: parcel.MailboxRefused}}}
				m.broken[method] = true
				var log bytes.Buffer
				r := start(t, config(me("08:00")), m, &postman{}, notify.Options{Log: slog.New(slog.NewTextHandler(&log, nil))})
				m.move(1, parcel.Export)
				until(1, 0, 20)
				m.with(func(m *memory) { delete(m.broken, method) })
				until(2, 9, 0)
				r.stop()
				if got := r.postman.arrived(); len(got) == 0 {
					t.Error("nothing was sent")
				}
				for _, ch := range m.changes {
					if !m.told["me"][ch.ID] {
						t.Errorf("not told: %+v", ch)
					}
				}
				if n := strings.Count(log.String(), "disk full"); n == 0 || n > 6 {
					t.Errorf("the failure is logged %d times:\n%s", n, log.String())
				}
			})
		})
	}
}

func TestNotifierAlarms(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := start(t, config(me("08:00")), twoParcels(), &postman{}, notify.Options{})
		defer r.stop()
		worked := time.Now()
		set := func(s parcel.MailboxState) {
			r.memory.with(func(m *memory) {
				m.health.Mailboxes = []parcel.MailboxHealth{{Name: "home", Folder: "INBOX", State: s, Since: time.Now(), LastCheck: worked}}
			})
		}
		set(parcel.MailboxBroken)
		until(1, 1, 30)
		if got := r.postman.arrived(); got != nil {
			t.Fatalf("told after an hour and a half: %v", got)
		}
		until(1, 5, 0)
		set(parcel.MailboxConnecting) // mail still cannot be read: no news
		until(1, 12, 0)
		worked = time.Now()
		set(parcel.MailboxIdle)
		until(2, 12, 0)
		// The failure is announced at once, the recovery with the next digest, each once.
		if diff := cmp.Diff([]string{"01-01 02:00 me@example.org", "01-02 08:00 me@example.org"}, r.postman.arrived()); diff != "" {
			t.Errorf("sent (-want +got):\n%s", diff)
		}
	})
}

func TestNotifierRaisesNoAlarmAfterAStart(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		m := twoParcels()
		lastWeek := time.Now().AddDate(0, 0, -7)
		m.health = parcel.Health{
			Mailboxes: []parcel.MailboxHealth{{Name: "home", Folder: "INBOX", State: parcel.MailboxConnecting, LastCheck: lastWeek}},
			Outbox:    parcel.OutboxHealth{Waiting: 1, Oldest: lastWeek},
		}
		r := start(t, config(me()), m, &postman{}, notify.Options{})
		until(1, 1, 0)
		m.with(func(m *memory) {
			m.health = parcel.Health{Mailboxes: []parcel.MailboxHealth{{Name: "home", Folder: "INBOX", State: parcel.MailboxIdle, LastCheck: time.Now()}}}
		})
		until(2, 0, 0)
		r.stop()
		if len(m.changes) != 0 || r.postman.arrived() != nil {
			t.Errorf("told %+v", m.changes)
		}
	})
}

func TestNotifierReminds(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		m := twoParcels()
		m.parcels[0].Shipped = time.Now().AddDate(0, 0, -50)
		r := start(t, config(me("08:00")), m, &postman{}, notify.Options{})
		defer r.stop()
		until(12, 0, 0)
		if diff := cmp.Diff([]string{"01-04 08:00 me@example.org"}, r.postman.arrived()); diff != "" {
			t.Errorf("sent (-want +got):\n%s", diff)
		}
	})
}

func TestNotifierDigestNow(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		m, p := twoParcels(), &postman{}
		n := notify.New(config(me("08:00")), m, m, p, notify.Options{})
		m.move(1, parcel.Export)
		d, err := n.Digest(t.Context(), "me")
		if err != nil || d.News != 1 {
			t.Fatalf("Digest: %+v, %v", d, err)
		}
		if _, err := n.Digest(t.Context(), "you"); !errors.Is(err, parcel.ErrNotFound) {
			t.Errorf("Digest of nobody: %v", err)
		}
		if len(m.messages) != 0 {
			t.Error("composing recorded something")
		}
		got, err := n.DigestNow(t.Context())
		if err != nil || len(got) != 1 || len(p.arrived()) != 1 {
			t.Fatalf("DigestNow: %d, %v; sent %v", len(got), err, p.arrived())
		}
		if pending, err := m.Pending(t.Context(), "me", time.Time{}); err != nil || len(pending) != 0 {
			t.Errorf("pending: %v, %v", pending, err)
		}
	})
}

func TestNotifierAllWell(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var pings atomic.Int64
		m := twoParcels()
		r := start(t, config(me()), m, &postman{}, notify.Options{AllWell: func(context.Context) error { pings.Add(1); return nil }})
		until(1, 1, 0)
		if n := pings.Load(); n < 50 || n > 70 {
			t.Errorf("%d pings in an hour", n)
		}
		m.with(func(m *memory) {
			m.health.Carriers = []parcel.CarrierHealth{{Name: "upu", State: parcel.CarrierChanged}}
		})
		until(1, 1, 2)
		before := pings.Load()
		until(1, 3, 0)
		r.stop()
		if n := pings.Load(); n != before {
			t.Errorf("%d pings while something is broken", n-before)
		}
	})
}

func TestUsualGapsAreReadOnceForADigest(t *testing.T) {
	m := newMemory()
	for i := range 3 {
		m.parcels = append(m.parcels, parcel.Parcel{
			ID: int64(i + 1), FirstSeen: daysAgo(20), Status: parcel.Export, Phase: parcel.PhaseBetween, Origin: "CN", Destination: "RU", Exported: daysAgo(12),
		})
	}
	type key struct{}
	reads := 0
	n := notify.New(notify.Config{Audiences: []notify.Audience{{Name: "me"}}}, m, m, nil, notify.Options{
		Now: func() time.Time { return noon },
		Gaps: func(ctx context.Context) (notify.Gap, error) {
			if ctx.Value(key{}) == nil {
				t.Error("the gaps are read without the context of the digest")
			}
			reads++
			return func(string, string) (least, most int) { return 1, 99 }, nil
		},
	})
	d, err := n.Digest(context.WithValue(t.Context(), key{}, true), "me")
	if err != nil {
		t.Fatal(err)
	}
	if reads != 1 || len(d.Sections) != 1 || len(d.Sections[0].Items) != 3 || !strings.Contains(fmt.Sprint(d.Sections[0].Items[0].Notes), "99") {
		t.Errorf("read %d times for sections %+v, want once for three parcels that say what is usual", reads, d.Sections)
	}
}
