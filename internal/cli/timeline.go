package cli

import (
	"cmp"
	"fmt"
	"io"
	"slices"
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
	head := string(d.Number)
	if d.Title != "" {
		head += "  " + textx.Line(d.Title, maxTitle)
	}
	status := say.Standing(d.Status, d.Reported, len(d.Events) > 0)
	if len(d.Events) > 0 && !since.IsZero() {
		status = say.T("show_since", "Status", status, "Date", say.DateTime(since), "Ago", say.Ago(now.Sub(since)))
	}
	lines := []string{head, status}
	add := func(id, name, value string) {
		if value != "" {
			lines = append(lines, say.T(id, name, value))
		}
	}
	if s := journey(say, d); s != "" {
		lines = append(lines, s)
	}
	add("show_numbers", "Numbers", otherNumbers(d))
	if len(d.Orders) > 0 {
		lines = append(lines, say.T("show_orders", "Count", len(d.Orders), "Orders", strings.Join(d.Orders, ", ")))
	}
	add("show_eta", "Date", day(say, d.ETA))
	add("show_pickup", "Date", day(say, d.PickupUntil))
	add("show_place", "Place", textx.Line(d.PickupPlace, maxPlace))
	for _, n := range d.Maybe {
		add("show_maybe", "Number", string(n))
	}
	text := strings.Join(lines, "\n") + "\n" + timeline(say, d.Events) + answers(say, d) + pages(say, d)
	if _, err := io.WriteString(w, text); err != nil {
		return fmt.Errorf("cli: write parcel: %w", err)
	}
	return nil
}

// day renders a day, or "" if it is not known.
func day(say *locale.Printer, d *parcel.Date) string {
	if d == nil {
		return ""
	}
	return say.DayDate(*d)
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

// sources returns the names of the carriers that report an event, and a word for the shop's
// email.
func sources(say *locale.Printer, names []string) string {
	words := slices.Clone(names)
	for i, name := range words {
		if name == parcel.SourceMail {
			words[i] = say.T("item_shop")
		}
	}
	return strings.Join(words, ", ")
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

func timeline(say *locale.Printer, events []parcel.Event) string {
	if len(events) == 0 {
		return ""
	}
	t := NewTable(44)
	t.Indent = "  "
	for _, e := range events {
		when := say.ShortDate(e.Time) + " " + say.Clock(e.Time)
		text := textx.Line(locale.Once(e.Text), maxText)
		if len(e.Sources) > 0 {
			text += " (" + sources(say, e.Sources) + ")"
		}
		what := say.Operation(e)
		if what == "" {
			what = say.Status(e.Status)
		}
		t.Row(when, Place(say, e), what, strings.TrimSpace(text))
	}
	return "\n" + t.String()
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

// answers renders the results of the carriers that were asked.
func answers(say *locale.Printer, d status.Parcel) string {
	if len(d.Asked) == 0 {
		return ""
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
	return "\n" + say.T("show_asked") + "\n" + t.String()
}

// pages renders where a person can look the number up, apart from the pages of the
// carriers that were asked.
func pages(say *locale.Printer, d status.Parcel) string {
	t := NewTable(40)
	t.Indent = "  "
	for _, p := range d.Pages {
		if !slices.ContainsFunc(d.Asked, func(a status.Asked) bool { return a.Link == p.URL }) {
			t.Row(cmp.Or(say.Post(p.Post), p.Name), p.URL)
		}
	}
	if t.Empty() {
		return ""
	}
	return "\n" + say.T("show_pages") + "\n" + t.String()
}
