package cainiaoeurope

import (
	"cmp"
	"strings"
	"time"

	"parcelwatch/carriers"
	"parcelwatch/carriers/internal/adapter"
	"parcelwatch/parcel"
	"parcelwatch/parcel/number"
)

type question struct {
	Number string `json:"mailNo"`
	Locale string `json:"locale"`
	Role   string `json:"role"`
}

type envelope struct {
	Success adapter.Lax `json:"success"`
	Code    adapter.Lax `json:"errorCode"`
	Message adapter.Lax `json:"errorMsg"`
	Package struct {
		Number adapter.Lax `json:"trackingNumber"`
	} `json:"packageParam"`
	Statuses *adapter.Many[status] `json:"statuses"`
}

// status is one event. The order of the list is not published: events are sorted
// by time.
type status struct {
	Code adapter.Lax `json:"actionCode"`
	Name adapter.Lax `json:"statusName"`
	Text adapter.Lax `json:"description"`
	Time adapter.Int `json:"opTimestamp"` // in milliseconds
}

// read reads the events of the number.
func (c *carrier) read(ans adapter.Answer, e envelope, n number.Number) (res carriers.Result, err error) {
	switch {
	case e.Statuses == nil:
		return res, c.Changed(ans, "no statuses in the answer")
	case len(*e.Statuses) == 0:
		return res, c.Fail(carriers.ErrNotFound, "no events")
	case !adapter.Same(n, e.Package.Number):
		return res, c.Changed(ans, "the answer is of another number")
	}
	t := parcel.Tracking{Destination: country(n), Events: adapter.Events(*e.Statuses, func(s status) (parcel.Event, bool) {
		code, row := c.Action(adapter.Lax(adapter.Text(s.Code)))
		at := adapter.In(time.UnixMilli(int64(s.Time)), c.Zone)
		text := cmp.Or(adapter.Text(s.Text), adapter.Text(s.Name), row.Meaning, code)
		return parcel.Event{
			Time: at, ZoneKnown: true, Status: row.Status, Guess: row.Guess, Country: row.Country("", country(n)), Text: text, Code: code,
		}, s.Time > 0 && adapter.Plausible(at) && text != ""
	})}
	return c.Result(ans, n, t, len(*e.Statuses))
}

// country is the country in the number, if it has one.
func country(n number.Number) string {
	switch {
	case strings.HasPrefix(string(n), "CNESP"):
		return "ES"
	case strings.HasPrefix(string(n), "CNPRT"):
		return "PT"
	default:
		return ""
	}
}
