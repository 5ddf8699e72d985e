package declared

import (
	"slices"
	"strings"
	"time"

	"parcelwatch/carriers/internal/adapter"
	"parcelwatch/internal/message"
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
		out = append(out, c.form1("", d.Reading))
	}
	for i, r := range d.Forms {
		out = append(out, c.form1(element("form", i)+".", r.over(d.Reading)))
	}
	return out
}

func (c *compiler) form1(at string, r Reading) form {
	f := form{inZone: r.InZone}
	for _, one := range []struct {
		to   *field
		key  string
		v    any
		join string
	}{
		{&f.item, "item", r.Item, " "},
		{&f.number, "number", r.Number, " "},
		{&f.group, "group", r.Group, " "},
		{&f.events, "events", r.Events, " "},
		{&f.time, "time", r.Time, " "},
		{&f.offset, "offset", r.Offset, " "},
		{&f.place, "place", r.Place, ", "},
		{&f.country, "country", r.Country, " "},
		{&f.text, "text", r.Text, " "},
		{&f.code, "code", r.Code, " "},
		{&f.origin, "origin", r.Origin, " "},
		{&f.destination, "destination", r.Destination, " "},
		{&f.aliases, "aliases", r.Aliases, " "},
		{&f.eta, "eta", r.ETA, " "},
		{&f.pickup, "pickup_place", r.PickupPlace, ", "},
		{&f.pickupBy, "pickup_until", r.PickupUntil, " "},
	} {
		*one.to = c.field(at+one.key, one.v, one.join)
	}
	for key, missing := range map[string]bool{"events": r.Events == nil, "time": r.Time == nil, "layout": len(r.Layout) == 0, "text": r.Text == nil && r.Code == nil} {
		if missing {
			c.wrong(at+key, "declared_missing")
		}
	}
	for _, one := range []field{f.item, f.group, f.events} {
		one.each(func(s selector) {
			if s.fixed || s.attr != "" {
				c.at(at+"events", badSyntax.message())
			}
		})
	}
	f.onlyItem = f.item.none()
	c.times(at, r, &f)
	return f
}

// times compiles layouts and zone.
func (c *compiler) times(at string, r Reading, f *form) {
	if len(r.Layout) > maxParts {
		c.wrong(at+"layout", "declared_long")
		return
	}
	day := time.Date(2006, time.January, 2, 15, 4, 5, 0, time.UTC)
	for i, layout := range r.Layout {
		own := slices.Contains([]string{layoutUnix, layoutUnixMS, layoutDotNet, layoutRFC3339}, layout)
		if !own && (len(layout) > 60 || day.AddDate(4, 5, 11).Format(layout) == layout || !strings.Contains(layout, "6") && !strings.Contains(layout, "06")) {
			c.wrong(element(at+"layout", i), "declared_layout")
		}
		f.layouts = append(f.layouts, layout)
	}
	switch r.Zone {
	case "":
	case zoneNone:
		f.wall = true
	default:
		zone, err := time.LoadLocation(r.Zone)
		if err != nil || len(r.Zone) > 60 {
			c.at(at+"zone", message.New("declared_zone"))
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
