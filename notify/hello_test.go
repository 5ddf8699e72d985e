package notify_test

import (
	"context"
	"regexp"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"parcelwatch/internal/locale"
	"parcelwatch/notify"
	"parcelwatch/parcel"
)

// old is a household whose parcels and orders are all from long ago.
func old(status parcel.Status, days int) parcel.Parcel {
	return parcel.Parcel{
		ID: int64(days), Title: "thing", Status: status, Shipped: daysAgo(days + 5), FirstSeen: noon, LastEvent: daysAgo(days), StatusSince: daysAgo(days),
		Stalled: daysAgo(days - 1), Origin: "CN", Destination: "RU",
	}
}

func TestAFirstDigestListsWhatIsOpenWithoutAlarms(t *testing.T) {
	t.Parallel()
	closed := old(parcel.InTransit, 40)
	closed.Closed = true
	in := notify.Input{
		Hello: true, Protection: notify.Protection{Days: 75, Remind: 7},
		Parcels: []parcel.Parcel{
			old(parcel.Delivered, 50), old(parcel.Delivered, 3), old(parcel.Returned, 20), closed,
			old(parcel.Export, 45), old(parcel.InTransit, 66), old(parcel.PreAdvice, 33), old(parcel.OutForDelivery, 44),
			old(parcel.ReadyForPickup, 2), old(parcel.ReadyForPickup, 49), old(parcel.Exception, 46),
		},
		Orders: []parcel.Order{
			{ID: "1", Step: parcel.StepConfirmed, StepAt: daysAgo(40), FirstSeen: noon, Placed: daysAgo(40)},
			{ID: "2", Step: parcel.StepDelivered, StepAt: daysAgo(40), FirstSeen: noon},
		},
	}
	d := notify.Compose(in, noon)
	if diff := cmp.Diff(notify.Hello{Arrived: 3, Needs: 2, Way: 5, Unsent: 1, Orders: 2}, d.Hello); diff != "" {
		t.Errorf("counts (-want +got):\n%s", diff)
	}
	for _, language := range locale.Tags() {
		c := render(t, d, language)
		if !regexp.MustCompile(`^\D*9\D+2\D`).MatchString(c.Subject) { // parcels and orders
			t.Errorf("%s: subject %q", language, c.Subject)
		}
		if language != "en" {
			continue
		}
		// The order that was never sent is the only thing to ask about.
		text := strings.Replace(c.Text, "Ordered 40 days ago and still not sent; 3–5 days is usual. Ask the seller.", "", 1)
		if text == c.Text || regexp.MustCompile(`(?i)ask the seller|open a dispute|normal in the first`).MatchString(text) {
			t.Errorf("an alarm in\n%s", c.Text)
		}
	}
}

func TestTheFirstDigestComesOnceEverybodyWasAsked(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		m, p := twoParcels(), &postman{}
		m.move(1, parcel.ReadyForPickup)
		a := me("08:00", "19:00")
		a.Quiet = notify.QuietHours{From: 22 * 60, To: 7 * 60}
		began := time.Now()
		round := func(context.Context, time.Time) (notify.Round, error) {
			return notify.Round{Asking: time.Since(began) < time.Minute}, nil
		}
		for range 3 { // a restart makes no second one
			r := start(t, config(a), m, p, notify.Options{Round: round})
			time.Sleep(5 * time.Hour)
			r.stop()
		}
		r := start(t, config(a), m, p, notify.Options{Round: round})
		defer r.stop()
		m.move(2, parcel.Export)
		until(2, 20, 0)
		if diff := cmp.Diff([]string{"01-01 07:00 me@example.org", "01-01 19:00 me@example.org"}, p.arrived()); diff != "" {
			t.Errorf("sent (-want +got):\n%s", diff)
		}
		m.with(func(m *memory) {
			if n := m.calls["Ended"]; n != 1 {
				t.Errorf("what has ended was read %d times for one first digest", n)
			}
		})
	})
}
