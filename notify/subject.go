package notify

import (
	"cmp"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"parcelwatch/internal/locale"
	"parcelwatch/internal/textx"
	"parcelwatch/parcel"
)

// partSeparator separates the parts of a subject. Titles of goods contain commas.
const partSeparator = " · "

// subject returns the news in one line: the first item that needs the user by name, all
// other sections as counts.
func subject(d Digest, p *locale.Printer) string {
	if d.Calm() {
		return subjectQuiet(d, p)
	}
	if d.Hello != (Hello{}) {
		return viewer{p: p}.hello(d.Hello)
	}
	var parts []string
	length := 0
	add := func(part string) {
		// Whole parts only, the most important first.
		if n := utf8.RuneCountInString(part) + utf8.RuneCountInString(partSeparator); part != "" && length+n <= maxSubject {
			parts = append(parts, part)
			length += n
		}
	}
	for _, minor := range []bool{false, true} {
		for _, s := range d.Sections {
			if minor == rowOf(s.Kind).minor {
				add(subjectPart(s, d, p))
				add(subjectOthers(s, p))
			}
		}
	}
	for _, t := range d.Footer.Recovered {
		add(p.T("subject_recovered", "Name", subjectTrouble(t, p)))
	}
	switch {
	case len(parts) == 0 && d.Footer.unchecked():
		return p.T("footer_title")
	case len(parts) == 0:
		return subjectQuiet(d, p)
	}
	return p.Capital(strings.Join(parts, partSeparator))
}

func subjectQuiet(d Digest, p *locale.Printer) string {
	if d.Footer.Parcels == 0 {
		return p.Capital(p.T("subject_none"))
	}
	return p.Capital(p.T("subject_quiet", "N", d.Footer.Parcels))
}

// subjectPart returns the subject's text for a section, empty for sections without news.
func subjectPart(s Section, d Digest, p *locale.Printer) string {
	switch {
	case s.Kind == SectionNeeds, s.Kind == SectionToday && d.Urgent:
		return subjectNeeds(s, d, p)
	case s.Kind == SectionStalled && d.Empty():
		return p.T("subject_stalled", "N", s.Count())
	case s.News == 0:
		return ""
	default:
		return p.T("subject_"+string(s.Kind), "N", s.News)
	}
}

// subjectOthers returns the number of items that need the user beside the first.
func subjectOthers(s Section, p *locale.Printer) string {
	if n := s.Count() - 1; s.Kind == SectionNeeds && n > 0 {
		return p.T("subject_needs", "N", n)
	}
	return ""
}

// subjectNeeds returns the first item's name, and for a section of one status the number
// of others: "Out for delivery: USB-C cable (+2)".
func subjectNeeds(s Section, d Digest, p *locale.Printer) string {
	it := s.Items[0]
	var out string
	if it.Trouble != nil {
		v := viewer{p: p}
		out = p.Pair(subjectTrouble(*it.Trouble, p), v.troubleState(*it.Trouble))
	} else {
		name := cmp.Or(textx.Line(it.Title, 45), textx.Line(string(it.Number), 45), textx.Line(it.Order, 45))
		if place := textx.Line(office(it.PickupPlace), 45); place != "" {
			name += ", " + place
		}
		out = p.Pair(subjectReason(it, d, p), isolate(name))
	}
	if n := s.Count() - 1; n > 0 && s.Kind != SectionNeeds {
		out += " (+" + itoa(n) + ")"
	}
	return out
}

// office returns a place with the postal code after the town, as in "Tver 170100".
func office(place string) string {
	code, town, ok := strings.Cut(place, ", ")
	if _, err := strconv.Atoi(code); !ok || err != nil || strings.Contains(town, ", ") {
		return place // or a whole address
	}
	return town + " " + code
}

// subjectReason returns why an item needs the user: the last day to pick it up or of the
// buyer's protection, else its status.
func subjectReason(it Item, d Digest, p *locale.Printer) string {
	disputable := !needing(it.Status) || it.Status == parcel.Exception || it.Status == parcel.Returning
	switch {
	case it.PickupUntil != "":
		return subjectDay("subject_pickup", it.PickupUntil, d, p)
	case it.PickupUsual != "" && daysUntil(it.PickupUsual, zoneOf(d), d.Made) < 0:
		return p.T("subject_pickup_usual_over")
	case it.PickupUsual != "":
		return p.T("subject_pickup_usual", "Day", p.ShortDate(it.PickupUsual.Time(time.UTC)))
	case it.ProtectionUntil != "" && disputable:
		return subjectDay("subject_protection", it.ProtectionUntil, d, p)
	case it.Order != "":
		return textx.Line(p.Step(it.Step), 45)
	default:
		return textx.Line(p.Status(it.Status), 45)
	}
}

// subjectDay names a last day. That of protection is never over.
func subjectDay(id string, last parcel.Date, d Digest, p *locale.Printer) string {
	switch left := daysUntil(last, zoneOf(d), d.Made); {
	case left < 0:
		return p.T(id + "_over")
	case left == 0:
		return p.T(id + "_today")
	case left == 1:
		return p.T(id + "_tomorrow")
	default:
		return p.T(id+"_until", "Day", p.ShortDate(last.Time(time.UTC)))
	}
}

func subjectTrouble(t Trouble, p *locale.Printer) string {
	return textx.Line(viewer{p: p}.troubleName(t), 60)
}
