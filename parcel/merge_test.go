package parcel_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"parcelwatch/parcel"
	"parcelwatch/parcel/number"
)

func TestMerge(t *testing.T) {
	for name, c := range map[string]struct {
		sources [][2]string // carrier, lines
		want    string
	}{
		"one source stays as it is": {
			[][2]string{{"cainiao", "2026-02-03 11:20+08 accepted CN a\n2026-02-05 10:00+08 export CN b"}},
			"2026-02-03 11:20+08 accepted CN a [cainiao]\n2026-02-05 10:00+08 export CN b [cainiao]",
		},
		"two sources are ordered by instant": {
			[][2]string{
				{"cainiao", "2026-02-03 11:20+08 accepted CN a\n2026-02-05 10:00+08 export CN b"},
				{"russianpost", "2026-02-05 04:00+03 in_transit RU c\n2026-02-14 09:00+03 import RU d"},
			},
			`2026-02-03 11:20+08 accepted CN a [cainiao]
			 2026-02-05 04:00+03 in_transit RU c [russianpost]
			 2026-02-05 10:00+08 export CN b [cainiao]
			 2026-02-14 09:00+03 import RU d [russianpost]`,
		},
		"the same scan is one line with both sources": {
			[][2]string{
				{"russianpost", "2026-02-14 09:00+03 import RU Прибыло"},
				{"cainiao", "2026-02-14 14:02+08 import RU Arrived"},
			},
			"2026-02-14 09:00+03 import RU Прибыло [cainiao russianpost]",
		},
		"two scans within the hour are two lines": {
			[][2]string{
				{"russianpost", "2026-02-14 09:00+03 in_transit RU a"},
				{"cainiao", "2026-02-14 09:30+03 in_transit RU b"},
			},
			"2026-02-14 09:00+03 in_transit RU a [russianpost]\n2026-02-14 09:30+03 in_transit RU b [cainiao]",
		},
		"the same minute in two countries is two lines": {
			[][2]string{
				{"russianpost", "2026-02-14 09:00+03 in_transit RU a"},
				{"cainiao", "2026-02-14 09:00+03 in_transit CN b"},
			},
			"2026-02-14 09:00+03 in_transit CN b [cainiao]\n2026-02-14 09:00+03 in_transit RU a [russianpost]",
		},
		"a vague report of the very same minute joins the precise one": {
			[][2]string{
				{"cainiao", "2026-02-14 09:00+03 in_transit RU Processed"},
				{"russianpost", "2026-02-14 09:00+03 import RU Прибыло"},
			},
			"2026-02-14 09:00+03 import RU Прибыло [cainiao russianpost]",
		},
		"what does not move the parcel never hides what does": {
			[][2]string{
				{"cainiao", "2026-02-14 09:00+03 info RU Note"},
				{"russianpost", "2026-02-14 09:00+03 import RU Прибыло"},
			},
			"2026-02-14 09:00+03 info RU Note [cainiao]\n2026-02-14 09:00+03 import RU Прибыло [russianpost]",
		},
		"one source's own events are never joined": {
			[][2]string{{"cainiao", "2026-02-14 09:00+03 in_transit RU a\n2026-02-14 09:01+03 in_transit RU b"}},
			"2026-02-14 09:00+03 in_transit RU a [cainiao]\n2026-02-14 09:01+03 in_transit RU b [cainiao]",
		},
		"one source's exact repetition is one line": {
			[][2]string{{"cainiao", "2026-02-14 09:00+03 in_transit RU a\n2026-02-14 09:00+03 in_transit RU a"}},
			"2026-02-14 09:00+03 in_transit RU a [cainiao]",
		},
		"two numbers of one carrier with the same list are one": {
			[][2]string{
				{"cainiao", "2026-02-14 09:00+03 in_transit RU a\n2026-02-14 09:01+03 in_transit RU b"},
				{"cainiao", "2026-02-14 09:00+03 in_transit RU a\n2026-02-14 09:01+03 in_transit RU b"},
			},
			"2026-02-14 09:00+03 in_transit RU a [cainiao]\n2026-02-14 09:01+03 in_transit RU b [cainiao]",
		},
		"pairs are found by nearness, not by turn": {
			[][2]string{
				{"a", "2026-02-14 09:00+03 in_transit RU a1\n2026-02-14 09:04+03 in_transit RU a2"},
				{"b", "2026-02-14 09:04+03 in_transit RU b2"},
			},
			"2026-02-14 09:00+03 in_transit RU a1 [a]\n2026-02-14 09:04+03 in_transit RU a2 [a b]",
		},
		"one delivery told at two times is one line": {
			[][2]string{
				{"russianpost", "2026-02-24 09:00+03 delivered RU Вручено"},
				{"cainiao", "2026-02-24 13:10+03 delivered RU Delivered"},
			},
			"2026-02-24 09:00+03 delivered RU Вручено [cainiao russianpost]",
		},
		"the source's own order wins over its times": {
			[][2]string{{"belpost", "2026-02-14 09:00+03 import BY a\n2001-02-14 10:00+03 customs BY b\n2026-02-15 09:00+03 in_transit BY c"}},
			"2026-02-14 09:00+03 import BY a [belpost]\n2001-02-14 10:00+03 customs BY b [belpost]\n2026-02-15 09:00+03 in_transit BY c [belpost]",
		},
		"a wrong year does not drag its neighbours along": {
			[][2]string{
				{"belpost", "2026-02-14 09:00+03 import BY a\n2036-02-14 10:00+03 customs BY b\n2026-02-16 09:00+03 in_transit BY c"},
				{"cainiao", "2026-02-15 09:00+03 in_transit BY x\n2026-02-17 09:00+03 out_for_delivery BY y"},
			},
			`2026-02-14 09:00+03 import BY a [belpost]
			 2036-02-14 10:00+03 customs BY b [belpost]
			 2026-02-15 09:00+03 in_transit BY x [cainiao]
			 2026-02-16 09:00+03 in_transit BY c [belpost]
			 2026-02-17 09:00+03 out_for_delivery BY y [cainiao]`,
		},
		"a first event of a wrong year stands with the next": {
			[][2]string{
				{"belpost", "2036-02-14 09:00+03 accepted CN a\n2026-02-16 09:00+03 in_transit BY c"},
				{"cainiao", "2026-02-15 09:00+03 in_transit BY x"},
			},
			"2026-02-15 09:00+03 in_transit BY x [cainiao]\n2036-02-14 09:00+03 accepted CN a [belpost]\n2026-02-16 09:00+03 in_transit BY c [belpost]",
		},
		"a wall clock is read in its country": {
			[][2]string{
				{"upu", "2026-02-14 09:00? customs BY u"}, // 06:00 UTC
				{"cainiao", "2026-02-14 07:00+00 in_transit BY x"},
			},
			"2026-02-14 09:00? customs BY u [upu]\n2026-02-14 07:00+00 in_transit BY x [cainiao]",
		},
		"the same wall clock is the same scan": {
			[][2]string{
				{"upu", "2026-02-14 09:01? in_transit RU u"},
				{"russianpost", "2026-02-14 09:00+07 in_transit RU r"}, // Siberia
			},
			"2026-02-14 09:00+07 in_transit RU r [russianpost upu]",
		},
		"a wall clock without a country may be half a day off": {
			[][2]string{
				{"upu", "2026-02-14 09:00? import - u"},
				{"kazpost", "2026-02-14 09:00+05 in_transit KZ k\n2026-02-14 17:20+05 import KZ j"},
			},
			"2026-02-14 09:00+05 in_transit KZ k [kazpost]\n2026-02-14 17:20+05 import KZ j [kazpost upu]",
		},
		"without a zone the minutes must agree": {
			[][2]string{
				{"upu", "2026-02-14 09:10? in_transit - u"},
				{"kazpost", "2026-02-14 17:20+05 in_transit KZ j"},
			},
			"2026-02-14 09:10? in_transit - u [upu]\n2026-02-14 17:20+05 in_transit KZ j [kazpost]",
		},
		"a line whose zone is learned goes where it belongs": {
			[][2]string{
				{"upu", "2026-02-14 09:00? import - u"}, // first read as 09:00 UTC
				{"usps", "2026-02-14 10:00+00 in_transit - x\n2026-02-14 09:00-05 import US y"},
			},
			"2026-02-14 10:00+00 in_transit - x [usps]\n2026-02-14 09:00-05 import US y [upu usps]",
		},
		"a zone learned from one scan holds for those around it": {
			[][2]string{
				{"russianpost", "2026-02-14 09:00+10 import RU a\n2026-02-14 12:00+10 customs RU b\n2026-02-14 15:00+10 in_transit RU c"},
				{"upu", "2026-02-14 08:15? info RU u\n2026-02-14 09:00? import RU v\n2026-02-14 13:11? customs_hold RU w"}, // not Moscow's clock
			},
			`2026-02-14 08:15? info RU u [upu]
			 2026-02-14 09:00+10 import RU a [russianpost upu]
			 2026-02-14 12:00+10 customs RU b [russianpost]
			 2026-02-14 13:11? customs_hold RU w [upu]
			 2026-02-14 15:00+10 in_transit RU c [russianpost]`,
		},
		"a mail step joins the carrier's line": {
			[][2]string{
				{parcel.SourceMail, "2026-02-15 20:00+00 import - in your country"},
				{"russianpost", "2026-02-14 09:00+03 import RU Прибыло"},
			},
			"2026-02-14 09:00+03 import RU Прибыло [mail russianpost]",
		},
		"a mail step may come before the carrier's word": {
			[][2]string{
				{parcel.SourceMail, "2026-02-12 20:00+00 import - in your country"},
				{"russianpost", "2026-02-14 09:00+03 import RU Прибыло"},
			},
			"2026-02-14 09:00+03 import RU Прибыло [mail russianpost]",
		},
		"a mail step far off is a line": {
			[][2]string{
				{parcel.SourceMail, "2026-02-17 20:00+00 import - in your country"},
				{"russianpost", "2026-02-14 09:00+03 import RU Прибыло"},
			},
			"2026-02-14 09:00+03 import RU Прибыло [russianpost]\n2026-02-17 20:00+00 import - in your country [mail]",
		},
		"a mail step of another status stands in its place": {
			[][2]string{
				{parcel.SourceMail, "2026-02-03 01:00+00 pre_advice - shipped\n2026-02-20 01:00+00 info - feedback"},
				{"cainiao", "2026-02-03 11:20+08 accepted CN a\n2026-02-05 10:00+08 export CN b"},
			},
			`2026-02-03 01:00+00 pre_advice - shipped [mail]
			 2026-02-03 11:20+08 accepted CN a [cainiao]
			 2026-02-05 10:00+08 export CN b [cainiao]
			 2026-02-20 01:00+00 info - feedback [mail]`,
		},
		"the same mail step of several orders is told once": {
			[][2]string{
				{parcel.SourceMail, "2026-02-03 01:00+00 pre_advice - shipped\n2026-02-03 01:05+00 pre_advice - shipped"},
				{parcel.SourceMail, "2026-02-03 00:30+00 pre_advice - shipped\n2026-02-13 00:30+00 pre_advice - shipped"},
			},
			"2026-02-03 00:30+00 pre_advice - shipped [mail]\n2026-02-13 00:30+00 pre_advice - shipped [mail]",
		},
		"nothing gives nothing": {[][2]string{{"cainiao", ""}}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			var sources []parcel.Source
			for _, s := range c.sources {
				sources = append(sources, source(t, s[0], s[1]))
			}
			want := trim(c.want)
			if diff := cmp.Diff(want, show(parcel.Merge(sources))); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			slices.Reverse(sources)
			if diff := cmp.Diff(want, show(parcel.Merge(sources))); diff != "" {
				t.Errorf("with the sources turned around (-want +got):\n%s", diff)
			}
		})
	}
}

