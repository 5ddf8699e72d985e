package parcel_test

import (
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"parcelwatch/parcel"
)

// settled returns a parcel of these sources, settled on 1 March with home RU.
func settled(t *testing.T, sources ...parcel.Source) parcel.Parcel {
	t.Helper()
	p := parcel.Parcel{
		Links:     []parcel.Link{{Number: "RB123456785CN", Certainty: parcel.Certain}},
		FirstSeen: noon("2026-02-01"),
		Sources:   sources,
	}
	p.Settle("RU", noon("2026-03-01"))
	return p
}

func noon(day string) time.Time {
	return parcel.Date(day).Time(time.UTC).Add(12 * time.Hour)
}

func TestSettleStatusAndPhase(t *testing.T) {
	const (
		accepted = "2026-02-03 11:20+08 accepted CN a\n"
		export   = accepted + "2026-02-05 10:00+08 export CN b\n"
		imported = export + "2026-02-14 09:00+03 import RU c\n"
		waiting  = imported + "2026-02-20 09:00+03 ready_for_pickup RU d\n"
		done     = waiting + "2026-02-22 18:00+03 delivered RU e\n"
	)
	mail := func(lines string) parcel.Source { return source(t, parcel.SourceMail, lines) }
	post := func(lines string) parcel.Source { return source(t, "russianpost", lines) }
	unproven := func(lines string) parcel.Source {
		out := mail(lines)
		for i := range out.Events {
			out.Events[i].Unproven = true
		}
		return out
	}
	both := func(a, b parcel.Source) parcel.Source { a.Events = append(a.Events, b.Events...); return a }
	for name, c := range map[string]struct {
		sources []parcel.Source
		status  parcel.Status
		since   string // the day; empty for when it became known
		phase   parcel.Phase
	}{
		"nothing is known yet":                   {nil, parcel.PreAdvice, "", parcel.PhaseOrigin},
		"announced":                              {[]parcel.Source{mail("2026-02-02 10:00+00 pre_advice - shipped")}, parcel.PreAdvice, "2026-02-02", parcel.PhaseOrigin},
		"taken over":                             {[]parcel.Source{post(accepted)}, parcel.Accepted, "2026-02-03", parcel.PhaseOrigin},
		"on its way inside the origin":           {[]parcel.Source{post(accepted + "2026-02-04 10:00+08 in_transit CN b")}, parcel.InTransit, "2026-02-04", parcel.PhaseOrigin},
		"exported":                               {[]parcel.Source{post(export)}, parcel.Export, "2026-02-05", parcel.PhaseBetween},
		"seen in a third country":                {[]parcel.Source{post(accepted + "2026-02-08 10:00+05 in_transit KZ b")}, parcel.InTransit, "2026-02-08", parcel.PhaseBetween},
		"imported":                               {[]parcel.Source{post(imported)}, parcel.Import, "2026-02-14", parcel.PhaseDestination},
		"any scan at the destination is arrival": {[]parcel.Source{post(export + "2026-02-14 09:00+03 in_transit RU c")}, parcel.InTransit, "2026-02-14", parcel.PhaseDestination},
		"waits for pickup":                       {[]parcel.Source{post(waiting)}, parcel.ReadyForPickup, "2026-02-20", parcel.PhaseDestination},
		"delivered":                              {[]parcel.Source{post(done)}, parcel.Delivered, "2026-02-22", parcel.PhaseDone},
		"info never moves it":                    {[]parcel.Source{post(waiting + "2026-02-21 09:00+03 info RU x")}, parcel.ReadyForPickup, "2026-02-20", parcel.PhaseDestination},
		"waiting counts from its first report":   {[]parcel.Source{post(waiting + "2026-02-21 09:00+03 ready_for_pickup RU again")}, parcel.ReadyForPickup, "2026-02-20", parcel.PhaseDestination},
		"another day with the courier is news": {
			[]parcel.Source{post(imported + "2026-02-20 09:00+03 out_for_delivery RU d\n2026-02-21 09:00+03 out_for_delivery RU e")},
			parcel.OutForDelivery, "2026-02-21", parcel.PhaseDestination,
		},
		"the same day with the courier is not": {
			[]parcel.Source{post(imported + "2026-02-20 09:00+03 out_for_delivery RU d\n2026-02-20 11:00+03 out_for_delivery RU e")},
			parcel.OutForDelivery, "2026-02-20", parcel.PhaseDestination,
		},
		"the next post's announcement takes nothing back": {
			[]parcel.Source{post(export), source(t, "dhl", "2026-02-06 09:00+01 pre_advice DE announced")},
			parcel.Export, "2026-02-05", parcel.PhaseBetween,
		},
		"customs told before it leaves are no arrival": {
			[]parcel.Source{post(accepted + "2026-02-04 09:00+03 customs RU pre\n2026-02-05 10:00+08 export CN b")},
			parcel.Export, "2026-02-05", parcel.PhaseBetween,
		},
		"on its way back after delivery": {
			[]parcel.Source{post(done + "2026-02-25 09:00+03 returning RU f")},
			parcel.Returning, "2026-02-25", parcel.PhaseDestination,
		},
		"returned": {
			[]parcel.Source{post(waiting + "2026-02-25 09:00+03 returning RU f\n2026-02-27 09:00+08 returned CN g")},
			parcel.Returned, "2026-02-27", parcel.PhaseDone,
		},
		"the same post's event after delivery revives it": {
			[]parcel.Source{post(done + "2026-02-22 19:00+03 in_transit RU f")},
			parcel.InTransit, "2026-02-22", parcel.PhaseDestination,
		},
		"another post's late scan does not": {
			[]parcel.Source{post(done), source(t, "cainiao", "2026-02-22 19:00+03 out_for_delivery RU f")},
			parcel.Delivered, "2026-02-22", parcel.PhaseDone,
		},
		"another post's scan days later does": {
			[]parcel.Source{post(done), source(t, "cainiao", "2026-02-24 19:00+03 in_transit RU f")},
			parcel.InTransit, "2026-02-24", parcel.PhaseDestination,
		},
		"a scan of an unknown zone after delivery does not": {
			[]parcel.Source{post(done), source(t, "upu", "2026-02-23 07:00? in_transit - f")},
			parcel.Delivered, "2026-02-22", parcel.PhaseDone,
		},
		"an older event that comes late does not": {
			[]parcel.Source{post(done), source(t, "cainiao", "2026-02-15 19:00+03 customs RU f")},
			parcel.Delivered, "2026-02-22", parcel.PhaseDone,
		},
		"a mail step moves it on": {
			[]parcel.Source{post(export), mail("2026-02-15 10:00+00 import - in your country")},
			parcel.Import, "2026-02-15", parcel.PhaseDestination,
		},
		"a late mail step does not take it back": {
			[]parcel.Source{post(waiting), mail("2026-02-26 10:00+00 import - in your country")},
			parcel.ReadyForPickup, "2026-02-20", parcel.PhaseDestination,
		},
		"a newer carrier event wins over the mail": {
			[]parcel.Source{post(imported), mail("2026-02-10 10:00+00 out_for_delivery - out")},
			parcel.Import, "2026-02-14", parcel.PhaseDestination,
		},
		"an unproven mail's delivery does not": {
			[]parcel.Source{post(waiting), unproven("2026-02-26 10:00+00 delivered - delivered")},
			parcel.ReadyForPickup, "2026-02-20", parcel.PhaseDestination,
		},
		"an unproven mail's delivery alone does not": {
			[]parcel.Source{unproven("2026-02-20 10:00+00 import - in your country\n2026-02-26 10:00+00 delivered - delivered")},
			parcel.Import, "2026-02-20", parcel.PhaseDestination,
		},
		"beside the post's own it changes nothing": {
			[]parcel.Source{post(done), unproven("2026-02-22 20:00+00 delivered - delivered")},
			parcel.Delivered, "2026-02-22", parcel.PhaseDone,
		},
		"confirmed by a proven mail it counts": {
			[]parcel.Source{post(export), both(unproven("2026-02-26 10:00+00 delivered - delivered"), mail("2026-02-26 11:00+00 delivered - delivered"))},
			parcel.Delivered, "2026-02-26", parcel.PhaseDone,
		},
		"an unproven mail may move it on": {
			[]parcel.Source{post(export), unproven("2026-02-15 10:00+00 import - in your country")},
			parcel.Import, "2026-02-15", parcel.PhaseDestination,
		},
		"a mail's delivery counts": {
			[]parcel.Source{post(export), mail("2026-02-26 10:00+00 delivered - delivered")},
			parcel.Delivered, "2026-02-26", parcel.PhaseDone,
		},
		"a mail's delivery does not end what the post still has": {
			[]parcel.Source{post(waiting), mail("2026-02-26 10:00+00 delivered - delivered")},
			parcel.ReadyForPickup, "2026-02-20", parcel.PhaseDestination,
		},
		"nor what the post has just sorted": {
			[]parcel.Source{post(imported), mail("2026-02-26 10:00+00 delivered - delivered")},
			parcel.Import, "2026-02-14", parcel.PhaseDestination,
		},
		"the post confirms it": {
			[]parcel.Source{post(waiting + "2026-02-26 09:00+03 delivered RU e"), mail("2026-02-26 10:00+00 delivered - delivered")},
			parcel.Delivered, "2026-02-26", parcel.PhaseDone,
		},
		"the local post takes over what is on its way already": {
			[]parcel.Source{post(imported), source(t, "local", "2026-02-16 09:00+03 accepted RU d")},
			parcel.InTransit, "2026-02-16", parcel.PhaseDestination,
		},
		"a mail's delivery does not undo a return": {
			[]parcel.Source{post(waiting + "2026-02-25 09:00+03 returning RU f"), mail("2026-02-26 10:00+00 delivered - delivered")},
			parcel.Returning, "2026-02-25", parcel.PhaseDestination,
		},
		"mail alone tells the story": {
			[]parcel.Source{mail("2026-02-02 10:00+00 pre_advice - a\n2026-02-06 10:00+00 export - b\n2026-02-20 10:00+00 import - c\n2026-02-21 10:00+00 in_transit - local carrier")},
			parcel.InTransit, "2026-02-21", parcel.PhaseDestination,
		},
		"an event far in the future is left out": {
			[]parcel.Source{post(imported + "2036-02-20 09:00+03 delivered RU d")},
			parcel.Import, "2026-02-14", parcel.PhaseDestination,
		},
		"a domestic parcel is at its destination from the first scan": {
			[]parcel.Source{{Carrier: "russianpost", Number: "10100022000006", Origin: "RU", Destination: "RU", Events: events(t, "2026-02-14 09:00+03 accepted RU c")}},
			parcel.Accepted, "2026-02-14", parcel.PhaseDestination,
		},
	} {
		t.Run(name, func(t *testing.T) {
			p := settled(t, c.sources...)
			if p.Status != c.status || p.Phase != c.phase {
				t.Errorf("is %s in phase %s, want %s in %s\n%s", p.Status, p.Phase, c.status, c.phase, show(p.Timeline()))
			}
			since := c.since
			if since == "" {
				since = "2026-02-01"
			}
			if got := p.StatusSince.Format(time.DateOnly); got != since {
				t.Errorf("since %s, want %s", got, since)
			}
			if p.FinalAt.IsZero() == p.Status.Final() {
				t.Errorf("final at %v with status %s", p.FinalAt, p.Status)
			}
		})
	}
}

