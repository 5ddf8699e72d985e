package notify

import (
	"slices"
	"strings"
	"time"

	"parcelwatch/internal/locale"
	"parcelwatch/internal/textx"
	"parcelwatch/parcel"
	"parcelwatch/parcel/number"
)

// view is a digest as text for both templates.
type view struct {
	Lang     string
	Subject  string
	Heading  string
	Lead     []string // below the heading: what is on its way, and what was missed
	AllWell  string
	Sections []viewSection
	Troubles viewTroubles
	Footer   []string
}

type viewSection struct {
	Kind  SectionKind
	Title string
	Count int
	Cards []viewItem
	Lines []viewItem // below the cards, one line each
	More  string     // how many items are left out, as text
}

type viewItem struct {
	Title    string
	Others   string
	Badge    string // status or step
	Number   string
	Link     string
	LinkText string
	Notes    []string
	Rest     string // of a line, after the title
	Before   string // the status that was announced last
	Last     string
	Stage    string // the present stage of the progress line, in words
	Points   []viewPoint
	Way      string // the progress line of the text, of what still travels
}

// viewPoint is one stage of the progress line.
type viewPoint struct {
	Label   string
	Reached bool
	Here    bool
	Width   int // of its column, in percent
}

type viewTroubles struct {
	Title string
	Lines []string
	Mails []string
	Hint  string
}

// viewer renders a digest as text, with at most limits items for each section.
type viewer struct {
	p      *locale.Printer
	zone   *time.Location
	made   time.Time
	limits limits
}

// limits is the maximum number of items in a section, with news and without.
type limits struct{ news, rest int }

func (l limits) of(s Section) int {
	if s.News > 0 {
		return l.news
	}
	return l.rest
}

// keep reduces the items to n: those without news are dropped first, then the last ones.
func keep(items []Item, n int) []Item {
	rest := 0 // number of items without news to keep
	for _, it := range items {
		if !it.News {
			rest++
		}
	}
	rest = max(0, n-(len(items)-rest))
	out := make([]Item, 0, n)
	for _, it := range items {
		if !it.News {
			if rest == 0 {
				continue
			}
			rest--
		}
		if len(out) < n {
			out = append(out, it)
		}
	}
	return out
}

func (v viewer) view(d Digest) view {
	out := view{Lang: v.p.Language(), Subject: subject(d, v.p), Heading: v.p.T("heading", "Day", bind(v.p.DayDate(parcel.DateOf(d.Made.In(v.zone)))))}
	switch {
	case d.Urgent && broken(d):
		out.Heading = v.p.T("heading_trouble")
	case d.Urgent:
		out.Heading = v.p.T("heading_urgent")
	}
	if d.Calm() {
		out.AllWell = v.allWell(d)
	}
	out.Lead = v.lead(d)
	for i, cards := range layout(d, v.limits) {
		out.Sections = append(out.Sections, v.section(d.Sections[i], cards))
	}
	out.Troubles = v.troubles(d)
	out.Footer = v.footer(d)
	return out
}

func (v viewer) allWell(d Digest) string {
	if d.Footer.Parcels == 0 {
		return v.p.Capital(v.p.T("subject_none")) + "."
	}
	return v.p.T("all_well", "Count", d.Footer.Parcels)
}

// broken reports whether failures are the only content.
func broken(d Digest) bool {
	for _, s := range d.Sections {
		if slices.ContainsFunc(s.Items, func(it Item) bool { return it.Trouble == nil }) {
			return false
		}
	}
	return len(d.Sections) > 0
}

func (v viewer) section(s Section, cards int) viewSection {
	out := viewSection{Kind: s.Kind, Title: v.p.T("section_" + string(s.Kind)), Count: s.Count()}
	items := s.Items
	if limit := v.limits.of(s); s.Count() > limit {
		items = keep(items, limit)
		out.More = v.p.T("item_more", "Count", s.Count()-len(items))
	}
	row := rowOf(s.Kind)
	for i, it := range items {
		switch {
		case i >= cards:
			out.Lines = append(out.Lines, v.line(row, it))
		case it.Trouble != nil:
			out.Cards = append(out.Cards, v.trouble(*it.Trouble))
		default:
			out.Cards = append(out.Cards, v.card(s.Kind, it))
		}
	}
	return out
}

// item returns what cards and lines have in common.
func (v viewer) item(it Item) viewItem {
	out := viewItem{Title: heading(it, v.p), Number: textx.Line(string(it.Number), maxTitle), Link: it.Link, Badge: textx.Line(v.p.Standing(it.Status, it.Last, !it.Unheard), maxPlace)}
	if it.Order != "" {
		out.Badge = textx.Line(v.p.Step(it.Step), maxPlace)
		if it.Title != "" {
			out.Number = v.p.T("item_order", "Order", isolate(textx.Line(it.Order, maxTitle)))
		}
	}
	if it.Others > 0 {
		out.Others = v.p.T("item_others", "Count", it.Others)
	}
	for _, n := range it.Notes {
		if n.ID == noteBefore {
			out.Before = v.note(n)
			continue
		}
		out.Notes = append(out.Notes, v.note(n))
	}
	return out
}

