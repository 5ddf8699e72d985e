package notify_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"parcelwatch/internal/locale"
	"parcelwatch/notify"
	"parcelwatch/parcel"
)

// subjects returns the inputs of a digest for each kind of what needs the user.
func subjects() []struct {
	name string
	in   notify.Input
} {
	shipped := func(left int) time.Time { return noon.AddDate(0, 0, left-60) }
	day := func(n int) parcel.Date { return parcel.DateOf(noon.AddDate(0, 0, n)) }
	waits := func(since int, until parcel.Date) notify.Input {
		return one(parcel.Parcel{
			Title: "Camera", Status: parcel.ReadyForPickup, StatusSince: daysAgo(since), Destination: "RU",
			Pickup: parcel.Pickup{Place: "170100, Тверь", Until: until},
		})
	}
	is := func(s parcel.Status, left int) notify.Input {
		p := parcel.Parcel{Title: "Camera", Status: s, StatusSince: noon, LastEvent: noon}
		if left >= 0 {
			p.Shipped = shipped(left)
		}
		return one(p)
	}
	order := func(step parcel.Step, left int) notify.Input {
		o := parcel.Order{ID: "8190000000010017", Items: []parcel.Item{{Title: "Camera"}}, Step: step, StepAt: daysAgo(3), FirstSeen: daysAgo(3), Shipped: shipped(left)}
		return notify.Input{Audience: notify.Audience{Zone: noon.Location()}, Orders: []parcel.Order{o}}
	}
	urgent := is(parcel.OutForDelivery, -1)
	urgent.Urgent, urgent.Changes = true, []parcel.Change{{ID: 1, Parcel: 7, Kind: parcel.ChangeMoved}}
	several := waits(3, day(4))
	for i, p := range []parcel.Parcel{
		is(parcel.CustomsHold, -1).Parcels[0], is(parcel.InTransit, 5).Parcels[0], waits(3, day(1)).Parcels[0],
	} {
		p.ID, p.Title = int64(100+i), fmt.Sprintf("Lamp %d", i)
		several.Parcels = append(several.Parcels, p)
	}
	return []struct {
		name string
		in   notify.Input
	}{
		{"kept for two days", waits(3, day(2))},
		{"kept until tomorrow", waits(3, day(1))},
		{"kept until today", waits(3, day(0))},
		{"kept until yesterday", waits(3, day(-1))},
		{"usually kept", waits(3, "")},
		{"usually kept, and longer", waits(20, "")},
		{"waits without a usual time", is(parcel.ReadyForPickup, -1)},
		{"failed attempt", is(parcel.AttemptFailed, -1)},
		{"customs", is(parcel.CustomsHold, 5)},
		{"problem", is(parcel.Exception, -1)},
		{"problem, protection ends", is(parcel.Exception, 3)},
		{"returning", is(parcel.Returning, -1)},
		{"protection", is(parcel.InTransit, 5)},
		{"protection, tomorrow", is(parcel.InTransit, 1)},
		{"protection, today", is(parcel.InTransit, 0)},
		{"order waits", order(parcel.StepReadyForPickup, 40)},
		{"order, protection", order(parcel.StepShipped, 5)},
		{"courier, at once", urgent},
		{"several, the nearest first", several},
	}
}

// TestTheSubjectSaysWhatNeedsTheUserAndUntilWhen compares the subjects with a golden file to be read by
// natives. Each has the thing's name and, if there is one, the last day.
func TestTheSubjectSaysWhatNeedsTheUserAndUntilWhen(t *testing.T) {
	t.Parallel()
	var text strings.Builder
	for _, language := range locale.Tags() {
		fmt.Fprintf(&text, "===== %s =====\n", language)
		for _, c := range subjects() {
			c.in.Protection = notify.Protection{Days: 60, Remind: 7}
			got := render(t, notify.Compose(c.in, noon), language).Subject
			fmt.Fprintf(&text, "%s: %s\n", c.name, got)
			if !strings.Contains(got, "Camera") && !strings.Contains(got, "Lamp 2") {
				t.Errorf("%s, %s: %q does not say what", language, c.name, got)
			}
		}
	}
	golden(t, "subjects.txt", text.String())
}
