package parcel_test

import (
	"encoding/json"
	"testing"
	"time"

	"parcelwatch/parcel"
)

// scans returns one source's list with one event per step.
func scans(carrier string, n int, step time.Duration, zone bool) parcel.Source {
	base := time.Date(2026, 2, 1, 0, 0, 0, 0, time.UTC)
	s := parcel.Source{Carrier: carrier, Number: "RB123456785CN"}
	for i := range n {
		s.Events = append(s.Events, parcel.Event{
			Time: base.Add(time.Duration(i) * step), ZoneKnown: zone, Status: parcel.InTransit, Country: "RU", Text: "Arrived at the sorting centre",
		})
	}
	return s
}

func thousand() []parcel.Source {
	return []parcel.Source{
		scans("cainiao", 300, 20*time.Minute, true), scans("russianpost", 300, 20*time.Minute, true),
		scans("upu", 300, 20*time.Minute, false), scans(parcel.SourceMail, 100, time.Hour, true),
	}
}

func BenchmarkMerge(b *testing.B) {
	for name, sources := range map[string][]parcel.Source{
		"1000 events of four sources": thousand(),
		"1000 events of one minute":   {scans("cainiao", 500, 0, true), scans("upu", 500, 0, false)},
		"a usual parcel of 30 events": {scans("cainiao", 15, 20*time.Hour, true), scans("russianpost", 10, 20*time.Hour, true), scans(parcel.SourceMail, 5, 48*time.Hour, true)},
	} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				parcel.Merge(sources)
			}
		})
	}
}

// BenchmarkBareJSON decodes the same thousand events from JSON, which precedes
// every merge of a stored parcel.
func BenchmarkBareJSON(b *testing.B) {
	doc, err := json.Marshal(thousand())
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		var sources []parcel.Source
		if err := json.Unmarshal(doc, &sources); err != nil || len(sources) != 4 {
			b.Fatal(len(sources), err)
		}
	}
}
