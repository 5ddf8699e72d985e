package tracker_test

import (
	"fmt"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"parcelwatch/carriers"
	"parcelwatch/parcel"
	"parcelwatch/parcel/number"
	"parcelwatch/store"
	"parcelwatch/store/sqlite"
	"parcelwatch/tracker"
)

// happening is one event of a simulated journey: the hour, the status, and the side
// that reports it.
type happening struct {
	hours  float64
	status parcel.Status
	side   string // "origin" or "destination"
}

// life is a simulated journey from the day its number was learned.
type life struct {
	name   string
	events []happening
}

// at returns hours after the first day of a life, which begins at midnight in
// Moscow.
func at(day int, hour float64) float64 { return float64(day)*24 + hour }

// lives returns journeys modelled on real ones: what posts scan and how long the
// silences are. Hours are of the destination's day.
func lives() []life {
	o, d := "origin", "destination"
	return []life{
		{"fast, 12 days, to the door", []happening{{at(0, 14), parcel.Accepted, o}, {at(2, 5), parcel.Export, o}, {at(6, 11), parcel.Import, d}, {at(7, 9), parcel.Customs, d}, {at(9, 16), parcel.InTransit, d}, {at(12, 9.5), parcel.OutForDelivery, d}, {at(12, 15), parcel.Delivered, d}}},
		{"usual, 26 days, pickup", []happening{{at(1, 10), parcel.Accepted, o}, {at(3, 7), parcel.InTransit, o}, {at(5, 3), parcel.Export, o}, {at(19, 8), parcel.Import, d}, {at(20, 12), parcel.Customs, d}, {at(22, 17), parcel.InTransit, d}, {at(24, 10), parcel.ReadyForPickup, d}, {at(26, 18), parcel.Delivered, d}}},
		{"usual, 35 days, pickup", []happening{{at(2, 11), parcel.Accepted, o}, {at(4, 8), parcel.InTransit, o}, {at(6, 22), parcel.Export, o}, {at(25, 9), parcel.Import, d}, {at(26, 13), parcel.Customs, d}, {at(29, 3), parcel.InTransit, d}, {at(31, 11), parcel.ReadyForPickup, d}, {at(35, 17), parcel.Delivered, d}}},
		{"slow, 60 days in the gap", []happening{{at(3, 9), parcel.Accepted, o}, {at(8, 6), parcel.Export, o}, {at(60, 10), parcel.Import, d}, {at(63, 12), parcel.InTransit, d}, {at(65, 9), parcel.ReadyForPickup, d}, {at(66, 13), parcel.Delivered, d}}},
		{"seller slow to send", []happening{{at(12, 9), parcel.Accepted, o}, {at(15, 6), parcel.Export, o}, {at(29, 10), parcel.Import, d}, {at(32, 11), parcel.InTransit, d}, {at(34, 10.5), parcel.OutForDelivery, d}, {at(34, 14), parcel.Delivered, d}}},
		{"held by customs", []happening{{at(1, 9), parcel.Accepted, o}, {at(3, 6), parcel.Export, o}, {at(15, 10), parcel.Import, d}, {at(16, 12), parcel.CustomsHold, d}, {at(22, 11), parcel.Customs, d}, {at(25, 13), parcel.ReadyForPickup, d}, {at(27, 12), parcel.Delivered, d}}},
		{"first attempt failed", []happening{{at(1, 9), parcel.Accepted, o}, {at(4, 6), parcel.Export, o}, {at(18, 10), parcel.Import, d}, {at(21, 12), parcel.InTransit, d}, {at(23, 9), parcel.OutForDelivery, d}, {at(23, 17), parcel.AttemptFailed, d}, {at(24, 10), parcel.ReadyForPickup, d}, {at(25, 18), parcel.Delivered, d}}},
		{"waits out its storage, returned", []happening{{at(1, 9), parcel.Accepted, o}, {at(4, 6), parcel.Export, o}, {at(17, 10), parcel.Import, d}, {at(20, 9), parcel.ReadyForPickup, d}, {at(50, 9), parcel.Returning, d}, {at(75, 9), parcel.Returned, d}}},
		{"lost between", []happening{{at(1, 9), parcel.Accepted, o}, {at(4, 6), parcel.Export, o}}},
		{"stuck at origin", []happening{{at(1, 9), parcel.Accepted, o}, {at(40, 6), parcel.Export, o}, {at(55, 10), parcel.Import, d}, {at(58, 10), parcel.OutForDelivery, d}, {at(58, 14), parcel.Delivered, d}}},
		{"neighbour country, 8 days", []happening{{at(0, 9), parcel.Accepted, o}, {at(1, 20), parcel.Export, o}, {at(4, 10), parcel.Import, d}, {at(6, 11), parcel.InTransit, d}, {at(8, 9), parcel.OutForDelivery, d}, {at(8, 12), parcel.Delivered, d}}},
		{"announced and never sent", []happening{{at(0, 1), parcel.PreAdvice, o}}},
	}
}

