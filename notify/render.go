package notify

import (
	"bytes"
	"cmp"
	"embed"
	"fmt"
	htmltemplate "html/template"
	"strconv"
	"strings"
	texttemplate "text/template"
	"time"

	"parcelwatch/internal/locale"
)

//go:embed template
var templates embed.FS

// maxHTML keeps a digest below 102 KB, at which Gmail cuts mail off.
const maxHTML = 100 * 1000

// maxItems is the largest number of items that can fit, at some 900 bytes each.
const maxItems = 110

// Content is a digest ready to be put into a mail.
type Content struct {
	Subject string
	Text    string
	HTML    string
	// Calendar is an iCalendar document; empty for none.
	Calendar string
}

// Render renders a digest in the printer's language, as text and as HTML with the same
// content. Texts from outside are escaped and limited in length; items that would make
// the mail too large are only counted. It is pure.
func Render(d Digest, p *locale.Printer) (Content, error) {
	funcs := htmltemplate.FuncMap{"tone": func(kind SectionKind) string { return rowOf(kind).tone }, "spans": spans}
	html, err := htmltemplate.New("digest.html").Funcs(funcs).ParseFS(templates, "template/digest.html")
	if err != nil {
		return Content{}, fmt.Errorf("render the digest: %w", err)
	}
	text, err := texttemplate.ParseFS(templates, "template/digest.txt")
	if err != nil {
		return Content{}, fmt.Errorf("render the digest: %w", err)
	}
	zone := zoneOf(d)
	var out Content
	for _, l := range sizes() {
		if l.news > 1 && shown(d, l) > maxItems {
			continue
		}
		words := viewer{p: p, zone: zone, made: d.Made, limits: l}
		v := words.view(d)
		var h, t bytes.Buffer
		if err := html.Execute(&h, v); err != nil {
			return Content{}, fmt.Errorf("render the digest as HTML: %w", err)
		}
		if h.Len() > maxHTML && l.news > 1 {
			continue
		}
		if err := text.Execute(&t, v); err != nil {
			return Content{}, fmt.Errorf("render the digest as text: %w", err)
		}
		out = Content{Subject: searchable(v.Subject), Text: searchable(t.String()), HTML: h.String()}
		if d.Calendar {
			out.Calendar = words.calendar(d)
		}
		break
	}
	return out, nil
}

func zoneOf(d Digest) *time.Location { return cmp.Or(d.Zone, time.UTC) }

// searchable replaces the non-breaking blanks between a number and its word: only HTML
// is wrapped by width.
func searchable(s string) string { return strings.ReplaceAll(s, "\u00a0", " ") }

// sizes returns the limits to try, largest first. Items with news are cut last, because
// no later digest contains them.
func sizes() []limits {
	out := []limits{{maxItems, maxItems}, {maxItems, 40}, {maxItems, 10}, {maxItems, 3}, {maxItems, 1}, {60, 10}, {60, 3}, {60, 1}}
	for _, n := range []int{40, 25, 16, 10, 7, 5, 3, 2, 1} {
		out = append(out, limits{n, 1})
	}
	return out
}

// shown returns the size of a digest within limits, in items that are cards. A line is
// a quarter of a card.
func shown(d Digest, l limits) int {
	cards, items := 0, 0
	for i, n := range layout(d, l) {
		cards += n
		items += min(d.Sections[i].Count(), l.of(d.Sections[i]))
	}
	return cards + (items-cards)/4
}

const (
	roomy    = 20 // items up to which a digest has room for a card of each
	maxCards = 6  // of a digest with more, beside those that need the user
)

// layout returns how many items of each section are cards, within limits. The others are lines.
func layout(d Digest, l limits) []int {
	items, out := 0, make([]int, 0, len(d.Sections))
	for _, s := range d.Sections {
		items += s.Count()
	}
	left := maxCards
	for _, s := range d.Sections {
		n := min(s.Count(), l.of(s))
		switch row := rowOf(s.Kind); {
		case row.lines, row.spare && items > roomy:
			n = 0
		case s.Kind != SectionNeeds && items > roomy:
			n = min(n, max(left, 0))
		}
		left -= n
		out = append(out, n)
	}
	return out
}

func itoa(n int) string { return strconv.Itoa(n) }
