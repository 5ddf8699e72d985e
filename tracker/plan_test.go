package tracker_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"parcelwatch/carriers"
	"parcelwatch/internal/locale"
	"parcelwatch/parcel"
	"parcelwatch/parcel/number"
	"parcelwatch/tracker"
)

var now = time.Date(2026, 3, 1, 8, 0, 0, 0, time.UTC)

// member returns a carrier for planning.
func member(name string, role carriers.Role, countries []string, match func(number.Number) carriers.Match) carriers.Member {
	info := carriers.Info{
		Name: name, Role: role, Countries: countries, PerNumber: 4 * time.Hour,
		Site: "https://www." + name + ".example", Page: "https://" + name + ".example/?n=%s",
	}
	return carriers.Member{Info: info, Carrier: &fake{info: info, match: match}}
}

func s10(n number.Number) carriers.Match {
	if n.S10() || strings.HasSuffix(string(n), "YP") {
		return carriers.Maybe
	}
	return carriers.No
}

// domestic matches numbers with the prefix for certain, and s10 numbers maybe.
func domestic(prefix string) func(number.Number) carriers.Match {
	return func(n number.Number) carriers.Match {
		if strings.HasPrefix(string(n), prefix) {
			return carriers.Yes
		}
		return s10(n)
	}
}

func members() []carriers.Member {
	ukrposhta := member("ukrposhta", carriers.RoleDestination, []string{"UA"}, s10)
	ukrposhta.Missing = []string{"token"}
	off := member("off", carriers.RoleOrigin, nil, s10)
	off.Off = true
	singpost := member("singpost", carriers.RoleOrigin, []string{"SG"}, s10)
	return []carriers.Member{
		off,
		member("cainiao", carriers.RoleOrigin, nil, domestic("LP")),
		member("upu", carriers.RoleOrigin, nil, s10),
		singpost,
		member("russianpost", carriers.RoleDestination, []string{"RU"}, domestic("61")),
		ukrposhta,
		member("novaposhta", carriers.RoleDestination, []string{"UA"}, domestic("59")),
		member("seventeentrack", carriers.RoleAggregator, nil, func(number.Number) carriers.Match { return carriers.Maybe }),
	}
}

func links(numbers ...number.Number) []parcel.Link {
	var list []parcel.Link
	for _, n := range numbers {
		list = append(list, parcel.Link{Number: n})
	}
	return list
}

// told returns a source with events, old enough to be asked again.
func told(carrier string, n number.Number) parcel.Source {
	return parcel.Source{
		Carrier: carrier, Number: n, Result: parcel.ResultOK, Asked: now.Add(-24 * time.Hour), Answered: now.Add(-24 * time.Hour),
		Events: []parcel.Event{{Time: now.Add(-48 * time.Hour), Status: parcel.Accepted}},
	}
}

// unknown returns a source that did not know the number.
func unknown(carrier string, n number.Number) parcel.Source {
	return parcel.Source{Carrier: carrier, Number: n, Result: parcel.ResultNotFound, Asked: now.Add(-24 * time.Hour)}
}

// shape returns a plan in short form: "carrier NUMBER", followed by the reason to
// skip.
func shape(asks []carriers.Ask) []string {
	list := []string{}
	for _, a := range asks {
		s := a.Carrier + " " + string(a.Number)
		if a.Skip != "" {
			s += " (" + string(a.Skip) + ": " + locale.English(a.Why) + ")"
		}
		list = append(list, s)
	}
	return list
}