func TestSettleTimes(t *testing.T) {
	p := settled(
		t,
		source(t, "cainiao", "2026-02-03 11:20+08 accepted CN a\n2026-02-05 10:00+08 export CN b\n2026-02-06 10:00+08 export CN c"),
		source(t, "russianpost", "2026-02-14 09:00+03 import RU c\n2026-02-15 09:00+03 customs RU d\n2026-02-15 10:00+03 info RU e"),
		source(t, parcel.SourceMail, "2026-02-02 10:00+00 pre_advice - shipped"),
	)
	for name, c := range map[string]struct {
		got  time.Time
		want string
	}{
		"exported at the first export": {p.Exported, "2026-02-05 02:00"},
		"imported at the first scan":   {p.Imported, "2026-02-14 06:00"},
		"the newest event of any kind": {p.LastEvent, "2026-02-15 07:00"},
		"shipped when the mail said":   {p.Shipped, "2026-02-02 10:00"},
	} {
		if got := c.got.UTC().Format("2006-01-02 15:04"); got != c.want {
			t.Errorf("%s: %s, want %s", name, got, c.want)
		}
	}
	if p.Origin != "CN" || p.Destination != "RU" {
		t.Errorf("from %s to %s", p.Origin, p.Destination)
	}
}

func TestSettleShipped(t *testing.T) {
	mail := source(t, parcel.SourceMail, "2026-02-02 10:00+00 pre_advice - confirmed\n2026-02-03 10:00+00 pre_advice - ready\n2026-02-04 10:00+00 pre_advice - shipped")
	for i, step := range []parcel.Step{parcel.StepConfirmed, parcel.StepReadyToShip, parcel.StepShipped} {
		mail.Events[i].Code = string(step)
	}
	p := settled(t, mail)
	if got := parcel.DateOf(p.Shipped); got != "2026-02-04" {
		t.Errorf("shipped on %s: an order that was confirmed is not sent yet", got)
	}
	p.Shipped = noon("2026-02-03")
	p.Settle("RU", noon("2026-03-01"))
	if got := parcel.DateOf(p.Shipped); got != "2026-02-03" {
		t.Errorf("shipped on %s: what was known earlier holds", got)
	}
}

