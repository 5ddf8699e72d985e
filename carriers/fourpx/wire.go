package fourpx

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
	Codes     []string `json:"queryCodes"`
	Language  string   `json:"language"`
	Translate string   `json:"translateLanguage"`
}

type envelope struct {
	Result  adapter.Lax         `json:"result"`
	Message adapter.Lax         `json:"message"`
	Data    *adapter.Many[item] `json:"data"`
}

// item is the answer for one number.
type item struct {
	Query   adapter.Lax         `json:"queryCode"`
	Server  adapter.Lax         `json:"serverCode"`
	Channel adapter.Lax         `json:"channelTrackCode"`
	Start   adapter.Lax         `json:"ctStartCode"`
	End     adapter.Lax         `json:"ctEndCode"`
	Status  adapter.Lax         `json:"status"`
	Tracks  adapter.Many[track] `json:"tracks"` // newest first
}

// unknown is the status of a number that the service does not know.
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

// read reads an item.
func (c *carrier) read(ans adapter.Answer, it item, n number.Number) (res carriers.Result, err error) {
	t := parcel.Tracking{
		Origin: adapter.Country(it.Start), Destination: adapter.Country(it.End),
		Aliases: adapter.Alias(n, it.Channel, "channelTrackCode"),
	}
	if len(it.Tracks) == 0 {
		switch {
		case it.Status == unknown, it.Status != "" && len(t.Aliases) == 0:
			return res, c.Fail(carriers.ErrNotFound, "no tracks, status %s", it.Status)
		case it.Status == "":
			return res, c.Changed(ans, "neither status nor tracks in the item")
		}
	}
	t.Events = adapter.Events(it.Tracks, func(k track) (parcel.Event, bool) {
		at, zoned, ok := moment(k)
		row := c.row(string(k.Code))
		ev := parcel.Event{
			Time: at, ZoneKnown: zoned, Status: row.Status, Guess: row.Guess, Country: row.Country(t.Origin, t.Destination),
			Place: adapter.Text(k.Location), Code: adapter.Line(k.Code, 60),
		}
		ev.Text = cmp.Or(adapter.Text(k.Desc), adapter.Text(k.Translated), row.Meaning, ev.Code)
		return ev, ok && ev.Text != ""
	})
	return c.Result(ans, n, t, len(it.Tracks))
}

// moment is the wall clock with its zone; if one of them is missing, the instant
// beside them, or else the wall clock alone.
func moment(k track) (at time.Time, zoned, ok bool) {
	walls := []string{time.DateTime, "2006-01-02 15:04", "2006-01-02T15:04:05"}
	zone, known := adapter.Zone(k.Zone)
	if known {
		if at, ok := adapter.At(k.DateStr, zone, walls...); ok {
			return at, true, true
		}
	}
	if at, ok := adapter.At(k.Date, time.UTC, "2006-01-02T15:04:05.999Z0700", time.RFC3339Nano); ok {
		if known {
			at = at.In(zone)
		}
		return at, true, true
	}
	at, ok = adapter.At(k.DateStr, time.UTC, walls...)
	return at, false, ok
}

// row finds the row of a code. The part after FPX_ is the stage: all codes of a
// delivery, and all of import customs, mean the same.
func (c *carrier) row(code string) adapter.Code {
	code = strings.ToUpper(code)
	row := c.Row(code, "*")
	switch {
	case !row.Guess:
		return row
	case strings.HasPrefix(code, "FPX_S_OK"):
		return adapter.Code{Status: parcel.Delivered, Side: adapter.SideDestination, Meaning: "Delivered"}
	case strings.HasPrefix(code, "FPX_I_"):
		return adapter.Code{Status: parcel.Customs, Side: adapter.SideDestination, Meaning: "At customs"}
	default:
		return row
	}
}
