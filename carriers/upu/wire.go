package upu

import (
	"regexp"
	"strconv"
	"strings"
	"time"

	"parcelwatch/carriers"
	"parcelwatch/carriers/internal/adapter"
	"parcelwatch/internal/textx"
	"parcelwatch/parcel"
	"parcelwatch/parcel/number"
)

// item is what is told of one number. The name of who signed is not read.
type item struct {
	ID          adapter.Lax `json:"ID"`
	Origin      adapter.Lax `json:"OriginCountryCd"`
	Destination adapter.Lax `json:"DestinationCountryCd"`
	Events      *[]event    `json:"Events"`
}

type event struct {
	Code     adapter.Lax `json:"EventCd"`
	Name     adapter.Lax `json:"EventNm"`
	Time     adapter.Lax `json:"EventDT"`
	Location adapter.Lax `json:"EventLocation"`
}

// read finds the number's item and takes it apart. An item with nothing but a
// forecast is known and has no events.
func (c *carrier) read(ans adapter.Answer, items []item, n number.Number) (carriers.Result, error) {
	res := carriers.Result{Number: n}
	at := 0
	for at < len(items) && !adapter.Same(n, string(items[at].ID)) {
		at++
	}
	if at == len(items) {
		return res, c.client.Changed(ans, "the answer is of another number")
	}
	it := items[at]
	if it.Events == nil {
		return res, c.client.Changed(ans, "no Events in the answer")
	}
	t := parcel.Tracking{Origin: adapter.Country(string(it.Origin)), Destination: adapter.Country(string(it.Destination))}
	forecasts := 0
	for _, e := range *it.Events {
		row, known := c.row(string(e.Code))
		if row.Status == adapter.Ignored {
			forecasts++
			continue
		}
		ev, ok := timelineEvent(e, row)
		if !ok {
			continue
		}
		if !known {
			res.Unmapped = adapter.Unmapped(res.Unmapped, ev.Code)
		}
		switch row.Side {
		case adapter.SideOrigin:
			ev.Country = t.Origin
		case adapter.SideDestination:
			ev.Country = t.Destination
		case adapter.SideNone:
		}
		t.Events = append(t.Events, ev)
	}
	if len(t.Events) == 0 && len(*it.Events) > forecasts {
		return res, c.client.Changed(ans, "none of %d events could be read", len(*it.Events))
	}
	t.Events = adapter.Timeline(t.Events, adapter.OldestFirst)
	res.Tracking = t
	return res, nil
}

func timelineEvent(e event, row adapter.Code) (parcel.Event, bool) {
	at, ok := wallClock(string(e.Time))
	code := textx.Line(string(e.Code), 60)
	text := adapter.Text(string(e.Name))
	for _, other := range []string{row.Meaning, code} {
		if text == "" {
			text = other
		}
	}
	return parcel.Event{
		Time: at, Status: row.Status, Place: adapter.Text(string(e.Location)), Text: text, Code: code,
	}, ok && text != ""
}

var dateForm = regexp.MustCompile(`^/Date\((-?\d{1,15})([+-]\d{4})?\)/$`)

// wallClock reads both forms of a time: /Date(ms+hhmm)/ and ISO. The offset is
// the server's, so that what is left is the clock at a place whose zone is not
// known.
func wallClock(s string) (time.Time, bool) {
	m := dateForm.FindStringSubmatch(s)
	if m == nil {
		s = strings.TrimSuffix(s, "Z")
		if i := strings.LastIndexAny(s, "+-"); i > len("2006-01-02T") {
			s = s[:i]
		}
		return adapter.At(s, time.UTC, "2006-01-02T15:04:05.999", "2006-01-02T15:04", time.DateTime)
	}
	ms, err := strconv.ParseInt(m[1], 10, 64)
	if err != nil {
		return time.Time{}, false
	}
	at := time.UnixMilli(ms).UTC()
	if zone, ok := adapter.Zone(m[2]); ok {
		_, seconds := at.In(zone).Zone()
		at = at.Add(time.Duration(seconds) * time.Second)
	}
	return at, adapter.Plausible(at)
}