func TestSettleCountries(t *testing.T) {
	type say struct{ carrier, origin, destination, lines string }
	for name, c := range map[string]struct {
		before              parcel.Parcel
		home                string
		says                []say
		origin, destination string
	}{
		"the number and home, where nothing is said": {home: "RU", origin: "CN", destination: "RU"},
		"home is not known":                          {origin: "CN"},
		"what was known holds": {
			before: parcel.Parcel{Origin: "SG", Destination: "BY"}, home: "RU", origin: "SG", destination: "BY",
		},
		"the carriers' word": {
			home: "RU", says: []say{{"cainiao", "CN", "KZ", "2026-02-03 11:20+08 accepted CN a"}}, origin: "CN", destination: "KZ",
		},
		"the carrier that has known it longest says where from": {
			home: "RU",
			says: []say{
				{"russianpost", "SG", "RU", "2026-02-13 11:20+03 import RU a"},
				{"cainiao", "MY", "RU", "2026-02-03 11:20+08 accepted MY a"},
			},
			origin: "MY", destination: "RU",
		},
		"where a post took it over": {
			home: "RU", says: []say{{"cainiao", "", "", "2026-02-03 11:20+08 accepted HK a"}}, origin: "HK", destination: "RU",
		},
		"the last mile is stronger than the carriers": {
			home: "RU", says: []say{{"cainiao", "CN", "RU", "2026-02-03 11:20+08 accepted CN a\n2026-02-20 09:00+03 ready_for_pickup BY b"}},
			origin: "CN", destination: "BY",
		},
		"import is stronger than home": {
			home: "RU", says: []say{{"upu", "", "", "2026-02-03 11:20+08 accepted CN a\n2026-02-20 09:00+03 import BY b"}},
			origin: "CN", destination: "BY",
		},
		"import inside the union may be on the way": {
			home: "FR", says: []say{{"upu", "", "", "2026-02-03 11:20+08 accepted CN a\n2026-02-20 09:00+01 import NL b"}},
			origin: "CN", destination: "FR",
		},
		"a return does not change where it went": {
			home:   "RU",
			says:   []say{{"upu", "CN", "", "2026-02-20 09:00+03 ready_for_pickup RU b\n2026-02-24 09:00+03 returning RU c\n2026-02-27 09:00+08 out_for_delivery CN d"}},
			origin: "CN", destination: "RU",
		},
		"a courier at the origin is no destination": {
			home: "RU", says: []say{{"cainiao", "CN", "", "2026-02-03 11:20+08 out_for_delivery CN a"}}, origin: "CN", destination: "RU",
		},
	} {
		t.Run(name, func(t *testing.T) {
			p := c.before
			p.Links = []parcel.Link{{Number: "LP00999900000034"}, {Number: "RB123456785CN"}}
			for _, s := range c.says {
				src := source(t, s.carrier, s.lines)
				src.Origin, src.Destination = s.origin, s.destination
				p.Sources = append(p.Sources, src)
			}
			p.Settle(c.home, noon("2026-03-01"))
			if p.Origin != c.origin || p.Destination != c.destination {
				t.Errorf("from %q to %q, want from %q to %q", p.Origin, p.Destination, c.origin, c.destination)
			}
		})
	}
}

