package notify_test

import (
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"parcelwatch/notify"
	"parcelwatch/parcel"
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
			if len(got) != 2 || !strings.HasPrefix(got[0], "01-03 11:3") || !strings.HasPrefix(got[1], "01-03 11:3") {
				t.Errorf("sent %v, want two of 3 January, 11:3x", got)
			}
			if len(m.messages) != 2 {
				t.Fatalf("%d messages were made", len(m.messages))
			}
			last := strings.ReplaceAll(string(m.messages[1].Raw), "=\r\n", "")
			for _, want := range []string{"could not be sent from 1 January, 08:00 to 3 January, 11:3", "Subject: Delivered: 1\r\n"} {
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
