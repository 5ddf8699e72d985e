package kazpost

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

type history struct {
	Error   adapter.Lax        `json:"error"`
	TrackID adapter.Lax        `json:"trackid"`
	Days    *adapter.Many[day] `json:"events"` // newest first
}

type day struct {
	Date     adapter.Lax             `json:"date"`
	Activity adapter.Many[operation] `json:"activity"` // oldest first, as far as is known
}

// operation is one event.
type operation struct {
	Time    adapter.Lax `json:"time"`
	City    adapter.Lax `json:"city"`
	Office  adapter.Lax `json:"name"`
	Status  codes       `json:"status"`
	Failed  adapter.Lax `json:"nondlv_reason"`
	Back    adapter.Lax `json:"return_reason"`
	Forward adapter.Lax `json:"forward_reason"`
}

// codes are one code or several, of which the first counts.
type codes = adapter.Many[adapter.Lax]

// details are the facts of an item. Only the countries and the storage period are
// read: the states contradict each other in recorded answers, and the rest is
// about persons.
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

// addTo adds the details to the tracking of an item that waits.
func (d details) addTo(t *parcel.Tracking, last parcel.Event) {
	t.Origin, t.Destination = adapter.Country(d.Sender.Country), adapter.Country(d.Receiver.Country)
	const longest = 180
	if d.Storage > 0 && d.Storage <= longest {
		t.PickupUntil = parcel.DateOf(arrived(*t, last).AddDate(0, 0, int(d.Storage)))
	}
}

// arrived is when the wait began: the first of the last events that mean waiting.
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

// read reads the history.
func (c *carrier) read(ans adapter.Answer, days []day, n number.Number) (res carriers.Result, err error) {
	var t parcel.Tracking
	lines := 0
	for _, d := range slices.Backward(days) {
		lines += len(d.Activity)
		t.Events = append(t.Events, adapter.Events(d.Activity, func(op operation) (parcel.Event, bool) { return c.event(d, op, n) })...)
	}
	if lines == 0 {
		return res, c.Fail(carriers.ErrNotFound, "no events")
	}
	t.Events = cancel(adapter.Timeline(t.Events, false))
	return c.Result(ans, n, t, lines)
}

// event reads one operation. Operations without a time or a code are left out.
func (c *carrier) event(d day, op operation, n number.Number) (ev parcel.Event, ok bool) {
	if len(op.Status) > 0 {
		ev.Code = adapter.Line(op.Status[0], 60)
	}
	row := c.row(ev.Code)
	ev.Status, ev.Guess = row.Status, row.Guess
	ev.Text = adapter.Text(adapter.Join(": ", cmp.Or(row.Meaning, ev.Code), string(op.Failed), string(op.Back), string(op.Forward)))
	ev.Place = adapter.Join(", ", adapter.Text(op.Office), adapter.Text(op.City))
	foreign := abroad(row, n)
	if !foreign {
		ev.Country = home
	}
	ev.Time, ev.ZoneKnown, ok = clock(d.Date+" "+op.Time, foreign)
	return ev, ok && ev.Code != ""
}

// clock reads the wall clock of the place. Its zone is known for Kazakhstan since
// March 2024, when the country got a single one, and never abroad.
func clock(s adapter.Lax, foreign bool) (at time.Time, zoned, ok bool) {
	const layout, seconds = "02.01.2006 15:04", "02.01.2006 15:04:05"
	at, ok = adapter.At(s, adapter.Fixed(5*3600), layout, seconds)
	united := time.Date(2024, time.March, 1, 0, 0, 0, 0, adapter.Fixed(5*3600))
	if ok && !foreign && !at.Before(united) {
		return at, true, true
	}
	at, ok = adapter.At(s, time.UTC, layout, seconds)
	return at, false, ok
}

// home is the post's country.
const home = "KZ"

// undo is the suffix of codes that cancel the operation before it.
const undo = "_UNDO"

// row finds the row of a code. A cancelled operation is shown and moves nothing.
func (c *carrier) row(code string) adapter.Code {
	row := c.Row(code, "*")
	if base, ok := strings.CutSuffix(code, undo); ok && row.Guess {
		meaning := cmp.Or(c.Row(base, "*").Meaning, base)
		return adapter.Code{Code: code, Status: parcel.Info, Side: adapter.SideNone, Meaning: "Cancelled: " + meaning}
	}
	return row
}

// abroad reports scans of other posts. Kazpost's own codes are its own scans.
// Those of the UPU have a side, and the number tells which side is Kazakhstan. EMJ
// is in a third country.
func abroad(row adapter.Code, n number.Number) bool {
	outbound := n.Country() == home
	switch row.Side {
	case adapter.SideOrigin:
		return !outbound
	case adapter.SideDestination:
		return outbound
	case adapter.SideNone:
	}
	return row.Code == "EMJ"
}

// cancel removes the operations that a later one cancelled: for each the last
// one before it.
func cancel(events []parcel.Event) []parcel.Event {
	var kept []parcel.Event
	for _, e := range events {
		if base, ok := strings.CutSuffix(e.Code, undo); ok {
			for i, k := range slices.Backward(kept) {
				if k.Code == base {
					kept = slices.Delete(kept, i, i+1)
					break
				}
			}
		}
		kept = append(kept, e)
	}
	return kept
}