func TestSettleImportOnTheWay(t *testing.T) {
	p := parcel.Parcel{Sources: []parcel.Source{source(t, "upu", "2026-02-03 11:20+08 export CN a\n2026-02-20 09:00+01 import NL b")}}
	p.Settle("FR", noon("2026-03-01"))
	if p.Phase != parcel.PhaseBetween || !p.Imported.IsZero() {
		t.Errorf("phase %s, imported %v: the parcel has not been seen in France", p.Phase, p.Imported)
	}
}

func TestSettleETAAndPickup(t *testing.T) {
	early, late := noon("2026-02-19"), noon("2026-02-20")
	cainiao := source(t, "cainiao", "2026-02-03 11:20+08 accepted CN a")
	cainiao.ETA, cainiao.Answered = "2026-03-05", early
	post := source(t, "russianpost", "2026-02-20 09:00+03 ready_for_pickup RU d")
	post.Answered, post.Pickup = late, parcel.Pickup{Until: "2026-03-22"}
	post.Events[0].Place = "101000"
	mail := source(t, parcel.SourceMail, "2026-02-02 10:00+00 pre_advice - shipped")
	mail.ETA, mail.Answered = "2026-03-10", late

	t.Run("a carrier's day is better than the mail's", func(t *testing.T) {
		if p := settled(t, mail, cainiao); p.ETA != "2026-03-05" {
			t.Errorf("eta %s", p.ETA)
		}
	})
	t.Run("the mail's day is better than none", func(t *testing.T) {
		if p := settled(t, mail); p.ETA != "2026-03-10" {
			t.Errorf("eta %s", p.ETA)
		}
	})
	t.Run("the carrier that answered last says the day", func(t *testing.T) {
		newer := post
		newer.ETA = "2026-03-02"
		if p := settled(t, newer, cainiao); p.ETA != "2026-03-02" {
			t.Errorf("eta %s", p.ETA)
		}
	})
	t.Run("a day once known holds", func(t *testing.T) {
		p := parcel.Parcel{ETA: "2026-03-01"}
		p.Settle("RU", noon("2026-03-01"))
		if p.ETA != "2026-03-01" {
			t.Errorf("eta %s", p.ETA)
		}
	})
	t.Run("a delivered parcel is not expected", func(t *testing.T) {
		delivered := source(t, "upu", "2026-02-21 09:00+03 delivered RU d")
		if p := settled(t, mail, cainiao, delivered); p.ETA != "" || p.Pickup != (parcel.Pickup{}) {
			t.Errorf("eta %s, pickup %v", p.ETA, p.Pickup)
		}
	})
	t.Run("it waits where the event was", func(t *testing.T) {
		want := parcel.Pickup{Place: "101000", Until: "2026-03-22"}
		if p := settled(t, post); p.Pickup != want {
			t.Errorf("pickup %v, want %v", p.Pickup, want)
		}
	})
	t.Run("the carrier's word for the place is better", func(t *testing.T) {
		named := post
		named.Pickup.Place = "Post office 101000"
		if p := settled(t, named); p.Pickup.Place != "Post office 101000" {
			t.Errorf("pickup %v", p.Pickup)
		}
	})
	t.Run("only a parcel that waits has a last day", func(t *testing.T) {
		gone := post
		gone.Events = events(t, "2026-02-20 09:00+03 in_transit RU d")
		if p := settled(t, gone); p.Pickup != (parcel.Pickup{}) {
			t.Errorf("pickup %v", p.Pickup)
		}
	})
}

