package web

import (
	"fmt"
	"html/template"
	"slices"
	"strconv"
	"strings"

	"parcelwatch/internal/locale"
	"parcelwatch/internal/packed"
	"parcelwatch/parcel"
)

// place is the middle of a country on the map, in degrees from its upper left corner.
type place struct{ x, y float64 }

// chart is the map of the world: its coast lines and the places of the countries.
type chart struct {
	land  string
	where map[string]place
}

// readChart reads the embedded map.
func readChart() chart {
	c := chart{where: map[string]place{}}
	land, _ := packed.Files{FS: files}.ReadFile("asset/land.txt")
	c.land = strings.TrimSpace(string(land))
	rows, _ := packed.Files{FS: files}.ReadFile("asset/countries.tsv")
	for line := range strings.Lines(string(rows)) {
		if f := strings.Fields(line); len(f) == 3 {
			x, _ := strconv.ParseFloat(f[1], 64)
			y, _ := strconv.ParseFloat(f[2], 64)
			c.where[f[0]] = place{x, y}
		}
	}
	return c
}

// stop is a country on the way.
type stop struct {
	country string
	reached bool
}

// route returns the countries of a timeline in their order, and the destination if
// nothing was reported there yet.
func route(p parcel.Parcel, events []parcel.Event) []stop {
	var out []stop
	add := func(country string, reached bool) {
		if country != "" && (len(out) == 0 || out[len(out)-1].country != country) && len(out) < 12 {
			out = append(out, stop{country, reached})
		}
	}
	if len(events) == 0 || events[0].Country != p.Origin {
		add(p.Origin, len(events) > 0)
	}
	for _, e := range events {
		add(e.Country, true)
	}
	if !p.Status.Final() && !slices.ContainsFunc(out, func(s stop) bool { return s.country == p.Destination }) {
		add(p.Destination, false)
	}
	return out
}

// draw draws the route of a parcel, dashed where nothing was reported yet; "" if it
// stays in one country or the countries are not known.
func (c chart) draw(p parcel.Parcel, events []parcel.Event, say *locale.Printer) template.HTML {
	stops := slices.DeleteFunc(route(p, events), func(s stop) bool { _, ok := c.where[s.country]; return !ok })
	if len(stops) < 2 {
		return ""
	}
	low, high := c.where[stops[0].country], c.where[stops[0].country]
	names := make([]string, 0, len(stops))
	for _, s := range stops {
		at := c.where[s.country]
		low, high = place{min(low.x, at.x), min(low.y, at.y)}, place{max(high.x, at.x), max(high.y, at.y)}
		names = append(names, say.Country(s.country))
	}
	// The frame is twice as wide as high, with a margin for the names.
	width := max(high.x-low.x+50, 2*(high.y-low.y+24), 70)
	left, top := (low.x+high.x-width)/2, (low.y+high.y-width/2)/2
	var b strings.Builder
	fmt.Fprintf(&b, `<svg class="map" role="img" aria-label="%s" viewBox="%.1f %.1f %.1f %.1f">`,
		template.HTMLEscapeString(strings.Join(names, " → ")), left, top, width, width/2)
	fmt.Fprintf(&b, `<path class="land" d="%s"/>`, c.land)
	unit := width / 100
	for i, s := range stops[1:] {
		from, to := c.where[stops[i].country], c.where[s.country]
		dashes := ""
		if !s.reached {
			dashes = fmt.Sprintf(` stroke-dasharray="%.2f"`, unit*1.5)
		}
		fmt.Fprintf(&b, `<path class="leg" stroke-width="%.2f"%s d="M%.1f %.1fQ%.1f %.1f %.1f %.1f"/>`,
			unit*0.5, dashes, from.x, from.y, (from.x+to.x)/2, min(from.y, to.y)-width/12, to.x, to.y)
	}
	drawn := map[string]bool{}
	for _, s := range stops {
		at := c.where[s.country]
		if drawn[s.country] {
			continue
		}
		drawn[s.country] = true
		fmt.Fprintf(&b, `<circle class="stop" cx="%.1f" cy="%.1f" r="%.2f"/><text class="name" text-anchor="middle" font-size="%.2f" x="%.1f" y="%.1f">%s</text>`,
			at.x, at.y, unit*0.9, unit*3.4, at.x, at.y+unit*4.4, template.HTMLEscapeString(say.Country(s.country)))
	}
	b.WriteString("</svg>")
	return template.HTML(b.String()) //nolint:gosec // numbers, the embedded map and escaped names
}
