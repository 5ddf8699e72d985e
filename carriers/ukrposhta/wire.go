package ukrposhta

import (
	"bytes"
	"cmp"
	"encoding/json"
	"slices"
	"strconv"
	"strings"
	"time"

	"parcelwatch/carriers"
	"parcelwatch/carriers/internal/adapter"
	"parcelwatch/internal/ordered"
	"parcelwatch/internal/textx"
	"parcelwatch/parcel"
	"parcelwatch/parcel/number"
)

// envelope is the answer for all numbers. None means that no number is known.
type envelope struct {
	Found    histories      `json:"found"`
	NotFound *[]adapter.Lax `json:"notFound"`
	None     bool           `json:"-"`
}

// histories are events by number.
type histories map[string][]event

// UnmarshalJSON reads an object, or an empty list in its place.
func (h *histories) UnmarshalJSON(b []byte) error {
	*h = histories{}
	if bytes.HasPrefix(bytes.TrimSpace(b), []byte("[")) {
		var list []event
		if err := json.Unmarshal(b, &list); err != nil {
			return err
		}
		for _, e := range list {
			(*h)[string(e.Barcode)] = append((*h)[string(e.Barcode)], e)
		}
		return nil
	}
	return json.Unmarshal(b, (*map[string][]event)(h))
}

type event struct {
	Barcode  adapter.Lax `json:"barcode"`
	Step     adapter.Int `json:"step"` // not in order of time
	Date     adapter.Lax `json:"date"`
	Index    adapter.Lax `json:"index"`
	Office   adapter.Lax `json:"name"`
	Code     adapter.Lax `json:"event"`
	Name     adapter.Lax `json:"eventName"`
	Country  adapter.Lax `json:"country"`
	Reason   adapter.Lax `json:"eventReason"`
	ReasonID adapter.Lax `json:"eventReason_id"`
}

// read finds the number's history and reads it.
func (c *carrier) read(r reply, n number.Number) (res carriers.Result, err error) {
	list, listed := r.history(n)
	switch {
	case r.None, !listed && r.unknown(n), listed && len(list) == 0:
		return res, c.Fail(carriers.ErrNotFound, "not registered")
	case !listed:
		return res, c.Changed(r.Answer, "the number asked is neither found nor not found")
	case slices.ContainsFunc(list, func(e event) bool { return e.Barcode != "" && !adapter.Same(n, e.Barcode) }):
		return res, c.Changed(r.Answer, "an event of the number asked names another one")
	}
	list = slices.Clone(list)
	ordered.Sort(list, func(a, b event) int { return cmp.Compare(a.Step, b.Step) })
	return c.Result(r.Answer, n, parcel.Tracking{Events: adapter.Events(list, c.event)}, len(list))
}

// history returns the events of the number, if it was found.
func (e envelope) history(n number.Number) ([]event, bool) {
	for number, list := range e.Found {
		if adapter.Same(n, number) {
			return list, true
		}
	}
	return nil, false
}

// unknown reports whether the number was not found.
func (e envelope) unknown(n number.Number) bool {
	return e.NotFound != nil && slices.ContainsFunc(*e.NotFound, func(s adapter.Lax) bool { return adapter.Same(n, s) })
}

// event reads one line. Lines without a time or any word are left out.
func (c *carrier) event(e event) (ev parcel.Event, ok bool) {
	ev.Code = adapter.Line(e.Code, 60)
	row := c.row(ev.Code, adapter.Line(e.ReasonID, 20), string(e.Name+" "+e.Reason))
	ev.Status, ev.Guess = row.Status, row.Guess
	ev.Text = cmp.Or(words(adapter.Text(e.Name), adapter.Text(e.Reason)), row.Meaning, ev.Code)
	if row.Sub != "*" {
		ev.Code += ":" + row.Sub
	}
	ev.Place = adapter.Text(e.Office)
	ev.Country = adapter.CountryNamed(e.Country)
	if e.Country == "" && len(e.Index) == 5 {
		ev.Country = home
	}
	zone := c.Zone
	if e.Country != "" && ev.Country != home {
		zone = nil // scans abroad do not say whose wall clock they have
	}
	ev.Time, ev.ZoneKnown, ok = adapter.Moment(e.Date, zone, "2006-01-02T15:04:05.999", time.DateTime, "2006-01-02T15:04", "2006-01-02")
	return ev, ok && ev.Text != ""
}

// words adds the reason to the name of an event if it says more.
func words(name, reason string) string {
	if strings.Contains(strings.ToLower(name), strings.ToLower(reason)) {
		return name
	}
	return adapter.Join(": ", name, reason)
}

// home is the post's country.
const home = "UA"

// handed is the code of a handover, to the addressee or as the reason says.
const handed = "41000"

// row finds the row of a code and the number of its reason.
func (c *carrier) row(code, reason, words string) adapter.Code {
	row := c.Row(code, reason)
	switch {
	case row.Guess && container(code):
		return adapter.Code{Sub: "*", Status: parcel.Info, Side: adapter.SideNone, Meaning: "Container scan"}
	case code == handed && textx.Mentions(words, "відправнику", "to sender", "to the sender"):
		row.Status = parcel.Returned
	}
	return row
}

// container reports whether a code is used for scans of a container and not of
// the item.
func container(code string) bool {
	n, err := strconv.Atoi(code)
	return err == nil && n >= 2100 && n <= 4082
}
