package declared

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"parcelwatch/carriers/internal/adapter"
)

// Layouts that are no layouts of package time.
const (
	layoutUnix    = "unix"    // seconds
	layoutUnixMS  = "unixms"  // milliseconds
	layoutDotNet  = ".net"    // /Date(1770000000000+0200)/
	zoneNone      = "none"    // offsets are not those of the place
	layoutRFC3339 = "rfc3339" // 2026-03-01T12:00:00+01:00, with or without fractions and colon
)

// forms compiles the forms of answers: that of the carrier itself, if it says where
// events are, and those in [[carrier.form]].
func (c *compiler) forms(d Definition) []form {
	var out []form
	if d.Events != nil || len(d.Forms) == 0 {
		out = append(out, c.compileForm("", d.Reading, d.Reading))
	}
	for i, r := range d.Forms {
		out = append(out, c.compileForm(element("form", i)+".", r, d.Reading))
	}
	return out
}

// compileForm compiles a reading, with what it does not say taken from base. At is the
// place of the reading in the definition; what base says has its own place.
func (c *compiler) compileForm(at string, own, base Reading) form {
	r := own.over(base)
	f := form{inZone: r.InZone}
	place := func(key string) string {
		if at == "" || own.says(key) || !base.says(key) {
			return at + key
		}
		return key
	}
	values := []any{
		r.Item, r.Number, r.Group, r.Events, r.Time, r.Offset, r.Place, r.Country, r.Text, r.Code,
		r.Origin, r.Destination, r.Aliases, r.ETA, r.PickupPlace, r.PickupUntil,
	}
	for i, one := range f.parts() {
		*one.to = c.field(place(one.key), values[i], cmp.Or(one.join, " "))
		one.to.kind = one.kind
	}
	for _, one := range []struct {
		key     string
		missing bool
	}{{"events", r.Events == nil}, {"time", r.Time == nil}, {"layout", len(r.Layout) == 0}, {"text", r.Text == nil && r.Code == nil}} {
		if one.missing {
			c.wrong(place(one.key), "declared_missing")
		}
	}
	for _, one := range []field{f.item, f.group, f.events} {
		one.each(func(s selector) {
			if s.fixed || s.attr != "" {
				c.at(s.key, badSyntax.message())
			}
		})
	}
	c.layouts(place("layout"), r, &f)
	c.zone(place("zone"), r, &f)
	return f
}

// part is a field of a form: its key, what its values are for, and what joins them.
type part struct {
	to   *field
	key  string
	kind kind
	join string // a blank if it is empty
}

// parts returns the fields of a form.
func (f *form) parts() []part {
	return []part{
		{&f.item, "item", kindWord, ""},
		{&f.number, "number", kindNumber, ""},
		{&f.group, "group", kindWord, ""},
		{&f.events, "events", kindWord, ""},
		{&f.time, "time", kindTime, ""},
		{&f.offset, "offset", kindTime, ""},
		{&f.place, "place", kindWord, ", "},
		{&f.country, "country", kindWord, ""},
		{&f.text, "text", kindWord, ""},
		{&f.code, "code", kindCode, ""},
		{&f.origin, "origin", kindWord, ""},
		{&f.destination, "destination", kindWord, ""},
		{&f.aliases, "aliases", kindNumber, ""},
		{&f.eta, "eta", kindTime, ""},
		{&f.pickup, "pickup_place", kindPrivate, ", "},
		{&f.pickupBy, "pickup_until", kindTime, ""},
	}
}

func (f form) fields() (out []field) {
	for _, one := range f.parts() {
		out = append(out, *one.to)
	}
	return out
}

// layouts compiles how times are written.
func (c *compiler) layouts(key string, r Reading, f *form) {
	if len(r.Layout) > maxParts {
		c.wrong(key, "declared_long")
		return
	}
	day := time.Date(2006, time.January, 2, 15, 4, 5, 0, time.UTC)
	for i, layout := range r.Layout {
		own := slices.Contains([]string{layoutUnix, layoutUnixMS, layoutDotNet, layoutRFC3339}, layout)
		if !own && (len(layout) > 60 || day.AddDate(4, 5, 11).Format(layout) == layout || !strings.Contains(layout, "6") && !strings.Contains(layout, "06")) {
			c.wrong(element(key, i), "declared_layout")
		}
		f.layouts = append(f.layouts, layout)
	}
}

// zone compiles the zone of clocks.
func (c *compiler) zone(key string, r Reading, f *form) {
	switch r.Zone {
	case "":
	case zoneNone:
		f.wall = true
	default:
		zone, err := time.LoadLocation(r.Zone)
		if err != nil || len(r.Zone) > 60 {
			c.wrong(key, "declared_zone")
			return
		}
		f.zone = zone
	}
}

// moment reads a time with the first layout that fits. Zoned says that the instant is
// known and not only the wall clock.
func (f form) moment(text, offset string) (at time.Time, zoned, ok bool) {
	zone, known := adapter.Zone(offset)
	if !known {
		zone, known = f.zone, f.zone != nil
	}
	for _, layout := range f.layouts {
		at, instant, fits := parse(text, layout, zone)
		switch {
		case !fits:
			continue
		case f.wall:
			return wallOf(at), false, adapter.Plausible(at)
		case instant && known && (f.inZone || offset != "" || numeric(layout)):
			at = adapter.In(at, zone)
		}
		return at, instant || known, adapter.Plausible(at)
	}
	return time.Time{}, false, false
}

func numeric(layout string) bool {
	return layout == layoutUnix || layout == layoutUnixMS || layout == layoutDotNet
}

// wallOf returns the wall clock of a time as if it were UTC.
func wallOf(at time.Time) time.Time {
	_, offset := at.Zone()
	return at.Add(time.Duration(offset) * time.Second).UTC()
}