func TestMergeFillsWhatTheBetterReportLacks(t *testing.T) {
	sources := []parcel.Source{source(t, "a", "2026-02-14 09:00+03 import RU"), source(t, "b", "2026-02-14 09:00+03 import - Arrived")}
	sources[1].Events[0].Place = "Moscow"
	got := parcel.Merge(sources)
	if len(got) != 1 || got[0].Country != "RU" || got[0].Place != "Moscow" || got[0].Text != "Arrived" {
		t.Errorf("merged to %+v", got)
	}
}

func TestMergeLeavesItsInputAlone(t *testing.T) {
	sources := []parcel.Source{
		source(t, "russianpost", "2026-02-14 09:00+03 import RU a"),
		source(t, "cainiao", "2026-02-14 09:00+03 import RU b"),
		source(t, parcel.SourceMail, "2026-02-14 10:00+03 import - c\n2026-02-13 10:00+03 export - c"),
	}
	sources[0].Events[0].Sources = []string{"russianpost", "upu"}
	before := fmt.Sprintf("%+v", sources)
	first := parcel.Merge(sources)
	first[0].Sources[0], first[0].Text = "changed", "changed"
	if after := fmt.Sprintf("%+v", sources); after != before {
		t.Errorf("was %s\n is %s", before, after)
	}
	if second := parcel.Merge(sources); slices.Contains(second[0].Sources, "changed") {
		t.Error("two results share memory")
	}
}

