package notify

import (
	"strings"
	"time"
	"unicode/utf8"

	"parcelwatch/internal/textx"
	"parcelwatch/parcel"
)

// maxLine is the maximum length of a calendar line in bytes, without its line ending.
const maxLine = 75

// remindAt is the time of the calendar's alarm relative to midnight of the last day:
// nine o'clock on the morning before.
const remindAt = "-PT15H"

// calendar returns an iCalendar document (RFC 5545) with an all-day event for each last
// day of pickup that is news; empty if there is none. The UID of a parcel's event stays
// the same, so that a changed day replaces the previous one.
func (v viewer) calendar(d Digest) string {
	var b strings.Builder
	for _, s := range d.Sections {
		for _, it := range s.Items {
			if day := it.PickupUntil.Time(time.UTC); it.News && !day.IsZero() && !it.PickupUntil.Time(v.zone).AddDate(0, 0, 1).Before(d.Made) {
				v.lastDay(&b, d, it, day)
			}
		}
	}
	if b.Len() == 0 {
		return ""
	}
	return calendarOf(b.String())
}

// calendarOf returns the document with the events.
func calendarOf(events string) string {
	var out strings.Builder
	for _, line := range []string{"BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//parcelwatch//digest//EN", "CALSCALE:GREGORIAN", "METHOD:PUBLISH"} {
		fold(&out, line)
	}
	out.WriteString(events)
	fold(&out, "END:VCALENDAR")
	return out.String()
}

func (v viewer) lastDay(b *strings.Builder, d Digest, it Item, day time.Time) {
	v.event(b, occasion{kind: occasionPickup, audience: d.Audience, made: d.Made, day: day, alarm: true}, it)
}

// The kinds of a calendar's events, which are part of their UIDs.
const (
	occasionPickup     = "pickup"
	occasionExpected   = "expected"
	occasionProtection = "protection"
)

// occasion is a day in the life of a parcel.
type occasion struct {
	kind     string
	audience string
	made     time.Time
	day      time.Time // midnight UTC
	alarm    bool
}

// event writes an all-day event. Its UID stays the same for the kind, the audience and
// the number of the parcel, in the attachment of a digest and in a feed.
func (v viewer) event(b *strings.Builder, o occasion, it Item) {
	summary := v.p.T("calendar_"+o.kind, "Title", heading(it, v.p))
	description := string(it.Number)
	if it.Link != "" {
		description = strings.TrimSpace(description + " " + it.Link)
	}
	lines := []string{
		"BEGIN:VEVENT",
		"UID:" + hash(o.kind, o.audience, string(it.Number)) + "@parcelwatch",
		"DTSTAMP:" + o.made.UTC().Format("20060102T150405Z"),
		"DTSTART;VALUE=DATE:" + o.day.Format("20060102"),
		"DTEND;VALUE=DATE:" + o.day.AddDate(0, 0, 1).Format("20060102"),
		"SUMMARY:" + escapeText(summary),
		"DESCRIPTION:" + escapeText(textx.Line(description, maxText)),
		"TRANSP:TRANSPARENT",
	}
	if place := textx.Line(it.PickupPlace, maxPlace); place != "" && o.kind == occasionPickup {
		lines = append(lines, "LOCATION:"+escapeText(place))
	}
	if o.alarm {
		lines = append(lines, "BEGIN:VALARM", "ACTION:DISPLAY", "TRIGGER:"+remindAt, "DESCRIPTION:"+escapeText(summary), "END:VALARM")
	}
	for _, line := range append(lines, "END:VEVENT") {
		fold(b, line)
	}
}

// escapeText returns one line of text as a value of type TEXT.
func escapeText(s string) string {
	return strings.NewReplacer(`\`, `\\`, ";", `\;`, ",", `\,`, "\r", "", "\n", `\n`).Replace(s)
}

// fold writes a line in pieces of at most maxLine bytes, all but the first after a blank,
// without splitting a character.
func fold(b *strings.Builder, line string) {
	room := maxLine
	for len(line) > room {
		cut := room
		for cut > 0 && !utf8.RuneStart(line[cut]) {
			cut--
		}
		b.WriteString(line[:cut] + "\r\n ")
		line, room = line[cut:], maxLine-1
	}
	b.WriteString(line + "\r\n")
}

// pickup returns where and until when a parcel can be picked up, if it can.
func pickup(p *parcel.Parcel) (place string, until parcel.Date) {
	if p.Status != parcel.ReadyForPickup && p.Status != parcel.AttemptFailed {
		return "", ""
	}
	return p.Pickup.Place, p.Pickup.Until
}
