package upu

import (
	"cmp"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"parcelwatch/carriers"
	"parcelwatch/carriers/internal/adapter"
	"parcelwatch/parcel"
	"parcelwatch/parcel/number"
)

// item is the answer for one number. The signatory is not read.
type item struct {
	ID          adapter.Lax          `json:"ID"`
	Origin      adapter.Lax          `json:"OriginCountryCd"`
	Destination adapter.Lax          `json:"DestinationCountryCd"`
	Events      *adapter.Many[event] `json:"Events"`
}

type event struct {
	Code     adapter.Lax `json:"EventCd"`
	Name     adapter.Lax `json:"EventNm"`
	Time     adapter.Lax `json:"EventDT"`
	Location adapter.Lax `json:"EventLocation"`
}

// read finds the number's item and reads it. A number whose item holds nothing
// but a forecast is known and has no events.
func (c *carrier) read(ans adapter.Answer, items []item, n number.Number) (res carriers.Result, err error) {
	i := slices.IndexFunc(items, func(it item) bool { return adapter.Same(n, it.ID) })
	if i < 0 {
		return res, c.Changed(ans, "the answer is of another number")
	}
	it := items[i]
	if it.Events == nil {
		return res, c.Changed(ans, "no Events in the answer")
	}
	t := parcel.Tracking{Origin: adapter.Country(it.Origin), Destination: adapter.Country(it.Destination)}
	t.Events = adapter.Events(*it.Events, func(e event) (parcel.Event, bool) {
		at, ok := wallClock(string(e.Time))
		row := c.row(string(e.Code))
		ev := parcel.Event{
			Time: at, Status: row.Status, Guess: row.Guess, Country: row.Country(t.Origin, t.Destination),
			Place: adapter.Text(e.Location), Code: adapter.Line(e.Code, 60),
		}
		ev.Text = cmp.Or(adapter.Text(e.Name), row.Meaning, ev.Code)
		return ev, (ok || ev.Status == adapter.Ignored) && ev.Text != ""
	})
	return c.Result(ans, n, t, len(*it.Events))
}

var dateForm = regexp.MustCompile(`^/Date\((-?\d{1,15})([+-]\d{4})?\)/$`)

// wallClock reads both forms of a time: /Date(ms+hhmm)/ and ISO 8601. The offset
// is that of the server; without it, the wall clock of a place remains, whose zone
// is not known.
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

// row finds the row of an event code. Posts have codes of their own besides those
// of the UPU.
func (c *carrier) row(code string) adapter.Code { return c.Row(strings.ToUpper(code), "*") }