// drawEvents draws a carrier's list: oldest first, on a grid of minutes so that the
// same scan is often reported twice.
func drawEvents(t *rapid.T, inOrder bool) []parcel.Event {
	base := time.Date(2026, 2, 1, 0, 0, 0, 0, time.UTC)
	n := rapid.IntRange(0, 12).Draw(t, "events")
	list := make([]parcel.Event, 0, n)
	minutes := 0
	for range n {
		if inOrder {
			minutes += rapid.IntRange(0, 40).Draw(t, "later") * 3
		} else {
			minutes = rapid.IntRange(0, 5000).Draw(t, "minute")
		}
		list = append(list, parcel.Event{
			Time:      base.Add(time.Duration(minutes) * time.Minute),
			ZoneKnown: inOrder || rapid.Bool().Draw(t, "zone"),
			Status:    rapid.SampledFrom(parcel.Statuses()).Draw(t, "status"),
			Country:   rapid.SampledFrom([]string{"", "CN", "RU", "US"}).Draw(t, "country"),
			Text:      rapid.SampledFrom([]string{"a", "b"}).Draw(t, "text"),
		})
	}
	return list
}

func drawSources(t *rapid.T, inOrder bool) []parcel.Source {
	names := []string{"cainiao", "russianpost", "upu", parcel.SourceMail}
	sources := make([]parcel.Source, rapid.IntRange(0, 5).Draw(t, "sources"))
	for i := range sources {
		sources[i].Carrier = rapid.SampledFrom(names).Draw(t, "carrier")
		sources[i].Number = rapid.SampledFrom([]number.Number{"RB123456785CN", "LP00999900000034"}).Draw(t, "number")
		sources[i].Events = drawEvents(t, inOrder)
	}
	return sources
}

