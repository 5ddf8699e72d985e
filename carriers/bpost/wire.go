package bpost

import (
	"cmp"
	"encoding/json"
	"slices"
	"strings"

	"parcelwatch/carriers"
	"parcelwatch/carriers/internal/adapter"
	"parcelwatch/parcel"
	"parcelwatch/parcel/number"
)

type envelope struct {
	Items *adapter.Many[item] `json:"items"`
	Error json.RawMessage     `json:"error"`
}

// item is one parcel. Sender and receiver are not read.
type item struct {
	Number adapter.Lax `json:"itemCode"`
	Step   struct {
		Name  adapter.Lax `json:"name"`
		Known adapter.Lax `json:"knownProcessStep"`
	} `json:"activeStep"`
	Point struct {
		Name adapter.Lax `json:"name"`
	} `json:"deliveryPoint"`
	Expected struct {
		From adapter.Lax `json:"time1"`
		To   adapter.Lax `json:"time2"`
	} `json:"expectedDeliveryTimeRange"`
	Events *adapter.Many[event] `json:"events"`
}

// event is one scan. The list is newest first.
type event struct {
	Date  adapter.Lax `json:"date"`
	Time  adapter.Lax `json:"time"`
	Words struct {
		EN struct {
			Text adapter.Lax `json:"description"`
		} `json:"EN"`
	} `json:"key"`
}

// read finds the number's item and reads it. The step of the item is the status of
// its newest event.
func (c *carrier) read(ans adapter.Answer, items []item, n number.Number) (res carriers.Result, err error) {
	i := slices.IndexFunc(items, func(it item) bool { return adapter.Same(n, it.Number) })
	if i < 0 {
		return res, c.Changed(ans, "the answer is of another number")
	}
	it := items[i]
	step := strings.ToUpper(adapter.Line(cmp.Or(it.Step.Known, it.Step.Name), 60))
	switch {
	case it.Events == nil:
		return res, c.Changed(ans, "no events in the answer")
	case len(*it.Events) == 0:
		return res, c.Fail(carriers.ErrNotFound, "no events")
	case step == "":
		return res, c.Changed(ans, "no activeStep in the answer")
	}
	row := c.row(step)
	t := parcel.Tracking{
		Destination: home, PickupPlace: adapter.Text(it.Point.Name), Events: adapter.Timeline(adapter.Events(*it.Events, c.event), true),
	}
	if last := len(t.Events) - 1; last >= 0 {
		t.Events[last].Status, t.Events[last].Guess, t.Events[last].Code = row.Status, row.Guess, step
	}
	if row.Status != parcel.Delivered {
		t.ETA = cmp.Or(c.day(it.Expected.To), c.day(it.Expected.From))
	}
	slices.Reverse(t.Events)
	if res, err = c.Result(ans, n, t, len(*it.Events)); err == nil {
		res.Unmapped = nil // words without a code are usual
		if row.Guess {
			res.Unmapped = []string{step}
		}
	}
	return res, err
}

// event reads one scan, a movement as far as its words tell. A scan without a time
// of day is of that day.
func (c *carrier) event(e event) (ev parcel.Event, ok bool) {
	ev.Time, ok = adapter.At(strings.TrimSpace(string(e.Date+" "+e.Time)), c.Zone, "2006-01-02 15:04", "2006-01-02 15:04:05", "2006-01-02")
	ev.ZoneKnown, ev.Status, ev.Guess = true, parcel.InTransit, true
	ev.Text = adapter.Text(e.Words.EN.Text)
	return ev, ok && ev.Text != ""
}

func (c *carrier) day(s adapter.Lax) parcel.Date {
	at, _, ok := adapter.Moment(s, c.Zone, "2006-01-02T15:04:05", "2006-01-02T15:04", "2006-01-02")
	if !ok {
		return ""
	}
	return parcel.DateOf(adapter.In(at, c.Zone))
}

// row finds the row of a step, or else of the longest beginning that the table
// holds: steps end in the kind of place or of courier.
func (c *carrier) row(step string) adapter.Code {
	for part := step; part != ""; {
		if row, ok := c.Find(part, "*"); ok {
			return row
		}
		cut := strings.LastIndexByte(part, '_')
		part = part[:max(cut, 0)]
	}
	return adapter.Unknown()
}

// home is the post's country.
const home = "BE"
