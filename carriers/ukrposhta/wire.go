package ukrposhta

import (
	"bytes"
	"cmp"
	"encoding/json"
	"slices"
	"strings"
	"time"

	"parcelwatch/carriers"
	"parcelwatch/carriers/internal/adapter"
	"parcelwatch/internal/textx"
	"parcelwatch/parcel"
	"parcelwatch/parcel/number"
)

// envelope is what is known of the numbers asked. None says that nothing is.
type envelope struct {
	Found    histories      `json:"found"`
	NotFound *[]adapter.Lax `json:"notFound"`
	None     bool           `json:"-"`
}

// histories are the events by number.
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
	Step     adapter.Int `json:"step"` // not in the order of time
	Date     adapter.Lax `json:"date"`
	Index    adapter.Lax `json:"index"`
	Office   adapter.Lax `json:"name"`
	Code     adapter.Lax `json:"event"`
	Name     adapter.Lax `json:"eventName"`
	Country  adapter.Lax `json:"country"`
	Reason   adapter.Lax `json:"eventReason"`
	ReasonID adapter.Lax `json:"eventReason_id"`
}

// read finds the number's history and takes it apart.
func (c *carrier) read(r reply, n number.Number) carriers.Result {
	res := carriers.Result{Number: n}
	list, listed := r.history(n)
	switch {
	case r.None, !listed && r.unknown(n), listed && len(list) == 0:
		res.Err = c.client.Fail(carriers.ErrNotFound, "not registered")
	case !listed:
		res.Err = c.client.Changed(r.Answer, "the number asked is neither found nor not found")
	default:
		res.Tracking, res.Unmapped, res.Err = c.tracking(r, list, n)
	}
	return res
}

func (e envelope) history(n number.Number) ([]event, bool) {
	for number, list := range e.Found {
		if adapter.Same(n, number) {
			return list, true
		}
	}
	return nil, false
}

func (e envelope) unknown(n number.Number) bool {
	return e.NotFound != nil && slices.ContainsFunc(*e.NotFound, func(s adapter.Lax) bool { return adapter.Same(n, string(s)) })
}

func (c *carrier) tracking(r reply, list []event, n number.Number) (t parcel.Tracking, unmapped []string, err error) {
	list = slices.Clone(list)
	slices.SortStableFunc(list, func(a, b event) int { return cmp.Compare(a.Step, b.Step) })
	for _, e := range list {
		if e.Barcode != "" && !adapter.Same(n, string(e.Barcode)) {
			return parcel.Tracking{}, nil, c.client.Changed(r.Answer, "an event of the number asked names another one")
		}
		ev, known, ok := c.event(e)
		if !ok {
			continue
		}
		if !known {
			unmapped = adapter.Unmapped(unmapped, ev.Code)
		}
		t.Events = append(t.Events, ev)
	}
	if len(t.Events) == 0 {
		return parcel.Tracking{}, nil, c.client.Changed(r.Answer, "none of %d events could be read", len(list))
	}
	t.Events = adapter.Timeline(t.Events, adapter.OldestFirst)
	if last := t.Events[len(t.Events)-1]; last.Status == parcel.ReadyForPickup {
		t.PickupPlace = last.Place
	}
	return t, unmapped, nil
}

// event takes one line apart; one without a time or any word is left out.
func (c *carrier) event(e event) (ev parcel.Event, known, ok bool) {
	code, reason := textx.Line(string(e.Code), 60), textx.Line(string(e.ReasonID), 20)
	ev.Text = words(adapter.Text(string(e.Name)), adapter.Text(string(e.Reason)))
	row, known := c.status(code, reason, string(e.Name)+" "+string(e.Reason))
	ev.Code, ev.Status = code, row.Status
	if row.Sub != "*" {
		ev.Code += ":" + row.Sub
	}
	for _, other := range []string{row.Meaning, code} {
		if ev.Text == "" {
			ev.Text = other
		}
	}
	ev.Place = adapter.Text(string(e.Office))
	ev.Country = country(string(e.Country))
	if ev.Country == "" && e.Country == "" && len(e.Index) == 5 {
		ev.Country = home
	}
	ev.Time, ev.ZoneKnown, ok = c.clock(string(e.Date), e.Country != "" && ev.Country != home)
	return ev, known, ok && ev.Text != ""
}

// words are the post's own, with the reason where it adds something.
func words(name, reason string) string {
	switch {
	case name == "" || reason == "":
		return name + reason
	case strings.Contains(strings.ToLower(name), strings.ToLower(reason)):
		return name
	default:
		return name + ": " + reason
	}
}

// clock reads the wall clock of Kyiv. Of a scan abroad nobody says whose clock
// it is.
func (c *carrier) clock(s string, abroad bool) (at time.Time, zoned, ok bool) {
	if at, ok := adapter.At(s, time.UTC, time.RFC3339Nano); ok {
		return at, true, true
	}
	layouts := []string{"2006-01-02T15:04:05.999", time.DateTime, "2006-01-02T15:04", "2006-01-02"}
	if abroad {
		at, ok = adapter.At(s, time.UTC, layouts...)
		return at, false, ok
	}
	at, ok = adapter.At(s, c.kyiv, layouts...)
	return at, true, ok
}
