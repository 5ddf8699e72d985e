package parcel_test

import (
	"testing"
	"time"

	"parcelwatch/parcel"
)

// A wall clock without a zone counts as the usual one of its country: the
// instant shows in the parcel's last event.
func TestWallClocksOfCountries(t *testing.T) {
	for country, want := range map[string]string{
		"":   "12:00",
		"ZZ": "12:00",
		"GB": "12:00",
		"DE": "11:00",
		"UA": "10:00",
		"BY": "09:00",
		"RU": "09:00",
		"IR": "08:30",
		"GE": "08:00",
		"AF": "07:30",
		"UZ": "07:00",
		"KZ": "07:00",
		"IN": "06:30",
		"NP": "06:15",
		"KG": "06:00",
		"MM": "05:30",
		"TH": "05:00",
		"ID": "05:00",
		"CN": "04:00",
		"MN": "04:00",
		"SG": "04:00",
		"JP": "03:00",
		"AU": "02:00",
		"NZ": "00:00",
		"CD": "11:00",
		"BR": "15:00",
		"AR": "15:00",
		"PR": "16:00",
		"CL": "16:00",
		"US": "17:00",
		"CA": "17:00",
		"CO": "17:00",
		"EC": "17:00",
		"MX": "18:00",
		"CR": "18:00",
	} {
		p := parcel.Parcel{Sources: []parcel.Source{{Carrier: "upu", Events: []parcel.Event{
			{Time: noon("2026-02-14"), Status: parcel.InTransit, Country: country},
		}}}}
		p.Settle("", noon("2026-03-01"))
		if got := p.LastEvent.UTC().Format("15:04"); got != want {
			t.Errorf("noon in %q is %s UTC, want %s", country, got, want)
		}
		if got := p.LastEvent.Format("2006-01-02 15:04"); got != "2026-02-14 12:00" {
			t.Errorf("noon in %q is shown as %s", country, got)
		}
	}
}

func TestKnownZonesHold(t *testing.T) {
	told := time.Date(2026, 2, 14, 12, 0, 0, 0, time.FixedZone("", 10*60*60))
	p := parcel.Parcel{Sources: []parcel.Source{{Carrier: "upu", Events: []parcel.Event{
		{Time: told, ZoneKnown: true, Status: parcel.InTransit, Country: "RU"},
	}}}}
	p.Settle("", noon("2026-03-01"))
	if !p.LastEvent.Equal(told) {
		t.Errorf("last event %v, want %v", p.LastEvent, told)
	}
}
