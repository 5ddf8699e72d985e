package fourpx

import (
	"strings"
	"time"

	"parcelwatch/carriers"
	"parcelwatch/carriers/internal/adapter"
	"parcelwatch/internal/textx"
	"parcelwatch/parcel"
	"parcelwatch/parcel/number"
)

type question struct {
	Codes     []string `json:"queryCodes"`
	Language  string   `json:"language"`
	Translate string   `json:"translateLanguage"`
}

type envelope struct {
	Result  adapter.Lax `json:"result"`
	Message adapter.Lax `json:"message"`
	Data    *[]item     `json:"data"`
}

// item is what is told of one number.
type item struct {
	Query   adapter.Lax `json:"queryCode"`
	Server  adapter.Lax `json:"serverCode"`
	Channel adapter.Lax `json:"channelTrackCode"`
	Start   adapter.Lax `json:"ctStartCode"`
	End     adapter.Lax `json:"ctEndCode"`
	Status  adapter.Lax `json:"status"`
	Tracks  []track     `json:"tracks"` // newest first
}

// unknown is the status of a number that was never heard of, or is none.
const unknown = "7"

// track is one event. The picture of the signature is not read.
type track struct {
	Code       adapter.Lax `json:"tkCode"`
	Desc       adapter.Lax `json:"tkDesc"`
	Translated adapter.Lax `json:"tkTranslatedDesc"`
	Location   adapter.Lax `json:"tkLocation"`
	Zone       adapter.Lax `json:"tkTimezone"`
	Date       adapter.Lax `json:"tkDate"`
	DateStr    adapter.Lax `json:"tkDateStr"`
}

// read takes an item apart.
func (c *carrier) read(ans adapter.Answer, it item, n number.Number) (carriers.Result, error) {
	res := carriers.Result{Number: n}
	t := parcel.Tracking{
		Origin: adapter.Country(string(it.Start)), Destination: adapter.Country(string(it.End)),
		Aliases: adapter.Alias(n, string(it.Channel), "channelTrackCode"),
	}
	if len(it.Tracks) == 0 {
		switch {
		case it.Status == unknown, it.Status != "" && len(t.Aliases) == 0:
			return res, c.client.Fail(carriers.ErrNotFound, "no tracks, status %s", it.Status)
		case it.Status == "":
			return res, c.client.Changed(ans, "neither status nor tracks in the item")
		}
		res.Tracking = t
		return res, nil
	}
	for _, k := range it.Tracks {
		row, known := c.row(strings.TrimSpace(string(k.Code)))
		ev, ok := event(k, row)
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
	if len(t.Events) == 0 {
		return res, c.client.Changed(ans, "none of %d tracks could be read", len(it.Tracks))
	}
	t.Events = adapter.Timeline(t.Events, adapter.NewestFirst)
	if last := t.Events[len(t.Events)-1]; last.Status == parcel.ReadyForPickup {
		t.PickupPlace = last.Place
	}
	res.Tracking = t
	return res, nil
}

// event takes one track apart; one without a time or any word is left out.
func event(k track, row adapter.Code) (parcel.Event, bool) {
	at, zoned, ok := moment(k)
	ev := parcel.Event{
		Time: at, ZoneKnown: zoned, Status: row.Status, Place: adapter.Text(string(k.Location)),
		Text: adapter.Text(string(k.Desc)), Code: textx.Line(string(k.Code), 60),
	}
	for _, other := range []string{adapter.Text(string(k.Translated)), row.Meaning, ev.Code} {
		if ev.Text == "" {
			ev.Text = other
		}
	}
	return ev, ok && ev.Text != ""
}

// moment is the wall clock with its zone; where one of them is missing the
// instant beside them, and at last the wall clock alone.
func moment(k track) (at time.Time, zoned, ok bool) {
	walls := []string{time.DateTime, "2006-01-02 15:04", "2006-01-02T15:04:05"}
	zone, known := adapter.Zone(string(k.Zone))
	if known {
		if at, ok := adapter.At(string(k.DateStr), zone, walls...); ok {
			return at, true, true
		}
	}
	if at, ok := adapter.At(string(k.Date), time.UTC, "2006-01-02T15:04:05.999Z0700", time.RFC3339Nano); ok {
		if known {
			at = at.In(zone)
		}
		return at, true, true
	}
	at, ok = adapter.At(string(k.DateStr), time.UTC, walls...)
	return at, false, ok
}