func TestPlan(t *testing.T) {
	const (
		rb   = number.Number("RB123456785CN")
		lp   = number.Number("LP00999900000034")
		sg   = number.Number("RR999900055SG")
		yp   = number.Number("UA999900041YP")
		notY = " (skipped: not before it has left the country it comes from)"
	)
	fresh := now.Add(-48 * time.Hour)
	for name, tc := range map[string]struct {
		home string
		p    parcel.Parcel
		want []string
	}{
		"a new number by mail: the origin side": {
			"RU",
			parcel.Parcel{Links: links(rb), FirstSeen: fresh},
			[]string{"cainiao " + string(rb), "upu " + string(rb), "russianpost " + string(rb) + notY},
		},
		"a number typed by a person: both sides": {
			"RU",
			parcel.Parcel{Links: links(rb), FirstSeen: now, AddedByUser: true},
			[]string{"cainiao RB123456785CN", "upu RB123456785CN", "russianpost RB123456785CN"},
		},
		"nobody knows where it goes: the origin side first": {
			"",
			parcel.Parcel{Links: links(rb), FirstSeen: now, AddedByUser: true},
			[]string{"cainiao RB123456785CN", "upu RB123456785CN"},
		},
		"nobody knows where it goes, nor does the origin side: the posts": {
			"",
			parcel.Parcel{
				Links: links(rb), FirstSeen: now, AddedByUser: true,
				Sources: []parcel.Source{unknown("cainiao", rb), unknown("upu", rb)},
			},
			[]string{
				"cainiao RB123456785CN", "upu RB123456785CN", "russianpost RB123456785CN",
				"ukrposhta RB123456785CN (no_credential: needs token)", "novaposhta RB123456785CN",
			},
		},
		"unheard of for ten days: the destination too": {
			"RU",
			parcel.Parcel{
				Links: links(rb), FirstSeen: now.Add(-11 * 24 * time.Hour), Sources: []parcel.Source{unknown("cainiao", rb), unknown("upu", rb)},
			},
			[]string{"cainiao RB123456785CN", "upu RB123456785CN", "russianpost RB123456785CN"},
		},
		"known at the origin, for however long: not the destination": {
			"RU",
			parcel.Parcel{
				Links: links(rb), FirstSeen: now.Add(-11 * 24 * time.Hour), Phase: parcel.PhaseOrigin, Sources: []parcel.Source{told("cainiao", rb)},
			},
			[]string{"cainiao RB123456785CN", "upu RB123456785CN", "russianpost RB123456785CN" + notY},
		},
		"left the origin: both sides": {
			"RU",
			parcel.Parcel{Links: links(rb), FirstSeen: fresh, Phase: parcel.PhaseBetween, Sources: []parcel.Source{told("cainiao", rb)}},
			[]string{"cainiao RB123456785CN", "upu RB123456785CN", "russianpost RB123456785CN"},
		},
		"arrived, and the destination has not answered: it leads, the origin stays": {
			"RU",
			parcel.Parcel{Links: links(rb), FirstSeen: fresh, Phase: parcel.PhaseDestination, Sources: []parcel.Source{told("cainiao", rb)}},
			[]string{"russianpost RB123456785CN", "cainiao RB123456785CN", "upu RB123456785CN"},
		},
		"arrived, and the destination answers: the origin rests": {
			"RU",
			parcel.Parcel{
				Links: links(rb), FirstSeen: fresh, Phase: parcel.PhaseDestination,
				Sources: []parcel.Source{told("cainiao", rb), told("russianpost", rb)},
			},
			[]string{
				"russianpost RB123456785CN", "cainiao RB123456785CN (skipped: russianpost has the parcel now and is asked instead)", "upu RB123456785CN (skipped: russianpost has the parcel now and is asked instead)",
			},
		},
		"what events say is stronger than home": {
			"RU",
			parcel.Parcel{Links: links(rb), FirstSeen: fresh, Phase: parcel.PhaseBetween, Destination: "UA", Sources: []parcel.Source{told("cainiao", rb)}},
			[]string{
				"cainiao RB123456785CN", "upu RB123456785CN", "ukrposhta RB123456785CN (no_credential: needs token)", "novaposhta RB123456785CN",
			},
		},
		"a post without its key, and nobody else there: the aggregator": {
			"UA",
			parcel.Parcel{
				Links: links(rb), FirstSeen: fresh, Phase: parcel.PhaseDestination,
				Sources: []parcel.Source{told("cainiao", rb), unknown("novaposhta", rb)},
			},
			[]string{
				"ukrposhta RB123456785CN (no_credential: needs token)", "novaposhta RB123456785CN", "cainiao RB123456785CN", "upu RB123456785CN",
				"seventeentrack RB123456785CN",
			},
		},
		"nobody answers: the aggregator": {
			"RU",
			parcel.Parcel{Links: links(rb), FirstSeen: fresh, Sources: []parcel.Source{unknown("cainiao", rb), unknown("upu", rb)}},
			[]string{"cainiao RB123456785CN", "upu RB123456785CN", "russianpost RB123456785CN" + notY, "seventeentrack RB123456785CN"},
		},
		"a number that only an aggregator knows": {
			"RU", parcel.Parcel{Links: links("ODD12345"), FirstSeen: fresh}, []string{"seventeentrack ODD12345"},
		},
		"the internal number and the post's: each carrier its own": {
			"RU",
			parcel.Parcel{Links: links(lp, rb), FirstSeen: fresh, Phase: parcel.PhaseBetween},
			[]string{"cainiao LP00999900000034", "upu RB123456785CN", "russianpost RB123456785CN"},
		},
		"a local number: its post at once, whatever home is": {
			"RU",
			parcel.Parcel{Links: links(lp, "59000000000017"), FirstSeen: fresh, Phase: parcel.PhaseOrigin, Sources: []parcel.Source{told("cainiao", lp)}},
			[]string{"cainiao LP00999900000034", "novaposhta 59000000000017"},
		},
		"the issuing post of a third country": {
			"BY",
			parcel.Parcel{Links: links(sg), FirstSeen: fresh},
			[]string{"cainiao RR999900055SG", "upu RR999900055SG", "singpost RR999900055SG"},
		},
		"a suffix that is no country": {
			"KZ", parcel.Parcel{Links: links(yp), FirstSeen: fresh}, []string{"cainiao UA999900041YP", "upu UA999900041YP"},
		},
		"the mail names the post": {
			"RU",
			parcel.Parcel{Links: links(rb), FirstSeen: fresh, Logistics: parcel.Logistics{Sites: []string{"track.Novaposhta.example"}}},
			[]string{"cainiao RB123456785CN", "upu RB123456785CN", "russianpost RB123456785CN" + notY, "novaposhta RB123456785CN"},
		},
		"its own number from the first day": {
			"DE",
			parcel.Parcel{Links: links("RR999900038RU"), FirstSeen: fresh},
			[]string{"cainiao RR999900038RU", "upu RR999900038RU", "russianpost RR999900038RU"},
		},
		"asked an hour ago, and failed an hour ago": {
			"RU",
			parcel.Parcel{Links: links(rb), FirstSeen: fresh, Sources: []parcel.Source{
				{Carrier: "cainiao", Number: rb, Asked: now.Add(-time.Hour), Result: parcel.ResultNotFound},
				{Carrier: "upu", Number: rb, Asked: now.Add(-time.Hour), Result: parcel.ResultTemporary},
			}},
			[]string{
				"upu RB123456785CN", "cainiao RB123456785CN (skipped: asked 60 minutes ago)", "russianpost RB123456785CN" + notY, "seventeentrack RB123456785CN",
			},
		},
		"a check seconds too early": {
			"RU",
			parcel.Parcel{Links: links(lp), FirstSeen: fresh, Sources: []parcel.Source{{Carrier: "cainiao", Number: lp, Asked: now.Add(-4*time.Hour + 20*time.Second)}}},
			[]string{"cainiao LP00999900000034", "seventeentrack LP00999900000034"},
		},
		"no number at all": {"RU", parcel.Parcel{FirstSeen: fresh}, []string{}},
	} {
		t.Run(name, func(t *testing.T) {
			v := tracker.View{Members: members(), Home: tc.home}
			got := shape(tracker.Plan(tc.p, v, now))
			if diff := cmp.Diff(sorted(tc.want), sorted(got)); diff != "" {
				t.Errorf("plan (-want +got):\n%s", diff)
			}
			if again := shape(tracker.Plan(tc.p, v, now)); cmp.Diff(got, again) != "" {
				t.Errorf("planned again: %v", again)
			}
		})
	}
}

