package cli

import (
	"cmp"
	"fmt"
	"io"
	"strings"
	"time"

	"parcelwatch/internal/locale"
	"parcelwatch/internal/status"
	"parcelwatch/internal/textx"
	"parcelwatch/parcel"
)

// Limits of carriers' texts, in characters.
const (
	maxPlace = 60
	maxText  = 200
	maxTitle = 90
)

// WriteParcel writes a parcel as text: title, status, timeline and the carriers that
// were asked.
func WriteParcel(w io.Writer, say *locale.Printer, d status.Parcel, since time.Time, now time.Time) error {
	var lines []string
	head := string(d.Number)
	if d.Title != "" {
		head += "  " + textx.Line(d.Title, maxTitle)
	}
	lines = append(lines, head)
	status := say.Standing(d.Status, len(d.Events) > 0)
	if len(d.Events) > 0 && !since.IsZero() {
		status = say.T("show_since", "Status", status, "Date", say.DateTime(since), "Ago", say.Ago(now.Sub(since)))
	}
	lines = append(lines, status)
	if s := journey(say, d); s != "" {
		lines = append(lines, s)
	}
	if others := otherNumbers(d); others != "" {
		lines = append(lines, say.T("show_numbers", "Numbers", others))
	}
	if len(d.Orders) > 0 {
		lines = append(lines, say.T("show_orders", "Count", len(d.Orders), "Orders", strings.Join(d.Orders, ", ")))
	}
	if d.ETA != nil {
		lines = append(lines, say.T("show_eta", "Date", say.DayDate(*d.ETA)))
	}
	if d.PickupUntil != nil {
		lines = append(lines, say.T("show_pickup", "Date", say.DayDate(*d.PickupUntil)))
	}
	if d.PickupPlace != "" {
		lines = append(lines, say.T("show_place", "Place", textx.Line(d.PickupPlace, maxPlace)))
	}
	for _, n := range d.Maybe {
		lines = append(lines, say.T("show_maybe", "Number", n))
	}
	for _, line := range lines {
		if _, err := fmt.Fprintln(w, line); err != nil {
			return fmt.Errorf("cli: write parcel: %w", err)
		}
	}
	if err := writeEvents(w, say, d.Events); err != nil {
		return err
	}
	return writeAsked(w, say, d)
}

// journey renders origin and destination, and the days on the way.
func journey(say *locale.Printer, d status.Parcel) string {
	var parts []string
	switch {
	case d.Origin != "" && d.Destination != "":
		parts = append(parts, say.T("show_route", "From", say.Country(d.Origin), "To", say.Country(d.Destination)))
	case d.Origin != "":
		parts = append(parts, say.T("show_from", "From", say.Country(d.Origin)))
	}
	if len(d.Events) > 0 {
		parts = append(parts, say.T("show_days", "Count", d.Days))
	}
	return strings.Join(parts, ", ")
}

func otherNumbers(d status.Parcel) string {
	var others []string
	for _, n := range d.Numbers {
		if n != d.Number {
			others = append(others, string(n))
		}
	}
	return strings.Join(others, ", ")
}

func writeEvents(w io.Writer, say *locale.Printer, events []parcel.Event) error {
	if len(events) == 0 {
		return nil
	}
	t := NewTable(44)
	t.Indent = "  "
	for _, e := range events {
		when := say.ShortDate(e.Time) + " " + say.Clock(e.Time)
		text := textx.Line(e.Text, maxText)
		if len(e.Sources) > 0 {
			text += " (" + strings.Join(e.Sources, ", ") + ")"
		}
		what := say.Operation(e)
		if what == "" {
			what = say.Status(e.Status)
		}
		t.Row(when, Place(say, e), what, strings.TrimSpace(text))
	}
	if _, err := fmt.Fprintln(w); err != nil {
		return fmt.Errorf("cli: write timeline: %w", err)
	}
	return t.Write(w)
}

// Place renders the country and place of an event, as far as they are known.
func Place(say *locale.Printer, e parcel.Event) string {
	place := textx.Line(e.Place, maxPlace)
	switch {
	case e.Country == "":
		return place
	case place == "":
		return say.Country(e.Country)
	default:
		return say.Country(e.Country) + ", " + place
	}
}

func writeAsked(w io.Writer, say *locale.Printer, d status.Parcel) error {
	if len(d.Asked) == 0 {
		return nil
	}
	if _, err := fmt.Fprintf(w, "\n%s\n", say.T("show_asked")); err != nil {
		return fmt.Errorf("cli: write who was asked: %w", err)
	}
	t := NewTable(40)
	t.Indent = "  "
	for _, a := range d.Asked {
		words := say.Result(a.Result)
		if why := say.Either(cmp.Or(a.Detail, a.Error, a.Note), a.Why); why != "" {
			words += ": " + textx.Line(why, maxText)
		}
		if a.Link != "" && a.Result != parcel.ResultOK {
			words += "  " + a.Link
		}
		name := a.Carrier
		if a.Number != d.Number {
			name += " " + string(a.Number)
		}
		t.Row(name, words)
	}
	return t.Write(w)
}
