package notify_test

import (
	"context"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"parcelwatch/notify"
	"parcelwatch/parcel"
)

// refusal is a mail server that refuses every mail for good before a time.
func refusal(until time.Time) func(string, int) notify.SendResult {
	return func(string, int) notify.SendResult {
		if time.Now().Before(until) {
			return notify.SendRefused
		}
		return notify.SendOK
	}
}

func january(day, hour int) time.Time { return time.Date(2000, 1, day, hour, 0, 0, 0, time.UTC) }

// courier is an audience that is told at once what is out for delivery.
func courier(at ...string) notify.Audience {
	a := me(at...)
	a.Urgent = []parcel.Status{parcel.OutForDelivery}
	return a
}

// body returns the text of the kept message at i, the newest at -1.
func body(t *testing.T, m *memory, i int) string {
	t.Helper()
	if i < 0 {
		i += len(m.messages)
	}
	if i < 0 || i >= len(m.messages) {
		t.Fatalf("%d messages are kept", len(m.messages))
	}
	return strings.ReplaceAll(string(m.messages[i].Raw), "=\r\n", "")
}

func TestRefusedNewsIsToldInTheNextDigest(t *testing.T) {
	t.Parallel()
	for _, restarted := range []bool{false, true} {
		synctest.Test(t, func(t *testing.T) {
			m, p := twoParcels(), &postman{result: refusal(january(1, 12))}
			r := start(t, config(courier("08:00", "19:00")), m, p, notify.Options{})
			m.move(2, parcel.Import)
			until(1, 10, 0) // the digest of 08:00 is refused
			m.move(1, parcel.OutForDelivery)
			r.n.Wake()
			until(1, 11, 0) // and so is the urgent mail
			m.move(1, parcel.Delivered)
			if restarted {
				r.stop()
				r = start(t, config(courier("08:00", "19:00")), m, p, notify.Options{})
			}
			until(3, 0, 0)
			r.stop()
			if diff := cmp.Diff([]string{"01-01 19:00 me@example.org"}, p.arrived()); diff != "" {
				t.Errorf("sent (-want +got):\n%s", diff)
			}
			text := body(t, m, -1)
			for _, want := range []string{"cable", "clock", "delivered", "could not be sent (1 January, 08:00"} {
				if !strings.Contains(text, want) {
					t.Errorf("no %q in %s", want, text)
				}
			}
		})
	}
}

func TestRefusedNewsIsToldWithTheNextUrgentMail(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name   string
		before func(m *memory)
		want   []string
	}{
		{"after an urgent mail", func(*memory) {}, []string{"cable", "clock"}},
		{"after a regular digest", func(m *memory) { m.move(3, parcel.Export) }, []string{"cable", "clock", "lamp"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				m, p := twoParcels(), &postman{result: refusal(january(1, 10))}
				m.parcels = append(m.parcels, parcel.Parcel{ID: 3, Title: "lamp", Status: parcel.InTransit, FirstSeen: m.parcels[0].FirstSeen})
				r := start(t, config(courier("08:00")), m, p, notify.Options{})
				defer r.stop()
				tt.before(m)
				until(1, 9, 0)
				m.move(1, parcel.OutForDelivery)
				r.n.Wake()
				until(1, 11, 0)
				m.move(2, parcel.OutForDelivery)
				r.n.Wake()
				until(3, 0, 0)
				if diff := cmp.Diff([]string{"01-01 11:00 me@example.org"}, p.arrived()); diff != "" {
					t.Errorf("sent (-want +got):\n%s", diff)
				}
				for _, want := range tt.want {
					if text := body(t, m, -1); !strings.Contains(text, want) {
						t.Errorf("no %q in %s", want, text)
					}
				}
			})
		})
	}
}

func TestAServerThatRefusesEverythingIsOfferedOneMailAtEachTime(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		m, p := twoParcels(), &postman{result: refusal(january(12, 0))}
		b := &bell{name: "bell"}
		o := notify.Options{Channels: []notify.Subscription{{Channel: b, Digest: true}}}
		r := start(t, config(courier("08:00", "19:00")), m, p, o)
		m.move(1, parcel.OutForDelivery)
		r.n.Wake()
		until(3, 0, 0)
		if got := p.tried("me@example.org"); got != 5 {
			t.Errorf("%d mails in two days, want the urgent one and one at each time", got)
		}
		until(8, 0, 0)
		given := p.tried("me@example.org")
		if given != 11 {
			t.Errorf("%d mails in a week, want the urgent one and one at each time of five days", given)
		}
		r.stop()
		r = start(t, config(courier("08:00", "19:00")), m, p, o)
		until(13, 0, 0)
		if got := p.tried("me@example.org"); got != given {
			t.Errorf("given up after %d mails, and %d more are sent without news", given, got-given)
		}
		if got := b.heard(); len(got) != 1 {
			t.Errorf("the channel is told the same again: %q", got)
		}
		m.move(2, parcel.Import)
		until(20, 0, 0)
		r.stop()
		if diff := cmp.Diff([]string{"01-13 08:00 me@example.org"}, p.arrived()); diff != "" {
			t.Errorf("sent (-want +got):\n%s", diff)
		}
		for _, want := range []string{"cable", "clock"} {
			if text := body(t, m, -1); !strings.Contains(text, want) {
				t.Errorf("no %q in %s", want, text)
			}
		}
	})
}