// answer returns the outcome of one ask.
func answer(carrier string, n number.Number, tr parcel.Tracking, err error) carriers.Asked {
	return carriers.Asked{
		Ask: carriers.Ask{Carrier: carrier, Number: n}, Result: carriers.ResultOf(err), Tracking: tr, Err: err,
	}
}

// policy decides the time of the next check.
type policy struct {
	name string
	next func(p *parcel.Parcel, now time.Time) time.Time
}

func fixed(every time.Duration) policy {
	return policy{"every " + every.String(), func(p *parcel.Parcel, now time.Time) time.Time {
		if p.Status.Final() && now.Sub(p.FinalAt) > 10*day {
			return time.Time{}
		}
		return now.Add(every)
	}}
}

func ours() policy {
	return policy{"ours", func(p *parcel.Parcel, now time.Time) time.Time {
		next, _ := tracker.NextCheck(p, nil, moscow(), now)
		return next
	}}
}

// seen is the result of a policy on a life: requests to each side, and the delay
// until each event was known.
type seen struct {
	requests map[string]int
	delay    map[parcel.Status]time.Duration
	days     int
}

// live plays one life under a policy. Neither side limits how often it is asked;
// the origin side is no longer asked once the destination side has answered.
func live(l life, pol policy) seen {
	start := time.Date(2026, 3, 2, 0, 0, 0, 0, moscow())
	numbers := map[string]number.Number{"origin": "RB123456785CN", "destination": "RB123456785CN"}
	p := &parcel.Parcel{ID: 1, FirstSeen: start, Origin: "CN"}
	p.AddLink(parcel.Link{Number: numbers["origin"], Since: start, Certainty: parcel.Certain})
	out := seen{requests: map[string]int{}, delay: map[parcel.Status]time.Duration{}}
	known := map[int]bool{}
	rested := false
	for now := start; !now.IsZero() && now.Sub(start) < 200*day; now = pol.next(p, now) {
		sides := []string{"origin"}
		if p.Phase != parcel.PhaseOrigin && p.Phase != "" {
			sides = append(sides, "destination")
		}
		if rested {
			sides = sides[1:]
		}
		s := store.State{Parcels: []*parcel.Parcel{p}}
		var answers []carriers.Asked
		for _, side := range sides {
			out.requests[side]++
			var tr parcel.Tracking
			for i, h := range l.events {
				when := start.Add(time.Duration(h.hours * float64(time.Hour)))
				if h.side != side || when.After(now) {
					continue
				}
				tr.Events = append(tr.Events, parcel.Event{Time: when, ZoneKnown: true, Status: h.status, Country: map[string]string{"origin": "CN", "destination": "RU"}[side], Text: string(h.status), Sources: []string{side}})
				if !known[i] {
					known[i] = true
					out.delay[h.status] = now.Sub(when)
				}
				rested = rested || side == "destination"
			}
			a := answer(side, numbers[side], tr, nil)
			if len(tr.Events) == 0 {
				a = answer(side, numbers[side], tr, carriers.ErrNotFound)
			}
			answers = append(answers, a)
		}
		tracker.Absorb(&s, 1, answers, tracker.Basis{Home: "RU"}, now)
		out.days = int(now.Sub(start) / day)
	}
	return out
}

func median(ds []time.Duration) time.Duration {
	if len(ds) == 0 {
		return 0
	}
	slices.Sort(ds)
	return ds[len(ds)/2]
}

func TestSimulationAsksLittleAndKnowsSoon(t *testing.T) {
	policies := []policy{ours(), fixed(30 * time.Minute), fixed(2 * time.Hour), fixed(6 * time.Hour)}
	total := map[string][]time.Duration{}
	for _, pol := range policies {
		var urgent, all []time.Duration
		requests := 0
		for _, l := range lives() {
			got := live(l, pol)
			requests += got.requests["origin"] + got.requests["destination"]
			for status, delay := range got.delay {
				all = append(all, delay)
				if status == parcel.ReadyForPickup || status == parcel.OutForDelivery {
					urgent = append(urgent, delay)
				}
			}
			if pol.name == "ours" {
				t.Logf("%-34s %3d days  origin %3d  destination %3d", l.name, got.days, got.requests["origin"], got.requests["destination"])
			}
			if pol.name == "ours" && l.name == "usual, 35 days, pickup" {
				for side, n := range got.requests {
					if n > 45 {
						t.Errorf("%d requests to the %s post for a journey of 35 days, want at most 45", n, side)
					}
				}
			}
		}
		t.Logf("%-12s %5d requests, median delay %v, of pickup and delivery %v", pol.name, requests, median(all).Round(time.Minute), median(urgent).Round(time.Minute))
		total[pol.name] = urgent
	}
	if got := median(total["ours"]); got > 2*time.Hour {
		t.Errorf("median delay of pickup and out for delivery is %v, want at most 2h", got)
	}
}

