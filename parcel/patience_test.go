package parcel_test

import (
	"testing"

	"parcelwatch/parcel"

	"pgregory.net/rapid"
)

func TestUsualGap(t *testing.T) {
	for _, c := range []struct {
		origin, destination string
		least, most         int
	}{
		{"CN", "RU", 7, 25},
		{"HK", "RU", 7, 25},
		{"SG", "BY", 8, 30},
		{"CN", "FR", 5, 20},
		{"CN", "LV", 6, 25},
		{"CN", "GB", 5, 20},
		{"CN", "ZA", 7, 35},
		{"CN", "SG", 2, 12},
		{"CN", "", 7, 35},
		{"SE", "LV", 2, 12},
		{"DE", "RU", 10, 40},
		{"DE", "US", 6, 30},
		{"KZ", "RU", 3, 18},
		{"RU", "RU", 0, 5},
		{"BR", "NZ", 7, 40},
		{"", "RU", 7, 40},
		{"", "", 7, 40},
	} {
		if least, most := parcel.UsualGap(c.origin, c.destination); least != c.least || most != c.most {
			t.Errorf("%s to %s: %d to %d days, want %d to %d", c.origin, c.destination, least, most, c.least, c.most)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		code := rapid.StringMatching(`[A-Z]{2}`)
		from, to := code.Draw(t, "from"), code.Draw(t, "to")
		if least, most := parcel.UsualGap(from, to); least < 0 || most <= least || most > 60 {
			t.Fatalf("%s to %s: %d to %d days", from, to, least, most)
		}
	})
}
