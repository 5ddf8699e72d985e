package adapter_test

import (
	"errors"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"parcelwatch/carriers"
	"parcelwatch/carriers/internal/adapter"
	"parcelwatch/parcel"
	"parcelwatch/parcel/number"
)

const heading = "code\tsub\tstatus\tside\tmeaning\n# seen: in answers\n"

func base(t *testing.T, spec adapter.Spec) adapter.Base {
	t.Helper()
	var b adapter.Base
	keep := func(made adapter.Base) carriers.Carrier { b = made; return nil }
	if _, err := adapter.New(carriers.Info{Name: "x", BaseURL: "https://x.example"}, carriers.Config{HTTP: http.DefaultClient}, spec, keep); err != nil {
		t.Fatal(err)
	}
	return b
}

func TestZoneKnowsSummerTime(t *testing.T) {
	b := base(t, adapter.Spec{Codes: heading, Zone: "Europe/Madrid"})
	for in, want := range map[string]string{"2026-01-15 12:00:00": "+01:00", "2026-07-15 12:00:00": "+02:00"} {
		at, ok := adapter.At(in, b.Zone, time.DateTime)
		if got := at.Format("Z07:00"); !ok || got != want {
			t.Errorf("%s is at %s, want %s", in, got, want)
		}
	}
}

func TestNewRefusesABrokenTableOrZone(t *testing.T) {
	for _, spec := range []adapter.Spec{{}, {Codes: heading + "A\t*\tarrived\t-\tArrived\n"}, {Codes: heading, Zone: "Europe/Atlantis"}} {
		if _, err := adapter.New(carriers.Info{BaseURL: "https://x.example"}, carriers.Config{HTTP: http.DefaultClient}, spec, nil); err == nil {
			t.Errorf("%+v is taken", spec)
		}
	}
}

func TestWordsMatchExactlyBeforeInPart(t *testing.T) {
	b := base(t, adapter.Spec{Codes: heading +
		"w\tdelivered\tdelivered\t-\tx\nw\tnot delivered\tattempt_failed\t-\tx\nw\tdelivered to the sender\treturned\t-\tx\n"})
	for text, want := range map[string]parcel.Status{
		"Not delivered":                     parcel.AttemptFailed, // whole
		"It was delivered to the sender":    parcel.Delivered,     // the first row that it contains
		"It was not delivered now":          parcel.AttemptFailed, // the words are denied
		"Nobody was there. It is delivered": parcel.Delivered,
		"NOT DELIVERÉD":                     parcel.AttemptFailed, // capitals and accents do not matter
	} {
		if row, ok := b.Holds("w", text); !ok || row.Status != want {
			t.Errorf("Holds(%q) is %s, want %s", text, row.Status, want)
		}
	}
	if row, ok := b.Holds("w", "Undelivered"); ok {
		t.Errorf("the end of a word is found: %+v", row)
	}
	if row, ok := b.Begins("w", "Delivered to the sender in Kyiv"); !ok || row.Status != parcel.Returned {
		t.Errorf("the longest beginning is %s, want returned", row.Status)
	}
	if _, ok := b.Begins("other", "delivered"); ok {
		t.Error("words of another code are found")
	}
}

