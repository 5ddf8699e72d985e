package declared

import (
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
func (c *compiler) forms(d *Definition) []*form {
	var out []*form
	if d.Events != nil || len(d.Forms) == 0 {
		out = append(out, c.compileForm("", &d.Reading, &d.Reading))
	}
	for i := range d.Forms {
		out = append(out, c.compileForm(element("form", i)+".", &d.Forms[i], &d.Reading))
	}
	return out
}

// compileForm compiles a reading, with what it does not say taken from base. At is the
// place of the reading in the definition; what base says has its own place.
func (c *compiler) compileForm(at string, own, base *Reading) *form {
	r := own.over(base)
	f := &form{inZone: r.InZone}
	place := func(key string) string {
		if at == "" || own.says(key) || !base.says(key) {
			return at + key
		}
		return key
	}
	part := func(key string, v any, k kind, join string) *field {
		one := c.field(place(key), v, join)
		one.kind = k
		f.fields = append(f.fields, one)
		return one
	}
	f.item = part("item", r.Item, kindWord, " ")
	f.number = part("number", r.Number, kindNumber, " ")
	f.group = part("group", r.Group, kindWord, " ")
	f.events = part("events", r.Events, kindWord, " ")
	f.time = part("time", r.Time, kindTime, " ")
	f.offset = part("offset", r.Offset, kindTime, " ")
	f.place = part("place", r.Place, kindWord, ", ")
	f.country = part("country", r.Country, kindWord, " ")
	f.text = part("text", r.Text, kindWord, " ")
	f.code = part("code", r.Code, kindCode, " ")
	f.origin = part("origin", r.Origin, kindWord, " ")
	f.destination = part("destination", r.Destination, kindWord, " ")
	f.aliases = part("aliases", r.Aliases, kindNumber, " ")
	f.eta = part("eta", r.ETA, kindTime, " ")
	f.pickup = part("pickup_place", r.PickupPlace, kindPrivate, ", ")
	f.pickupBy = part("pickup_until", r.PickupUntil, kindTime, " ")
	for _, one := range []struct {
		key     string
		missing bool
	}{{"events", r.Events == nil}, {"time", r.Time == nil}, {"layout", len(r.Layout) == 0}, {"text", r.Text == nil && r.Code == nil}} {
		if one.missing {
			c.wrong(place(one.key), "declared_missing")
		}
	}
	for _, one := range []*field{f.item, f.group, f.events} {
		one.each(func(s *selector) {
			if s.fixed || s.attr != "" {
				c.at(s.key, badSyntax.message())
			}
		})
	}
	c.layouts(place("layout"), r, f)
	c.zone(place("zone"), r, f)
	return f
}

// layouts compiles how times are written.
func (c *compiler) layouts(key string, r *Reading, f *form) {
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
func (c *compiler) zone(key string, r *Reading, f *form) {
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

// moment reads a time with the first layout that fits, one of the form or else of more.
// Zoned says that the instant is known and not only the wall clock.
func (f *form) moment(text, offset string, more ...string) (at time.Time, zoned, ok bool) {
	zone, known := adapter.Zone(offset)
	if !known {
		zone, known = f.zone, f.zone != nil
	}
	for _, layout := range append(slices.Clip(f.layouts), more...) {
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
