package notify_test

import (
	"strings"
	"testing"

	"parcelwatch/notify"
	"parcelwatch/parcel"
)

// TestTravellingParcelsHaveAForecastFromFiveTrips shows it in every section of what travels, and
// nowhere else.
func TestTravellingParcelsHaveAForecastFromFiveTrips(t *testing.T) {
	t.Parallel()
	var trips []parcel.Trip
	for _, days := range []int{20, 25, 30, 35, 50} {
		trips = append(trips, parcel.Trip{Destination: "RU", Post: "s10 CN", Sent: daysAgo(90), Arrived: daysAgo(90 - days)})
	}
	const want = "Half of your earlier parcels on this route would have arrived by 1 April"
	for _, c := range []struct {
		name   string
		status parcel.Status
		change bool
		edit   func(*notify.Input)
		want   bool
	}{
		{"quiet", parcel.Export, false, nil, true},
		{"moved", parcel.Export, true, nil, true},
		{"first digest", parcel.Export, false, func(in *notify.Input) { in.Hello = true }, true},
		{"four trips", parcel.Export, false, func(in *notify.Input) { in.Trips = in.Trips[1:] }, false},
		{"another country", parcel.Export, false, func(in *notify.Input) { in.Parcels[0].Destination = "KZ" }, false},
		{"the day has passed", parcel.Export, false, func(in *notify.Input) { in.Parcels[0].Shipped = daysAgo(31) }, false},
		{"the post names a day", parcel.Export, false, func(in *notify.Input) { in.Parcels[0].ETA = "2026-04-03" }, false},
		{"late", parcel.Export, false, func(in *notify.Input) { in.Parcels[0].Stalled = noon }, false},
		{"with the courier", parcel.OutForDelivery, true, nil, false},
		{"waits", parcel.ReadyForPickup, true, nil, false},
		{"delivered", parcel.Delivered, true, nil, false},
	} {
		var changes []parcel.Change
		if c.change {
			changes = append(changes, parcel.Change{Kind: parcel.ChangeMoved})
		}
		in := one(parcel.Parcel{Title: "Camera", Status: c.status, StatusSince: noon, LastEvent: daysAgo(9), Destination: "RU", Shipped: daysAgo(10)}, changes...)
		in.Trips = trips
		if c.edit != nil {
			c.edit(&in)
		}
		text := render(t, notify.Compose(in, noon), "en").Text
		if got := strings.Contains(text, want); got != c.want {
			t.Errorf("%s: forecast %v, want %v, in:\n%s", c.name, got, c.want, text)
		}
	}
}
