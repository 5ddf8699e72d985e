package parcel_test

import (
	"testing"
	"time"

	"parcelwatch/parcel"
	"parcelwatch/parcel/number"
)

func TestStatusEvent(t *testing.T) {
	t.Parallel()
	post := func(lines string) parcel.Source { return source(t, "russianpost", lines) }
	for name, c := range map[string]struct {
		sources []parcel.Source
		want    string
	}{
		"a later scan of another source does not explain a delivery": {
			[]parcel.Source{post("2026-02-20 18:00+03 delivered RU handed over\n"), source(t, "upu", "2026-02-20 18:30+03 info RU accepted by carrier\n")}, "handed over",
		},
		"the newest of several scans with the status": {
			[]parcel.Source{post("2026-02-10 10:00+03 in_transit RU Moscow\n2026-02-12 10:00+03 in_transit RU Tver\n2026-02-13 10:00+03 info RU weighed\n")}, "Tver",
		},
		"an earlier visit to the same status is not it": {
			[]parcel.Source{post("2026-02-10 10:00+03 in_transit RU first\n2026-02-12 10:00+03 customs RU desk\n2026-02-13 10:00+03 info RU x-ray\n")}, "desk",
		},
		"a parcel known by mail only has the shop's step": {
			[]parcel.Source{source(t, parcel.SourceMail, "2026-02-10 10:00+00 in_transit - on its way\n")}, "on its way",
		},
		"an event in the future explains nothing": {
			[]parcel.Source{post("2026-02-10 10:00+03 in_transit RU Moscow\n2026-05-10 10:00+03 in_transit RU Omsk\n")}, "Moscow",
		},
		"without events there is none": {nil, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := settled(t, c.sources...)
			if got := p.StatusEvent(noon("2026-03-01")).Text; got != c.want {
				t.Errorf("%s: got %q, want %q", p.Status, got, c.want)
			}
		})
	}
}

func TestKeptUntil(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		number    number.Number
		country   string
		until     parcel.Date
		status    parcel.Status
		want      parcel.Date
		estimated bool
	}{
		"a day that a source has named":        {"RB123456785CN", "RU", "2026-03-09", parcel.ReadyForPickup, "2026-03-09", false},
		"else the usual period of the post":    {"RB123456785CN", "RU", "", parcel.ReadyForPickup, "2026-03-16", true},
		"which is longer in Belarus":           {"RB123456785CN", "BY", "", parcel.ReadyForPickup, "2026-03-31", true},
		"but not for EMS":                      {"EE987654326CN", "BY", "", parcel.ReadyForPickup, "2026-03-15", true},
		"a day that is none counts as none":    {"RB123456785CN", "RU", "soon", parcel.ReadyForPickup, "2026-03-16", true},
		"other posts are not known":            {"RB123456785CN", "FR", "", parcel.ReadyForPickup, "", false},
		"one that does not wait has no day":    {"RB123456785CN", "RU", "", parcel.InTransit, "", false},
		"a failed attempt has only a day said": {"RB123456785CN", "RU", "", parcel.AttemptFailed, "", false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := parcel.Parcel{
				Links: []parcel.Link{{Number: c.number}}, Destination: c.country, Status: c.status, StatusSince: noon("2026-03-01"),
				Pickup: parcel.Pickup{Until: c.until},
			}
			got, estimated := p.KeptUntil(time.UTC)
			if got != c.want || estimated != c.estimated {
				t.Errorf("got %q, estimated %t; want %q, %t", got, estimated, c.want, c.estimated)
			}
		})
	}
}