func TestAbsorbTellsAnAliasAndTakesOverItsParcel(t *testing.T) {
	p := &parcel.Parcel{ID: 1, FirstSeen: noon()}
	p.AddLink(parcel.Link{Number: "LP00999900000034", Certainty: parcel.Certain})
	other := &parcel.Parcel{ID: 2, FirstSeen: noon(), Orders: []string{orderB}, Title: "case"}
	other.AddLink(parcel.Link{Number: "RB123456785CN", Certainty: parcel.Certain})
	s := store.State{Parcels: []*parcel.Parcel{p, other}}
	got := answer("cainiao", "LP00999900000034", parcel.Tracking{
		Events:  []parcel.Event{{Time: noon(), ZoneKnown: true, Status: parcel.Accepted, Text: "accepted", Sources: []string{"cainiao"}}},
		Aliases: []parcel.Alias{{Number: "RB123456785CN", Field: "copyRealMailNo"}},
	}, nil)
	tracker.Absorb(&s, 1, []carriers.Asked{got}, tracker.Basis{Home: "RU"}, noon())
	if !p.Has("RB123456785CN") || p.Title != "case" || len(p.Orders) != 1 || fmt.Sprint(s.Merged) != "[2]" {
		t.Errorf("numbers %v, title %q, orders %v, merged %v; want the other parcel taken over", p.Numbers(), p.Title, p.Orders, s.Merged)
	}
	if told := kinds(s.Changes); !slices.Contains(told, parcel.ChangeNumber) || !slices.Contains(told, parcel.ChangeMoved) {
		t.Errorf("changes %v, want the number and the move", told)
	}
}

func TestACarriersWordMergesOnlyWhatBelongsTogether(t *testing.T) {
	mine := func() parcel.Parcel {
		return parcel.Parcel{Mailboxes: parcel.Mailboxes{"mine"}, Orders: []string{orderA}}
	}
	for name, c := range map[string]struct {
		into, other parcel.Parcel
		merged      bool
	}{
		"two bare numbers":                      {parcel.Parcel{}, parcel.Parcel{}, true},
		"a bare number into a mailbox's parcel": {mine(), parcel.Parcel{AddedByUser: true}, true},
		"a mailbox's parcel into a bare number": {parcel.Parcel{AddedByUser: true}, mine(), true},
		"two parcels of one order":              {mine(), mine(), true},
		"two orders of one mailbox":             {mine(), parcel.Parcel{Mailboxes: parcel.Mailboxes{"mine"}, Orders: []string{orderB}}, false},
		"one order in two mailboxes":            {mine(), parcel.Parcel{Mailboxes: parcel.Mailboxes{"other"}, Orders: []string{orderA}}, false},
		"a mailbox's and one with a title":      {mine(), parcel.Parcel{Title: "lamp", AddedByUser: true}, false},
		"two titles for one order":              {parcel.Parcel{Mailboxes: parcel.Mailboxes{"mine"}, Orders: []string{orderA}, Title: "lamp"}, parcel.Parcel{Mailboxes: parcel.Mailboxes{"mine"}, Orders: []string{orderA}, Title: "case"}, false},
		"two mailboxes without orders":          {parcel.Parcel{Mailboxes: parcel.Mailboxes{"mine"}}, parcel.Parcel{Mailboxes: parcel.Mailboxes{"other"}}, false},
		"two without orders of one mailbox":     {parcel.Parcel{Mailboxes: parcel.Mailboxes{"mine"}}, parcel.Parcel{Mailboxes: parcel.Mailboxes{"mine"}}, false},
	} {
		t.Run(name, func(t *testing.T) {
			p, other := c.into, c.other
			p.ID, p.FirstSeen, other.ID, other.FirstSeen = 1, noon(), 2, noon()
			p.AddLink(parcel.Link{Number: "LP00999900000034", Certainty: parcel.Certain})
			other.AddLink(parcel.Link{Number: "RB123456785CN", Certainty: parcel.Certain})
			s := store.State{Parcels: []*parcel.Parcel{&p, &other}}
			got := answer("cainiao", "LP00999900000034", parcel.Tracking{
				Aliases: []parcel.Alias{{Number: "RB123456785CN", Field: "copyRealMailNo"}},
			}, nil)
			maybe := 0
			for range 2 { // the carrier says so at every visit
				tracker.Absorb(&s, 1, []carriers.Asked{got}, tracker.Basis{Home: "RU"}, noon())
				for _, k := range kinds(s.Changes) {
					if k == parcel.ChangeMaybeSame {
						maybe++
					}
				}
				s.Changes = nil
			}
			if merged := len(s.Merged) > 0; merged != c.merged || p.Has("RB123456785CN") != c.merged || (maybe == 1) == c.merged {
				t.Errorf("merged %t, numbers %v, told %d times that they may be the same; want merged %t", merged, p.Numbers(), maybe, c.merged)
			}
			for _, box := range slices.Concat(c.into.Mailboxes, c.other.Mailboxes) {
				if c.merged && !slices.Contains(p.Mailboxes, box) {
					t.Errorf("the merged parcel is of the mailboxes %q, not of %q", p.Mailboxes, box)
				}
			}
		})
	}
}