func (v viewer) card(kind SectionKind, it Item) viewItem {
	out := v.item(it)
	if it.Link != "" {
		out.LinkText = v.p.T("item_look_short")
		if v.p.Post(it.Post) != "" {
			out.LinkText = v.p.T("item_look", "Post", textx.Line(v.p.Post(it.Post), maxPlace))
		}
	}
	out.Last = v.last(it.Last, out.Badge)
	if it.Phase != "" && it.Order == "" && kind != SectionEnded {
		out.Points, out.Stage = v.progress(it)
		out.Way = way(it, out.Points)
	}
	return out
}

// line returns an item whose Rest is what its line says after the title: the status, unless
// a note explains it, the place, of news with the day, and the notes.
func (v viewer) line(row sectionRow, it Item) viewItem {
	out := v.item(it)
	var parts []string
	add := func(s string) {
		if s != "" {
			parts = append(parts, s)
		}
	}
	if it.Order == "" && it.Phase != parcel.PhaseBetween || !row.lines {
		add(out.Badge)
	}
	if row.lines {
		add(isolate(textx.Line(it.Last.Place, maxPlace)))
	} else {
		add(v.where(it.Last))
	}
	for _, n := range out.Notes {
		add(n)
	}
	add(out.Number)
	out.Rest = strings.Join(parts, "\u00a0· ")
	return out
}

// heading returns an item's title, else its number or order.
func heading(it Item, p *locale.Printer) string {
	if s := textx.Line(it.Title, maxTitle); s != "" {
		return isolate(s)
	}
	if it.Order != "" {
		return p.T("item_order", "Order", isolate(textx.Line(it.Order, maxTitle)))
	}
	return p.T("item_parcel")
}

// note renders a note and its values.
func (v viewer) note(n Note) string {
	data := make([]any, len(n.Data))
	for i, x := range n.Data {
		data[i] = v.value(x)
	}
	return v.p.T(n.ID, data...)
}

func (v viewer) value(x any) any {
	switch x := x.(type) {
	case Country:
		return isolate(textx.Line(v.p.Country(string(x)), maxPlace))
	case Carrier:
		return textx.Line(v.p.Carrier(string(x)), maxPlace)
	case Outside:
		return isolate(textx.Line(string(x), maxPlace))
	case parcel.Date:
		return isolate(bind(textx.Line(v.p.DayDate(x), maxPlace)))
	case ShortDay:
		return isolate(bind(v.p.ShortDate(parcel.Date(x).Time(time.UTC))))
	case parcel.Status:
		return textx.Line(v.p.Status(x), maxPlace)
	case number.Number:
		return textx.Line(string(x), maxPlace)
	default:
		return x
	}
}

// ofShop reports whether only the shop's mail reports an event.
func ofShop(e parcel.Event) bool { return slices.Equal(e.Sources, []string{parcel.SourceMail}) }

// words renders an event: the operation in the language, and the post's own text if it
// says more or the operation is unknown. The badge is not repeated.
func (v viewer) words(e parcel.Event, badge string) string {
	operation, own := v.p.Told(e)
	if ofShop(e) {
		operation, own = v.p.Step(parcel.Step(e.Code)), ""
	}
	operation, own = textx.Line(operation, maxText), isolate(textx.Line(own, maxText))
	switch {
	case operation == "" && own == "":
		return textx.Line(v.p.Status(e.Status), maxPlace)
	case own == "":
		return operation
	case operation == "" || operation == badge:
		return own
	default:
		return operation + " (" + own + ")"
	}
}

// last renders the newest event of the timeline.
func (v viewer) last(e parcel.Event, badge string) string {
	where := v.where(e)
	if where == "" {
		return ""
	}
	if said := v.words(e, badge); said != badge {
		return v.p.Pair(where, said)
	}
	return where // the badge says the rest
}

// where returns the day of an event, in the local time of its place, and the place.
func (v viewer) where(e parcel.Event) string {
	if e.Time.IsZero() {
		return ""
	}
	at := e.Time
	if e.ZoneKnown {
		at = at.In(v.zone)
	}
	day := bind(v.p.ShortDate(at))
	switch place := isolate(textx.Line(e.Place, maxPlace)); {
	case ofShop(e):
		return day + ", " + v.p.T("item_shop")
	case place != "":
		return day + ", " + place
	case e.Country != "":
		return day + ", " + isolate(textx.Line(v.p.Country(e.Country), maxPlace))
	}
	return day
}