func TestWhatOneRecipientHasGotIsNotToldAgain(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		a := courier("08:00")
		a.To = []string{"me@example.org", "no@example.org"}
		m := twoParcels()
		p := &postman{result: func(to string, _ int) notify.SendResult {
			if to == "no@example.org" {
				return notify.SendRefused
			}
			return notify.SendOK
		}}
		r := start(t, config(a), m, p, notify.Options{})
		defer r.stop()
		m.move(1, parcel.Export)
		until(2, 9, 0)
		m.move(2, parcel.OutForDelivery)
		r.n.Wake()
		until(4, 9, 0)
		want := []string{"01-01 08:00 me@example.org", "01-02 09:00 me@example.org"}
		if diff := cmp.Diff(want, p.arrived()); diff != "" {
			t.Errorf("sent (-want +got):\n%s", diff)
		}
	})
}

func TestWhatMayHaveArrivedIsNotToldAgain(t *testing.T) {
	t.Parallel()
	for name, last := range map[string]notify.SendResult{"given up": notify.SendAmbiguous, "refused later": notify.SendRefused} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				m := twoParcels()
				p := &postman{result: func(_ string, try int) notify.SendResult {
					if try == 3 {
						return last
					}
					return notify.SendAmbiguous
				}}
				r := start(t, config(me("08:00")), m, p, notify.Options{})
				defer r.stop()
				m.move(1, parcel.Export)
				until(4, 9, 0)
				if got := p.tried("me@example.org"); got != 3 || len(m.messages) != 1 {
					t.Errorf("%d tries of %d mails, want three of one", got, len(m.messages))
				}
			})
		})
	}
}

func TestRefusedNewsIsToldOnceThoughTheStoreFailsMeanwhile(t *testing.T) {
	t.Parallel()
	for _, method := range []string{"Refused", "Record", "Withdraw", "Enqueue", "Pending"} {
		for _, restarted := range []bool{false, true} {
			synctest.Test(t, func(t *testing.T) {
				m, p := twoParcels(), &postman{result: refusal(january(2, 7))}
				r := start(t, config(me("08:00")), m, p, notify.Options{})
				m.move(1, parcel.Export)
				until(2, 7, 30)
				m.with(func(m *memory) { m.broken[method] = true })
				until(2, 8, 20)
				if restarted {
					r.stop()
					r = start(t, config(me("08:00")), m, p, notify.Options{})
				}
				until(2, 8, 40)
				m.with(func(m *memory) { m.broken[method] = false })
				until(4, 9, 0)
				r.stop()
				if got := p.arrived(); len(got) != 1 || !strings.HasPrefix(got[0], "01-02 ") {
					t.Errorf("%s fails, restarted %t: sent %v, want one of 2 January", method, restarted, got)
				}
			})
		}
	}
}

func TestTheFirstDigestIsMadeAgainIfItIsRefused(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		m, p := twoParcels(), &postman{result: refusal(january(2, 7))}
		asked := func(context.Context, time.Time) (notify.Round, error) { return notify.Round{}, nil }
		r := start(t, config(me("08:00")), m, p, notify.Options{Round: asked})
		until(4, 9, 0)
		r.stop()
		if diff := cmp.Diff([]string{"01-02 08:00 me@example.org"}, p.arrived()); diff != "" {
			t.Errorf("sent (-want +got):\n%s", diff)
		}
		if text := body(t, m, -1); len(m.messages) != 1 || !strings.Contains(text, "Found 2 parcels") {
			t.Errorf("%d messages; the last one is:\n%s", len(m.messages), text)
		}
	})
}

func TestRefusedNewsIsInADigestThatIsAskedFor(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		m, p := twoParcels(), &postman{result: refusal(january(1, 9))}
		r := start(t, config(me("08:00")), m, p, notify.Options{})
		m.move(1, parcel.Delivered)
		until(1, 10, 0)
		if _, err := r.n.DigestNow(t.Context()); err != nil {
			t.Fatal(err)
		}
		until(4, 9, 0)
		r.stop()
		if got := p.arrived(); len(got) != 1 || !strings.Contains(body(t, m, -1), "Delivered: 1") {
			t.Errorf("sent %v", got)
		}
	})
}
