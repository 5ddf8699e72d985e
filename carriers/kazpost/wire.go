package kazpost

import (
	"bytes"
	"encoding/json"
	"slices"
	"time"

	"parcelwatch/carriers"
	"parcelwatch/carriers/internal/adapter"
	"parcelwatch/internal/textx"
	"parcelwatch/parcel"
	"parcelwatch/parcel/number"
)

type history struct {
	Error   adapter.Lax `json:"error"`
	TrackID adapter.Lax `json:"trackid"`
	Days    *[]day      `json:"events"` // newest first
}

type day struct {
	Date     adapter.Lax `json:"date"`
	Activity []operation `json:"activity"` // oldest first, as far as is known
}

// operation is one event.
type operation struct {
	Time    adapter.Lax `json:"time"`
	City    adapter.Lax `json:"city"`
	Office  adapter.Lax `json:"name"`
	Status  first       `json:"status"`
	Failed  adapter.Lax `json:"nondlv_reason"`
	Back    adapter.Lax `json:"return_reason"`
	Forward adapter.Lax `json:"forward_reason"`
}

// first is the first text of a list, or a text alone.
type first string

// UnmarshalJSON reads both.
func (f *first) UnmarshalJSON(b []byte) error {
	var list []adapter.Lax
	if !bytes.HasPrefix(bytes.TrimSpace(b), []byte("[")) {
		list = make([]adapter.Lax, 1)
		if err := json.Unmarshal(b, &list[0]); err != nil {
			return err
		}
	} else if err := json.Unmarshal(b, &list); err != nil {
		return err
	}
	*f = ""
	if len(list) > 0 {
		*f = first(list[0])
	}
	return nil
}

// details are what is told of an item at large. Only codes of countries and the
// time of storage are read; its states contradict each other in the recorded
// answers, and the rest are persons.
type details struct {
	Error    adapter.Lax `json:"error"`
	TrackID  adapter.Lax `json:"trackid"`
	Storage  adapter.Int `json:"storage_period"` // days
	Sender   party       `json:"sender"`
	Receiver party       `json:"receiver"`
}

type party struct {
	Country adapter.Lax `json:"country"`
}

// addTo completes the tracking of an item that waits.
func (d details) addTo(t *parcel.Tracking) {
	t.Origin, t.Destination = adapter.Country(string(d.Sender.Country)), adapter.Country(string(d.Receiver.Country))
	const longest = 180
	if last, ok := lastWord(*t); ok && d.Storage > 0 && d.Storage <= longest {
		t.PickupUntil = parcel.DateOf(arrived(*t, last).AddDate(0, 0, int(d.Storage)))
	}
}

// arrived is when the wait began: the first of the last events that say so.
func arrived(t parcel.Tracking, last parcel.Event) time.Time {
	at := last.Time
	for _, e := range slices.Backward(t.Events) {
		switch e.Status {
		case parcel.ReadyForPickup:
			at = e.Time
		case parcel.Info:
		default:
			return at
		}
	}
	return at
}

// read takes the history apart.
func (c *carrier) read(ans adapter.Answer, days []day, n number.Number) (carriers.Result, error) {
	res := carriers.Result{Number: n}
	var events []parcel.Event
	lines := 0
	for _, d := range slices.Backward(days) {
		for _, op := range d.Activity {
			lines++
			ev, known, ok := c.event(d, op, n)
			if !ok {
				continue
			}
			if !known {
				res.Unmapped = adapter.Unmapped(res.Unmapped, ev.Code)
			}
			events = append(events, ev)
		}
	}
	switch {
	case lines == 0:
		return res, c.client.Fail(carriers.ErrNotFound, "no events")
	case len(events) == 0:
		return res, c.client.Changed(ans, "none of %d events could be read", lines)
	}
	t := parcel.Tracking{Events: cancel(adapter.Timeline(events, adapter.OldestFirst))}
	if last, ok := lastWord(t); ok && last.Status == parcel.ReadyForPickup {
		t.PickupPlace = last.Place
	}
	res.Tracking = t
	return res, nil
}

// event takes one operation apart; one without a time or a code is left out.
func (c *carrier) event(d day, op operation, n number.Number) (ev parcel.Event, known, ok bool) {
	ev.Code = textx.Line(string(op.Status), 60)
	row, known := c.row(ev.Code)
	ev.Status, ev.Text = row.Status, row.Meaning
	for _, why := range []adapter.Lax{op.Failed, op.Back, op.Forward} {
		if words := adapter.Text(string(why)); words != "" {
			ev.Text += ": " + words
		}
	}
	ev.Text = adapter.Text(ev.Text)
	ev.Place = place(adapter.Text(string(op.Office)), adapter.Text(string(op.City)))
	foreign := abroad(row, n)
	if !foreign {
		ev.Country = home
	}
	ev.Time, ev.ZoneKnown, ok = clock(string(d.Date)+" "+string(op.Time), foreign)
	return ev, known, ok && ev.Code != ""
}

// place is an office and its address.
func place(office, city string) string {
	if office == "" || city == "" {
		return office + city
	}
	return office + ", " + city
}

// clock reads the wall clock of the place. The whole country has one zone since
// March 2024; before, an event does not say in which of the two it was, and of
// one abroad it never does.
func clock(s string, foreign bool) (at time.Time, zoned, ok bool) {
	const layout, seconds = "02.01.2006 15:04", "02.01.2006 15:04:05"
	at, ok = adapter.At(s, adapter.Fixed(5*3600), layout, seconds)
	united := time.Date(2024, time.March, 1, 0, 0, 0, 0, adapter.Fixed(5*3600))
	if ok && !foreign && !at.Before(united) {
		return at, true, true
	}
	at, ok = adapter.At(s, time.UTC, layout, seconds)
	return at, false, ok
}