func TestSettleExpired(t *testing.T) {
	p := settled(t, source(t, "cainiao", "2026-02-03 11:20+08 accepted CN a"))
	p.Status, p.StatusSince = parcel.Expired, noon("2026-06-01")

	p.Settle("RU", noon("2026-06-01"))
	if p.Status != parcel.Expired || p.Phase != parcel.PhaseDone || !p.FinalAt.Equal(noon("2026-06-01")) {
		t.Fatalf("%s in phase %s, final at %v: expired holds", p.Status, p.Phase, p.FinalAt)
	}
	p.Settle("RU", noon("2026-06-09"))
	if !p.FinalAt.Equal(noon("2026-06-01")) {
		t.Errorf("final at %v: the day it became final holds", p.FinalAt)
	}
	p.Sources = append(p.Sources, source(t, "russianpost", "2026-06-10 09:00+03 import RU c"))
	p.Settle("RU", noon("2026-06-11"))
	if p.Status != parcel.Import || !p.FinalAt.IsZero() || p.Phase != parcel.PhaseDestination {
		t.Errorf("%s in phase %s, final at %v: a new event revives it", p.Status, p.Phase, p.FinalAt)
	}

	p.Status, p.FinalAt = parcel.Expired, noon("2026-08-01")
	p.Sources = append(p.Sources, source(t, "upu", "2026-06-09 20:00+03 in_transit RU b\n2026-06-10 08:00+03 delivered RU c"))
	p.Sources[1].Events = nil
	p.Settle("RU", noon("2026-08-02"))
	if p.Status != parcel.Delivered || !p.FinalAt.Equal(noon("2026-08-02")) {
		t.Errorf("%s, final at %v: a delivery learned late counts", p.Status, p.FinalAt)
	}
}

