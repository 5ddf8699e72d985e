package parcel_test

import (
	"strings"
	"testing"
	"time"

	"parcelwatch/parcel"
)

// at parses an instant, or a wall clock if there is no zone ("... ?").
func at(t *testing.T, s string) (time.Time, bool) {
	t.Helper()
	if wall, ok := strings.CutSuffix(s, "?"); ok {
		clock, err := time.Parse("2006-01-02 15:04", wall)
		if err != nil {
			t.Fatal(err)
		}
		return clock, false
	}
	instant, err := time.Parse("2006-01-02 15:04-07", s)
	if err != nil {
		t.Fatal(err)
	}
	return instant, true
}

// events parses a timeline, one event per line: "2026-02-03 11:20+08 accepted CN
// words". A dash means no country, a question mark no zone.
func events(t *testing.T, lines string) []parcel.Event {
	t.Helper()
	var list []parcel.Event
	for line := range strings.Lines(lines) {
		fields := strings.Fields(line)
		if len(fields) == 0 {
			continue
		}
		var e parcel.Event
		e.Time, e.ZoneKnown = at(t, fields[0]+" "+fields[1])
		e.Status = parcel.Status(fields[2])
		if !e.Status.Known() {
			t.Fatalf("status %q", e.Status)
		}
		if fields[3] != "-" {
			e.Country = fields[3]
		}
		e.Text = strings.Join(fields[4:], " ")
		list = append(list, e)
	}
	return list
}

// source returns the source of a carrier with these events.
func source(t *testing.T, carrier, lines string) parcel.Source {
	t.Helper()
	return parcel.Source{Carrier: carrier, Number: "RB123456785CN", Events: events(t, lines)}
}

// show formats a timeline in the form that [events] reads, with the sources at the
// end.
func show(list []parcel.Event) string {
	var b strings.Builder
	for _, e := range list {
		if e.ZoneKnown {
			b.WriteString(e.Time.Format("2006-01-02 15:04-07"))
		} else {
			b.WriteString(e.Time.Format("2006-01-02 15:04") + "?")
		}
		country := e.Country
		if country == "" {
			country = "-"
		}
		b.WriteString(" " + string(e.Status) + " " + country + " " + e.Text + " [" + strings.Join(e.Sources, " ") + "]\n")
	}
	return b.String()
}

// trim removes the indentation from the lines.
func trim(lines string) string {
	var b strings.Builder
	for line := range strings.Lines(lines) {
		if line = strings.TrimSpace(line); line != "" {
			b.WriteString(line + "\n")
		}
	}
	return b.String()
}
