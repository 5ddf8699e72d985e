package belpost

import (
	"encoding/json"
	"strconv"
	"time"

	"parcelwatch/carriers"
	"parcelwatch/carriers/internal/adapter"
	"parcelwatch/internal/textx"
	"parcelwatch/parcel"
	"parcelwatch/parcel/number"
)

// minsk is UTC+3 all year.
func minsk() *time.Location { return adapter.Fixed(3 * 3600) }

type question struct {
	Number string `json:"number"`
}

type envelope struct {
	Data    *[]item         `json:"data"`
	Message adapter.Lax     `json:"message"`
	Errors  json.RawMessage `json:"errors"`
}

// badNumber reports whether the number's form is what is complained about.
func (e envelope) badNumber() bool {
	var fields map[string]json.RawMessage
	return json.Unmarshal(e.Errors, &fields) == nil && fields["number"] != nil
}

// item is what is told of one number.
type item struct {
	Number adapter.Lax `json:"number"`
	Steps  *[]step     `json:"steps"`
}

// step is one scan. The list is newest first.
type step struct {
	System  adapter.Lax `json:"system"`
	Code    adapter.Int `json:"code"` // newer answers only, sometimes 30.0
	Unix    adapter.Int `json:"timestamp"`
	Created adapter.Lax `json:"created_at"`
	Place   adapter.Lax `json:"place"`
	Event   adapter.Lax `json:"event"`
}

// read finds the number's item and takes it apart.
func (c *carrier) read(ans adapter.Answer, data []item, n number.Number) (carriers.Result, error) {
	res := carriers.Result{Number: n}
	it, ok := pick(data, n)
	switch {
	case !ok:
		return res, c.client.Changed(ans, "the answer is of other numbers")
	case it.Steps == nil:
		return res, c.client.Changed(ans, "no steps in the answer")
	case len(*it.Steps) == 0:
		return res, c.client.Fail(carriers.ErrNotFound, "no steps")
	}
	steps := *it.Steps
	t := parcel.Tracking{Aliases: alias(n, it)}
	inbound := n.Country() != home
	inside := make(map[scan]bool)
	for _, s := range steps {
		if ev, _, ok := c.event(s, inbound); ok && s.System == "internal" {
			inside[scan{ev.Time.Unix(), ev.Status}] = true
		}
	}
	for _, s := range steps {
		ev, known, ok := c.event(s, inbound)
		if !ok || s.System == "external" && inside[scan{ev.Time.Unix(), ev.Status}] {
			continue
		}
		if !known {
			res.Unmapped = adapter.Unmapped(res.Unmapped, unmapped(ev))
		}
		t.Events = append(t.Events, ev)
	}
	if len(t.Events) == 0 {
		return res, c.client.Changed(ans, "none of %d steps could be read", len(steps))
	}
	t.Events = adapter.Timeline(t.Events, adapter.NewestFirst)
	backwards(t.Events)
	if last := t.Events[len(t.Events)-1]; last.Status == parcel.ReadyForPickup {
		t.PickupPlace = last.Place
	}
	res.Tracking = t
	return res, nil
}

// scan is one act of the post's, which both of its systems may list: in the same
// second, in other words.
type scan struct {
	unix   int64
	status parcel.Status
}

// pick is the item of the number asked, or the only one there is: the service is
// known to answer for one number with another.
func pick(data []item, n number.Number) (item, bool) {
	for _, it := range data {
		if adapter.Same(n, string(it.Number)) {
			return it, true
		}
	}
	if len(data) == 1 {
		return data[0], true
	}
	return item{}, false
}

// alias is the number that the service answered with, where it is another one
// and whole.
func alias(n number.Number, it item) []parcel.Alias {
	other, err := number.Parse(string(it.Number))
	if err != nil || !other.S10() || other.Check() != number.CheckOK {
		return nil
	}
	return adapter.Alias(n, string(other), "number")
}

// event takes one step apart; one without a time or any word is left out.
func (c *carrier) event(s step, inbound bool) (ev parcel.Event, known, ok bool) {
	ev.Time, ok = instant(s)
	ev.ZoneKnown = true
	ev.Text, ev.Place = adapter.Text(string(s.Event)), adapter.Text(string(s.Place))
	if s.Code != 0 {
		ev.Code = strconv.FormatInt(int64(s.Code), 10)
	}
	row, known := c.status(ev.Code, ev.Text, s.atHome(), inbound)
	ev.Status = row.Status
	if s.atHome() || row.Side == adapter.SideDestination {
		ev.Country = home
	}
	for _, other := range []string{row.Meaning, ev.Code} {
		if ev.Text == "" {
			ev.Text = other
		}
	}
	return ev, known, ok && ev.Text != ""
}

// instant is the second told, or the wall clock of Minsk.
func instant(s step) (time.Time, bool) {
	if at := time.Unix(int64(s.Unix), 0).In(minsk()); s.Unix > 0 && adapter.Plausible(at) {
		return at, true
	}
	return adapter.At(string(s.Created), minsk(), time.DateTime, "2006-01-02 15:04", time.RFC3339Nano)
}

// unmapped names what the table lacks: the number, or the words where there is
// none.
func unmapped(ev parcel.Event) string {
	if ev.Code != "" {
		return ev.Code
	}
	return textx.Line(ev.Text, 50)
}