// sorted keeps the order of the asks and moves the skipped ones to the end, so that
// the cases above fix only the order of the asks.
func sorted(list []string) []string {
	asks, skipped := []string{}, []string{}
	for _, s := range list {
		if strings.Contains(s, "(") {
			skipped = append(skipped, s)
		} else {
			asks = append(asks, s)
		}
	}
	return append(asks, skipped...)
}

func TestPlanNamesThePageForPeople(t *testing.T) {
	p := parcel.Parcel{Links: links("RB123456785CN"), AddedByUser: true}
	for _, a := range tracker.Plan(p, tracker.View{Members: members(), Home: "UA"}, now) {
		if want := "https://" + a.Carrier + ".example/?n=RB123456785CN"; a.Link != want {
			t.Errorf("link %q, want %q", a.Link, want)
		}
	}
}

func TestPlanOfManyNumbersIsBounded(t *testing.T) {
	p := parcel.Parcel{AddedByUser: true, Links: links(
		"LP00999900000034", "LP00999900000042", "LP00999900000059", "LP00999900000067",
	), Sources: []parcel.Source{told("cainiao", "LP00999900000042")}}
	got := shape(tracker.Plan(p, tracker.View{Members: members()[:2]}, now))
	want := []string{"cainiao LP00999900000042", "cainiao LP00999900000067"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("the number that was answered and the newest (-want +got):\n%s", diff)
	}
}
