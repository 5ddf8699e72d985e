package parcel_test

import (
	"testing"
	"time"

	"pgregory.net/rapid"

	"parcelwatch/parcel"
	"parcelwatch/parcel/number"
)

func sent(n number.Number, destination string, days, took int, now time.Time) *parcel.Parcel {
	p := &parcel.Parcel{Destination: destination, Shipped: now.AddDate(0, 0, -days), Links: []parcel.Link{{Number: n}}}
	if took >= 0 {
		p.Status, p.StatusSince = parcel.Delivered, p.Shipped.AddDate(0, 0, took)
	}
	return p
}

// TestForecastIsTheMedianOfTheOwnTrips requires that at least half of the trips of the route took
// no longer than the forecast, and fewer than half took less.
func TestForecastIsTheMedianOfTheOwnTrips(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 9, 3, 10, 0, 0, 0, time.UTC)
	const own, foreign = "RB123456785CN", "RE123456785SG"
	rapid.Check(t, func(t *rapid.T) {
		took := rapid.SliceOfN(rapid.IntRange(1, 90), 0, 30).Draw(t, "days of the route")
		var trips []parcel.Trip
		for _, n := range took {
			trips = append(trips, sent(own, "RU", 100, n, now).Trip())
		}
		for _, n := range rapid.SliceOfN(rapid.IntRange(1, 90), 0, 9).Draw(t, "days of others") {
			trips = append(trips, sent(foreign, "RU", 100, n, now).Trip(), sent(own, "KZ", 100, n, now).Trip())
		}
		trips = append(trips, sent(own, "RU", 100, -1, now).Trip()) // still on the way
		age := rapid.IntRange(0, 90).Draw(t, "age")
		got := parcel.Forecast(sent(own, "RU", age, -1, now), rapid.Permutation(trips).Draw(t, "order"), time.UTC, now)
		if len(took) < 5 {
			if got != "" {
				t.Fatalf("%d trips make the forecast %s", len(took), got)
			}
			return
		}
		within := func(days int) (n int) {
			for _, d := range took {
				if d <= days {
					n++
				}
			}
			return n
		}
		if got == "" {
			if 2*within(age-1) < len(took) {
				t.Fatalf("no forecast after %d days, trips %v", age, took)
			}
			return
		}
		days := int(got.Time(time.UTC).Sub(now.AddDate(0, 0, -age).Truncate(24*time.Hour)) / (24 * time.Hour))
		if days < age || 2*within(days) < len(took) || 2*within(days-1) >= len(took) {
			t.Fatalf("the forecast is %d days, trips %v, age %d", days, took, age)
		}
	})
}

func TestAParcelAddedByHandMakesNoTrip(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 9, 3, 10, 0, 0, 0, time.UTC)
	var trips []parcel.Trip
	for range 5 {
		p := sent("RB123456785CN", "RU", 30, 28, now)
		p.Shipped, p.FirstSeen, p.AddedByUser = time.Time{}, now.AddDate(0, 0, -3), true // two days before its delivery
		trips = append(trips, p.Trip())
	}
	if got := parcel.Forecast(sent("RB123456785CN", "RU", 1, -1, now), trips, time.UTC, now); got != "" {
		t.Errorf("a forecast of %s from trips whose begin is not known", got)
	}
}

func TestForecastUsesTheFirstNumberOfThePost(t *testing.T) {
	t.Parallel()
	p := parcel.Parcel{Links: []parcel.Link{{Number: "AP00999900005030"}, {Number: "LP00999900005013"}, {Number: "RB123456785CN"}}}
	q := parcel.Parcel{Links: []parcel.Link{{Number: "LP00999900005013"}}}
	if a, b := p.Trip().Post, q.Trip().Post; a != b || a == "" {
		t.Errorf("posts %q and %q, want the same", a, b)
	}
}