func TestResult(t *testing.T) {
	b := base(t, adapter.Spec{Codes: heading, NewestFirst: true})
	at := time.Date(2026, 3, 1, 8, 0, 0, 0, time.UTC)
	events := []parcel.Event{
		{Time: at.Add(time.Hour), Status: parcel.ReadyForPickup, Place: "Locker 5", Text: "arrived"},
		{Time: at, Status: parcel.InTransit, Text: "something new", Guess: true},
		{Time: at, Status: parcel.InTransit, Code: "Z9", Text: "z", Guess: true},
		{Time: at, Status: parcel.InTransit, Code: "Z9", Text: "y", Guess: true},
	}
	res, err := b.Result(adapter.Answer{}, "RB123456785CN", parcel.Tracking{Events: events}, 5)
	if err != nil {
		t.Fatal(err)
	}
	if got := res.Tracking.Events[3].Text; got != "arrived" || res.Tracking.PickupPlace != "Locker 5" {
		t.Errorf("the last event is %q and it waits at %q", got, res.Tracking.PickupPlace)
	}
	if len(res.Unmapped) != 2 || res.Unmapped[0] != "Z9" || res.Unmapped[1] != "something new" {
		t.Errorf("unmapped are %q", res.Unmapped)
	}
	if _, err := b.Result(adapter.Answer{}, "RB123456785CN", parcel.Tracking{}, 5); !errors.Is(err, carriers.ErrChanged) {
		t.Errorf("five lines without an event: %v, want changed", err)
	}
	if res, err := b.Result(adapter.Answer{}, "RB123456785CN", parcel.Tracking{}, 0); err != nil || res.Number == "" {
		t.Errorf("no lines: %v, want a result without events", err)
	}
}

func TestUnmappedCodesAreBounded(t *testing.T) {
	b := base(t, adapter.Spec{Codes: heading})
	var events []parcel.Event
	for i := range 50 {
		events = append(events, parcel.Event{Time: time.Unix(int64(1e9+i), 0), Code: strconv.Itoa(i), Text: "x", Guess: true})
	}
	res, err := b.Result(adapter.Answer{}, "RB123456785CN", parcel.Tracking{Events: events}, len(events))
	if err != nil || len(res.Unmapped) != 20 {
		t.Errorf("%d codes, error %v, want 20", len(res.Unmapped), err)
	}
}

func TestMoment(t *testing.T) {
	kyiv := adapter.Fixed(2 * 3600)
	for _, tc := range []struct {
		text  string
		zone  *time.Location
		want  string
		zoned bool
	}{
		{"2026-03-01T08:00:00+03:00", kyiv, "2026-03-01T08:00:00+03:00", true},
		{"2026-03-01T08:00:00.000+0300", nil, "2026-03-01T08:00:00+03:00", true},
		{"2026-03-01 08:00:00", kyiv, "2026-03-01T08:00:00+02:00", true},
		{"2026-03-01 08:00:00", nil, "2026-03-01T08:00:00Z", false},
	} {
		at, zoned, ok := adapter.Moment(tc.text, tc.zone, time.DateTime)
		if got := at.Format(time.RFC3339); !ok || got != tc.want || zoned != tc.zoned {
			t.Errorf("%s is %s (zoned %t, ok %t), want %s", tc.text, got, zoned, ok, tc.want)
		}
	}
	if _, _, ok := adapter.Moment("yesterday", kyiv, time.DateTime); ok {
		t.Error("a word is a time")
	}
}

func TestNational(t *testing.T) {
	for number, want := range map[number.Number]carriers.Match{
		"RB999900072BY": carriers.Yes, "RB999900072CN": carriers.Maybe, "61039904000176": carriers.No,
	} {
		if got := adapter.National(number, "BY"); got != want {
			t.Errorf("National(%s) = %d, want %d", number, got, want)
		}
	}
}

func TestEveryZoneOfACountryLoads(t *testing.T) {
	rows := 0
	for f := range carriers.Countries() {
		rows++
		if zone := adapter.ZoneOf(f[0]); f[1] != "" && (zone == nil || zone.String() != f[1]) {
			t.Errorf("%s is in the zone %v, want %s", f[0], zone, f[1])
		}
		for name := range strings.SplitSeq(f[2], "|") {
			if got := adapter.CountryNamed(name); got != f[0] && len(name) != 2 {
				t.Errorf("%s is the country %q, want %s", name, got, f[0])
			}
		}
	}
	if rows < 68 {
		t.Errorf("%d countries", rows)
	}
	if adapter.ZoneOf("US") != nil {
		t.Error("the United States have one zone")
	}
}
