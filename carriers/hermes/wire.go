package hermes

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
	"time"

	"parcelwatch/carriers"
	"parcelwatch/carriers/internal/adapter"
	"parcelwatch/parcel"
	"parcelwatch/parcel/number"
)

type shipment struct {
	Number     adapter.Lax         `json:"barcode"`
	Progress   *adapter.Many[step] `json:"parcelProgress"` // newest first
	Attributes struct {
		Delivered adapter.Lax `json:"delivered"`
	} `json:"parcelAttributes"`
}

// step is one event. Its status is a word for the page and is not read.
type step struct {
	Time adapter.Lax `json:"timestamp"`
	Code adapter.Lax `json:"parcelStatus"`
	Text adapter.Lax `json:"historyText"`
}

// read finds the number's shipment and reads its steps.
func (c *carrier) read(ans adapter.Answer, list []shipment, n number.Number) (res carriers.Result, err error) {
	i := slices.IndexFunc(list, func(s shipment) bool { return adapter.Same(n, s.Number) })
	if i < 0 {
		return res, c.Changed(ans, "the answer is of another number")
	}
	s := list[i]
	if s.Progress == nil {
		return res, c.Changed(ans, "no parcelProgress in the answer")
	}
	t := parcel.Tracking{Events: adapter.Events(*s.Progress, c.event)}
	// The attribute tells a delivery whose code is new.
	if len(t.Events) > 0 && t.Events[0].Guess && s.Attributes.Delivered == "true" {
		t.Events[0].Status, t.Events[0].Guess = parcel.Delivered, false
	}
	return c.Result(ans, n, t, len(*s.Progress))
}

// event reads one step. Steps without a time are forecasts and left out.
func (c *carrier) event(s step) (ev parcel.Event, ok bool) {
	ev.Time, ok = c.moment(s.Time)
	ev.ZoneKnown, ev.Country = true, home
	ev.Code = adapter.Line(strings.ToUpper(string(s.Code)), 60)
	row := c.Row(ev.Code, "*")
	ev.Status, ev.Guess = row.Status, row.Guess
	ev.Text = cmp.Or(adapter.Text(s.Text), row.Meaning, ev.Code)
	return ev, ok && ev.Text != ""
}

// moment reads a time: milliseconds, or a date with or without an offset.
func (c *carrier) moment(s adapter.Lax) (time.Time, bool) {
	if ms, err := strconv.ParseInt(string(s), 10, 64); err == nil {
		at := adapter.In(time.UnixMilli(ms), c.Zone)
		return at, ms > 0 && adapter.Plausible(at)
	}
	at, _, ok := adapter.Moment(s, c.Zone, "2006-01-02T15:04:05.999", time.DateTime)
	return adapter.In(at, c.Zone), ok
}

// home is the country of the carrier.
const home = "DE"
