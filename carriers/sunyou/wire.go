package sunyou

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"parcelwatch/carriers"
	"parcelwatch/carriers/internal/adapter"
	"parcelwatch/parcel"
	"parcelwatch/parcel/number"
)

type envelope struct {
	Data *adapter.Many[item] `json:"data"`
}

// item is the answer for one number. Its summary (displayStatus) does not tell a
// delivery from a problem and is not read.
type item struct {
	Has         adapter.Lax `json:"has"`
	Number      adapter.Lax `json:"orderNo"`
	Local       adapter.Lax `json:"trackingNumber"`
	Origin      adapter.Lax `json:"orgCountry"`
	Destination adapter.Lax `json:"dstCountry"`
	Result      *struct {
		Origin      leg `json:"origin"`
		Destination leg `json:"destination"`
	} `json:"result"`
}

type leg struct {
	Items adapter.Many[event] `json:"items"`
}

// event is one scan, with the wall clock of its place and the offset beside it.
type event struct {
	Time   adapter.Lax `json:"createTime"`
	Zone   adapter.Lax `json:"timeZone"`
	Code   adapter.Lax `json:"status"`
	Name   adapter.Lax `json:"eventCode"`
	Text   adapter.Lax `json:"content"`
	Office adapter.Lax `json:"office"`
}

// read finds the number's item and reads the events of both ends of the journey.
func (c *carrier) read(ans adapter.Answer, items []item, n number.Number) (res carriers.Result, err error) {
	i := slices.IndexFunc(items, func(it item) bool { return adapter.Same(n, it.Number) })
	if i < 0 {
		return res, c.Changed(ans, "the answer is of another number")
	}
	it := items[i]
	switch {
	case it.Has == "false":
		return res, c.Fail(carriers.ErrNotFound, "service does not have it")
	case it.Has != "true":
		return res, c.Changed(ans, "the answer does not say whether it has the number")
	case it.Result == nil:
		return res, c.Changed(ans, "no result in the answer")
	}
	t := parcel.Tracking{
		Origin: adapter.Country(it.Origin), Destination: adapter.Country(it.Destination), Aliases: adapter.Alias(n, it.Local, "trackingNumber"),
	}
	lines := slices.Concat(it.Result.Origin.Items, it.Result.Destination.Items)
	t.Events = adapter.Events(lines, func(e event) (parcel.Event, bool) { return c.event(e, t.Origin, t.Destination) })
	return c.Result(ans, n, t, len(lines))
}

// event reads one scan. Scans without a time or any word are left out.
func (c *carrier) event(e event, origin, destination string) (ev parcel.Event, ok bool) {
	zone, known := adapter.Zone(e.Zone)
	ev.Time, ok = adapter.At(e.Time, cmp.Or(zone, time.UTC), time.DateTime, "2006-01-02 15:04")
	ev.ZoneKnown = known
	ev.Code = adapter.Line(e.Code, 60)
	row := c.row(ev.Code)
	ev.Status, ev.Guess, ev.Country = row.Status, row.Guess, row.Country(origin, destination)
	ev.Text = cmp.Or(adapter.Text(e.Text), adapter.Text(e.Name), row.Meaning, ev.Code)
	if adapter.CountryNamed(e.Office) == "" && strings.ContainsFunc(string(e.Office), letter) {
		ev.Place = adapter.Text(e.Office)
	}
	return ev, ok && ev.Text != ""
}

// letter reports whether r is no digit: offices are often numbers.
func letter(r rune) bool { return r < '0' || r > '9' }

// row finds the row of a code. Codes of five digits are reasons of a failure (208)
// and places of a delivery (209).
func (c *carrier) row(code string) adapter.Code {
	if row, ok := c.Find(code, "*"); ok || len(code) != 5 {
		return cmp.Or(row, adapter.Unknown())
	}
	if general := code[:3]; general == "208" || general == "209" {
		return c.Row(general, "*")
	}
	return adapter.Unknown()
}