func TestMergeProperties(t *testing.T) {
	t.Run("the order of the sources does not matter", rapid.MakeCheck(func(t *rapid.T) {
		sources := drawSources(t, false)
		want := show(parcel.Merge(sources))
		if got := show(parcel.Merge(rapid.Permutation(sources).Draw(t, "order"))); got != want {
			t.Fatalf("%s\nand\n%s", want, got)
		}
	}))
	t.Run("merging again changes nothing", rapid.MakeCheck(func(t *rapid.T) {
		once := parcel.Merge(drawSources(t, false))
		again := parcel.Merge([]parcel.Source{{Carrier: "merged", Events: once}})
		if diff := cmp.Diff(show(once), show(again)); diff != "" {
			t.Fatalf("(-once +again):\n%s", diff)
		}
	}))
	t.Run("every event is represented and none invented", rapid.MakeCheck(func(t *rapid.T) {
		sources := drawSources(t, false)
		merged := parcel.Merge(sources)
		events := 0
		for _, s := range sources {
			events += len(s.Events)
			for _, e := range s.Events {
				if !slices.ContainsFunc(merged, func(l parcel.Event) bool { return represents(l, e, s.Carrier) }) {
					t.Fatalf("%s of %s is lost in\n%s", show([]parcel.Event{e}), s.Carrier, show(merged))
				}
			}
		}
		if len(merged) > events || len(merged) == 0 && events > 0 {
			t.Fatalf("%d events became %d lines", events, len(merged))
		}
		for _, l := range merged {
			if len(l.Sources) == 0 || !slices.IsSorted(l.Sources) || len(slices.Compact(slices.Clone(l.Sources))) != len(l.Sources) {
				t.Fatalf("sources %v", l.Sources)
			}
		}
	}))
	t.Run("where all zones are known and sources in order, lines are in order", rapid.MakeCheck(func(t *rapid.T) {
		merged := parcel.Merge(drawSources(t, true))
		if !slices.IsSortedFunc(merged, func(a, b parcel.Event) int { return a.Time.Compare(b.Time) }) {
			t.Fatalf("out of order:\n%s", show(merged))
		}
	}))
	t.Run("a source's own order is kept", rapid.MakeCheck(func(t *rapid.T) {
		sources := drawSources(t, false)
		for i := range sources {
			if sources[i].Carrier == parcel.SourceMail {
				sources[i].Carrier = "ems"
			}
			// A different country for each event keeps them from being joined.
			for k := range sources[i].Events {
				sources[i].Events[k].Country = fmt.Sprint(i, " ", k)
			}
		}
		merged := parcel.Merge(sources)
		for i := range sources {
			last := -1
			for k := range sources[i].Events {
				at := slices.IndexFunc(merged, func(e parcel.Event) bool { return e.Country == fmt.Sprint(i, " ", k) })
				if at <= last {
					t.Fatalf("event %d of source %d stands at %d, the one before at %d", k, i, at, last)
				}
				last = at
			}
		}
	}))
}

// represents reports whether a line may stand for an event.
func represents(l, e parcel.Event, carrier string) bool {
	// Half a day for an unknown zone, and as much again since wall clocks and
	// instants are compared here. Mail: a repeated step within two days of the
	// first, and that one within two days of the carrier's line.
	reach := 24 * time.Hour
	if carrier == parcel.SourceMail {
		reach += 96 * time.Hour
	}
	near := l.Time.Sub(e.Time).Abs() <= reach
	same := l.Status == e.Status || e.Status == parcel.InTransit
	return near && same && slices.Contains(l.Sources, carrier) && (l.Country == "" || e.Country == "" || l.Country == e.Country || carrier == parcel.SourceMail)
}
