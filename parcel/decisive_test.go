package parcel_test

import (
	"testing"
	"time"

	"pgregory.net/rapid"

	"parcelwatch/parcel"
)

// guess stands for an event whose code no table holds.
const guess parcel.Status = "guess"

// after returns the status of a parcel whose carrier reported the statuses in this
// order, a day apart.
func after(statuses ...parcel.Status) parcel.Parcel {
	start := time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC)
	var events []parcel.Event
	for i, s := range statuses {
		e := parcel.Event{Time: start.AddDate(0, 0, i), ZoneKnown: true, Status: s, Text: string(s)}
		if s == guess {
			e.Status, e.Guess = parcel.InTransit, true
		}
		events = append(events, e)
	}
	p := parcel.Parcel{FirstSeen: start, Sources: []parcel.Source{{Carrier: "post", Number: "RB123456785CN", Events: events}}}
	p.Settle("", start.AddDate(0, 0, len(statuses)))
	return p
}

func TestStatusAfterEvents(t *testing.T) {
	t.Parallel()
	const (
		transit, export, customs, hold = parcel.InTransit, parcel.Export, parcel.Customs, parcel.CustomsHold
		pickup, courier, failed        = parcel.ReadyForPickup, parcel.OutForDelivery, parcel.AttemptFailed
		back, home, done, trouble      = parcel.Returning, parcel.Returned, parcel.Delivered, parcel.Exception
	)
	type list = []parcel.Status
	for name, tc := range map[string]struct {
		events list
		want   parcel.Status
	}{
		"scans on the way back are the way back":               {list{pickup, back, transit, parcel.Import}, back},
		"the sender's office is no place to fetch it from":     {list{pickup, back, transit, pickup}, back},
		"trouble and customs on the way back change nothing":   {list{back, customs, hold, trouble}, back},
		"a courier on the way back changes nothing":            {list{back, courier, failed}, back},
		"returned ends the way back":                           {list{back, transit, home}, home},
		"handed to the addressee ends the way back":            {list{back, transit, done}, done},
		"a note on the way back changes nothing":               {list{back, parcel.Info}, back},
		"a guess after a delivery is a note":                   {list{done, guess, guess}, done},
		"a guess after a return is a note":                     {list{back, home, guess}, home},
		"a guess on the way back is a note":                    {list{back, guess}, back},
		"a guess does not end a pickup":                        {list{pickup, guess}, pickup},
		"a guess does not end a customs hold":                  {list{hold, guess}, hold},
		"a guess does not end a failed attempt":                {list{failed, guess}, failed},
		"a guess does not end trouble":                         {list{trouble, guess}, trouble},
		"a guess moves what was announced":                     {list{parcel.PreAdvice, guess}, transit},
		"a guess moves what was accepted":                      {list{parcel.Accepted, guess}, transit},
		"a guess after export means moving":                    {list{export, guess}, transit},
		"a guess after customs means moving":                   {list{customs, guess}, transit},
		"a known code after a guess counts":                    {list{done, guess, back}, back},
		"a known scan after a delivery shows it was premature": {list{done, courier}, courier},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := after(tc.events...).Status; got != tc.want {
				t.Errorf("after %v it is %s, want %s", tc.events, got, tc.want)
			}
		})
	}
}

func TestAnyOrderOfEvents(t *testing.T) {
	t.Parallel()
	known := append(parcel.Statuses(), guess)
	rapid.Check(t, func(t *rapid.T) {
		statuses := rapid.SliceOfN(rapid.SampledFrom(known), 1, 12).Draw(t, "statuses")
		got := after(statuses...).Status
		var last parcel.Status // decisive: neither a note nor a guess
		returning := false
		for _, s := range statuses {
			switch s {
			case guess, parcel.Info, parcel.Expired:
				continue
			case parcel.Returning:
				returning = true
			case parcel.Delivered, parcel.Returned:
				returning = false
			default:
			}
			last = s
		}
		if got == parcel.Delivered && last != parcel.Delivered && last != parcel.PreAdvice && last != parcel.Accepted {
			t.Fatalf("after %v it is delivered", statuses)
		}
		if returning && got != parcel.Returning {
			t.Fatalf("after %v it is %s and not on its way back", statuses, got)
		}
		if last == parcel.Delivered && got != parcel.Delivered {
			t.Fatalf("after %v it is %s and not delivered", statuses, got)
		}
	})
}
