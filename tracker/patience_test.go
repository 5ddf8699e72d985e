package tracker_test

import (
	"testing"
	"time"

	"parcelwatch/parcel"
	"parcelwatch/store"
	"parcelwatch/tracker"
)

const day = 24 * time.Hour

func crossings(days ...int) tracker.History {
	var h tracker.History
	for _, n := range days {
		at := noon().AddDate(0, -6, 0)
		h = append(h, store.Journey{Origin: "CN", Destination: "RU", Exported: at, Imported: at.AddDate(0, 0, n)})
	}
	return h
}

func TestOwnJourneysReplaceTheTableOnceThereAreFive(t *testing.T) {
	wantMin, wantMax := parcel.UsualGap("CN", "RU")
	if gotMin, gotMax := crossings(3, 3, 3, 3).Usual("CN", "RU"); gotMin != wantMin || gotMax != wantMax {
		t.Errorf("with four journeys %d-%d days, want the table's %d-%d", gotMin, gotMax, wantMin, wantMax)
	}
	gotMin, gotMax := crossings(8, 9, 10, 11, 12).Usual("CN", "RU")
	if gotMin != 8 || gotMax < 12 || gotMax > 13 {
		t.Errorf("with five journeys %d-%d days, want about 8-12", gotMin, gotMax)
	}
	if gotMin, gotMax := crossings(3, 3, 3, 3, 3).Usual("SG", "BY"); gotMin == 3 && gotMax == 4 {
		t.Error("journeys of another route replaced the table")
	}
}

func TestSilenceIsStalledOnlyPastTheUsualTime(t *testing.T) {
	_, usual := parcel.UsualGap("CN", "RU")
	at := func(ago time.Duration) bool {
		p := travelling(parcel.Export, parcel.PhaseBetween, ago, noon())
		tracker.MarkStalled(&p, tracker.Basis{}, noon())
		return !p.Stalled.IsZero()
	}
	if at(time.Duration(usual-1) * day) {
		t.Errorf("stalled one day before the usual %d days are over", usual)
	}
	if !at(time.Duration(usual+6) * day) {
		t.Errorf("not stalled although the usual %d days are over", usual)
	}
}

func TestALetterThatNoPostScansIsNeverCalledStalledInTheGap(t *testing.T) {
	p := travelling(parcel.Export, parcel.PhaseBetween, 60*day, noon())
	p.Links[0].Number = "UB123456785CN"
	if got := tracker.StalledAt(&p, nil); !got.IsZero() {
		t.Errorf("stalled at %v, want never", got)
	}
}

func TestAParcelThatWaitsForItsAddresseeIsNotSilent(t *testing.T) {
	p := travelling(parcel.ReadyForPickup, parcel.PhaseDestination, 20*day, noon())
	if got := tracker.StalledAt(&p, nil); !got.IsZero() {
		t.Errorf("stalled at %v, want never", got)
	}
}

func TestNewsEndsAStall(t *testing.T) {
	p := travelling(parcel.InTransit, parcel.PhaseDestination, 20*day, noon())
	tracker.MarkStalled(&p, tracker.Basis{}, noon())
	if p.Stalled.IsZero() {
		t.Fatal("not stalled after 20 silent days in the country")
	}
	p.LastEvent = noon()
	tracker.MarkStalled(&p, tracker.Basis{}, noon().Add(time.Hour))
	if !p.Stalled.IsZero() {
		t.Error("still stalled after a new event")
	}
}

func TestTrackingEndsAfterMonthsAndAnyEventRevivesIt(t *testing.T) {
	p := parcel.Parcel{ID: 1, FirstSeen: noon().AddDate(-1, 0, 0)}
	p.AddLink(parcel.Link{Number: "RB123456785CN", Certainty: parcel.Certain})
	event := func(at time.Time) parcel.Event {
		return parcel.Event{Time: at, ZoneKnown: true, Status: parcel.InTransit, Country: "CN", Text: "sorted", Sources: []string{"cainiao"}}
	}
	p.Sources = []parcel.Source{{Carrier: "cainiao", Number: "RB123456785CN", Events: []parcel.Event{event(noon().AddDate(0, -5, 0))}}}
	tracker.Settle(&p, "RU", noon())
	if p.Status != parcel.Expired || p.Phase != parcel.PhaseDone {
		t.Fatalf("status %q after five silent months, want expired", p.Status)
	}
	p.Sources[0].Events = append(p.Sources[0].Events, event(noon().Add(-time.Hour)))
	tracker.Settle(&p, "RU", noon())
	if p.Status != parcel.InTransit || !p.FinalAt.IsZero() {
		t.Errorf("status %q after a new event, want in_transit", p.Status)
	}
}