func TestSettleTwiceIsOnce(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		now := noon("2026-03-01")
		p := parcel.Parcel{Links: []parcel.Link{{Number: "RB123456785CN"}}, FirstSeen: now, Sources: drawSources(t, false)}
		p.Settle("RU", now)
		once := p
		once.Sources = slices.Clone(p.Sources)
		p.Settle("RU", now)
		if diff := cmp.Diff(once, p); diff != "" {
			t.Fatalf("(-once +twice):\n%s", diff)
		}
		p.Sources = rapid.Permutation(p.Sources).Draw(t, "order")
		p.Settle("RU", now)
		p.Sources = once.Sources
		if diff := cmp.Diff(once, p); diff != "" {
			t.Fatalf("with sources in another order (-once +then):\n%s", diff)
		}
		if !p.Status.Known() || p.Status == parcel.Info || p.Phase == "" || p.Status.Final() != (p.Phase == parcel.PhaseDone) {
			t.Fatalf("status %q, phase %q", p.Status, p.Phase)
		}
		if !p.Imported.IsZero() && p.Exported.After(p.Imported) {
			t.Fatalf("exported %v, imported %v", p.Exported, p.Imported)
		}
	})
}

func BenchmarkSettle(b *testing.B) {
	base := noon("2026-02-01")
	p := parcel.Parcel{Links: []parcel.Link{{Number: "RB123456785CN"}}}
	for _, carrier := range []string{"cainiao", "russianpost", parcel.SourceMail} {
		s := parcel.Source{Carrier: carrier, Number: "RB123456785CN"}
		for i := range 12 {
			s.Events = append(s.Events, parcel.Event{Time: base.AddDate(0, 0, i), ZoneKnown: true, Status: parcel.InTransit, Country: "CN"})
		}
		p.Sources = append(p.Sources, s)
	}
	for b.Loop() {
		p.Settle("RU", base)
	}
}
