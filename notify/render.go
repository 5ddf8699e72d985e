package notify

import (
	"bytes"
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

// maxHTML keeps a digest below the 102 KB at which Gmail cuts mail off.
const maxHTML = 100 * 1000

// maxItems is how many items can fit at all, at some 900 bytes each; more are
// not worth the try.
const maxItems = 110

// Content is a digest ready to be put into a mail.
type Content struct {
	Subject string
	Text    string
	HTML    string
	// Calendar is an iCalendar document; empty for none.
	Calendar string
}

// Render puts a digest into the printer's language, as text and as HTML of the
// same content. Everything from outside comes out harmless and bounded; what
// would make the mail too large is counted instead of shown. It is pure.
func Render(d Digest, p *locale.Printer) (Content, error) {
	html, err := htmltemplate.New("digest.html").Funcs(htmltemplate.FuncMap{"tone": func(kind SectionKind) string { return rowOf(kind).tone }}).ParseFS(templates, "template/digest.html")
	if err != nil {
		return Content{}, fmt.Errorf("render the digest: %w", err)
	}
	text, err := texttemplate.ParseFS(templates, "template/digest.txt")
	if err != nil {
		return Content{}, fmt.Errorf("render the digest: %w", err)
	}
	zone := d.Zone
	if zone == nil {
		zone = time.UTC
	}
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

// searchable has ordinary blanks for those that keep a number and its word on
// one line: only the HTML is set in lines of a width.
func searchable(s string) string { return strings.ReplaceAll(s, "\u00a0", " ") }

// sizes are the limits to try, the largest first. Items with news are cut last: they
// are in no later digest.
func sizes() []limits {
	out := []limits{{maxItems, 40}, {maxItems, 10}, {maxItems, 3}, {maxItems, 1}, {60, 10}, {60, 3}, {60, 1}}
	for _, n := range []int{40, 25, 16, 10, 7, 5, 3, 2, 1} {
		out = append(out, limits{n, 1})
	}
	return out
}

// shown counts the items that a digest has within limits.
func shown(d Digest, l limits) int {
	n := 0
	for _, s := range d.Sections {
		n += min(len(s.Items), l.of(s))
	}
	return n
}

func itoa(n int) string { return strconv.Itoa(n) }
