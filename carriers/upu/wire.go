package upu

import (
	"regexp"
	"strconv"
	"strings"
	"time"

	"parcelwatch/carriers"
	"parcelwatch/carriers/internal/wire"
	"parcelwatch/parcel"
)

// item is what is told of one number. The name of who signed is not read.
type item struct {
	ID          wire.Lax `json:"ID"`
	Origin      wire.Lax `json:"OriginCountryCd"`
	Destination wire.Lax `json:"DestinationCountryCd"`
	Events      *[]event `json:"Events"`
}

type event struct {
	Code     wire.Lax `json:"EventCd"`
	Name     wire.Lax `json:"EventNm"`
	Time     wire.Lax `json:"EventDT"`
	Location wire.Lax `json:"EventLocation"`
}

// read finds the number's item and takes it apart. An item with nothing but a
// forecast is known and has no events.
func (c *carrier) read(ans wire.Answer, items []item, n parcel.Number) (carriers.Result, error) {
	res := carriers.Result{Number: n}
	at := 0
	for at < len(items) && !wire.Same(n, string(items[at].ID)) {
		at++
	}
	if at == len(items) {
		return res, c.client.Changed(ans, "the answer is of another number")
	}
	it := items[at]
	if it.Events == nil {
		return res, c.client.Changed(ans, "no Events in the answer")
	}
	t := parcel.Tracking{Origin: wire.Country(string(it.Origin)), Destination: wire.Country(string(it.Destination))}
	forecasts := 0
	for _, e := range *it.Events {
		row, known := c.row(string(e.Code))
		if row.Status == wire.Ignored {
			forecasts++
			continue
		}
		ev, ok := timelineEvent(e, row)
		if !ok {
			continue
		}
		if !known {
			res.Unmapped = wire.Unmapped(res.Unmapped, ev.Code)
		}
		switch row.Side {
		case wire.SideOrigin:
			ev.Country = t.Origin
		case wire.SideDestination:
			ev.Country = t.Destination
		case wire.SideNone:
		}
		t.Events = append(t.Events, ev)
	}
	if len(t.Events) == 0 && len(*it.Events) > forecasts {
		return res, c.client.Changed(ans, "none of %d events could be read", len(*it.Events))
	}
	t.Events = wire.Timeline(t.Events, wire.OldestFirst)
	res.Tracking = t
	return res, nil
}

func timelineEvent(e event, row wire.Code) (parcel.Event, bool) {
	at, ok := wallClock(string(e.Time))
	code := wire.Line(string(e.Code), 60)
	text := wire.Text(string(e.Name))
	for _, other := range []string{row.Meaning, code} {
		if text == "" {
			text = other
		}
	}
	return parcel.Event{
		Time: at, Status: row.Status, Place: wire.Text(string(e.Location)), Text: text, Code: code,
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
		return wire.At(s, time.UTC, "2006-01-02T15:04:05.999", "2006-01-02T15:04", time.DateTime)
	}
	ms, err := strconv.ParseInt(m[1], 10, 64)
	if err != nil {
		return time.Time{}, false
	}
	at := time.UnixMilli(ms).UTC()
	if zone, ok := wire.Zone(m[2]); ok {
		_, seconds := at.In(zone).Zone()
		at = at.Add(time.Duration(seconds) * time.Second)
	}
	return at, wire.Plausible(at)
}