func TestAbsorbLeavesApartWhatThePersonSplit(t *testing.T) {
	p := &parcel.Parcel{ID: 1, FirstSeen: noon(), NeverJoin: []number.Number{"RB123456785CN"}}
	p.AddLink(parcel.Link{Number: "LP00999900000034", Certainty: parcel.Certain})
	s := store.State{Parcels: []*parcel.Parcel{p}}
	got := answer("cainiao", "LP00999900000034", parcel.Tracking{
		Aliases: []parcel.Alias{{Number: "RB123456785CN", Field: "copyRealMailNo"}},
	}, nil)
	tracker.Absorb(&s, 1, []carriers.Asked{got}, tracker.Basis{}, noon())
	if p.Has("RB123456785CN") {
		t.Error("a number that was split off by hand was joined again")
	}
}

func TestAbsorbKeepsTheTimelineWhenACarrierFails(t *testing.T) {
	p := &parcel.Parcel{ID: 1, FirstSeen: noon()}
	p.AddLink(parcel.Link{Number: "RB123456785CN", Certainty: parcel.Certain})
	events := []parcel.Event{{Time: noon(), ZoneKnown: true, Status: parcel.Export, Country: "CN", Text: "left", Sources: []string{"upu"}}}
	s := store.State{Parcels: []*parcel.Parcel{p}}
	ok := answer("upu", "RB123456785CN", parcel.Tracking{Events: events}, nil)
	bad := answer("upu", "RB123456785CN", parcel.Tracking{}, carriers.ErrChanged)
	for _, a := range []carriers.Asked{ok, bad} {
		tracker.Absorb(&s, 1, []carriers.Asked{a}, tracker.Basis{Home: "RU"}, noon())
	}
	src := p.Source("upu", "RB123456785CN")
	if p.Status != parcel.Export || len(src.Events) != 1 || src.Result != parcel.ResultChanged || src.Error == "" {
		t.Errorf("status %q, source %+v; want the timeline kept and the failure named", p.Status, src)
	}
}

func TestBothPartsOfASplitParcelHaveNewsOfTheirOwn(t *testing.T) {
	db, err := sqlite.Open(t.Context(), filepath.Join(t.TempDir(), "p.db"), sqlite.Options{Now: noon})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	p := &parcel.Parcel{FirstSeen: noon()}
	for _, n := range []number.Number{"RB123456785CN", "RR123456785CN"} {
		p.AddLink(parcel.Link{Number: n, Certainty: parcel.Certain})
	}
	if err := db.Apply(t.Context(), store.Scope{Now: noon()}, func(s *store.State) error {
		s.Parcels = append(s.Parcels, p)
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	exports := func(id int64, n number.Number) int {
		left := answer("post", n, exported(n).Tracking, nil)
		left.Tracking.Events[0].Time = noon()
		if err := db.Apply(t.Context(), store.Scope{Parcels: []int64{id}, Now: noon()}, func(s *store.State) error {
			tracker.Absorb(s, id, []carriers.Asked{left}, tracker.Basis{}, noon())
			return nil
		}); err != nil {
			t.Fatal(err)
		}
		changes, err := db.Changes(t.Context(), id)
		if err != nil {
			t.Fatal(err)
		}
		return len(slices.DeleteFunc(changes, func(c parcel.Change) bool { return c.To != parcel.Export }))
	}
	before := exports(p.ID, "RR123456785CN")
	part, err := tracker.New(tracker.Config{Now: noon}, db).Split(t.Context(), "RB123456785CN")
	if err != nil {
		t.Fatal(err)
	}
	if after := exports(part.ID, "RB123456785CN"); before != 1 || after != 1 {
		t.Errorf("%d changes of the parcel and %d of the part split off, want one of each", before, after)
	}
}
