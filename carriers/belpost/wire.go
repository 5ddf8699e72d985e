package belpost

import (
	"cmp"
	"encoding/json"
	"regexp"
	"strconv"
	"time"

	"parcelwatch/carriers"
	"parcelwatch/carriers/internal/adapter"
	"parcelwatch/parcel"
	"parcelwatch/parcel/number"
)

type question struct {
	Number string `json:"number"`
}

type envelope struct {
	Data    *adapter.Many[item] `json:"data"`
	Message adapter.Lax         `json:"message"`
	Errors  json.RawMessage     `json:"errors"`
}

// badNumber reports whether the service refuses the form of the number.
func (e envelope) badNumber() bool {
	var fields map[string]json.RawMessage
	return json.Unmarshal(e.Errors, &fields) == nil && fields["number"] != nil
}

// item is the answer for one number.
type item struct {
	Number adapter.Lax         `json:"number"`
	Steps  *adapter.Many[step] `json:"steps"`
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

// read finds the number's item and reads its steps.
func (c *carrier) read(ans adapter.Answer, data []item, n number.Number) (res carriers.Result, err error) {
	it, ok := pick(data, n)
	switch {
	case !ok:
		return res, c.Changed(ans, "the answer is of other numbers")
	case it.Steps == nil:
		return res, c.Changed(ans, "no steps in the answer")
	case len(*it.Steps) == 0:
		return res, c.Fail(carriers.ErrNotFound, "no steps")
	}
	event := func(s step) (parcel.Event, bool) { return c.event(s, n.Country() != home) }
	inside := make(map[scan]bool)
	for _, s := range *it.Steps {
		if ev, ok := event(s); ok && s.System == "internal" {
			inside[scan{ev.Time.Unix(), ev.Status}] = true
		}
	}
	t := parcel.Tracking{Aliases: alias(n, it)}
	t.Events = adapter.Events(*it.Steps, func(s step) (parcel.Event, bool) {
		ev, ok := event(s)
		return ev, ok && (s.System != "external" || !inside[scan{ev.Time.Unix(), ev.Status}])
	})
	if res, err = c.Result(ans, n, t, len(*it.Steps)); err == nil {
		backwards(res.Tracking.Events)
	}
	return res, err
}

// scan identifies one scan. Both systems may list it, with the same time and in
// different words.
type scan struct {
	unix   int64
	status parcel.Status
}

// pick returns the item of the number asked for, or the only one: the service may
// answer with another number of the same parcel.
func pick(data []item, n number.Number) (item, bool) {
	for _, it := range data {
		if adapter.Same(n, it.Number) {
			return it, true
		}
	}
	if len(data) == 1 {
		return data[0], true
	}
	return item{}, false
}

// alias is the number of the answer, if it is another one with a right check
// digit.
func alias(n number.Number, it item) []parcel.Alias {
	other, err := number.Parse(string(it.Number))
	if err != nil || !other.S10() || other.Check() != number.CheckOK {
		return nil
	}
	return adapter.Alias(n, other, "number")
}

// event reads one step. Steps without a time or any word are left out.
func (c *carrier) event(s step, inbound bool) (ev parcel.Event, ok bool) {
	ev.Time, ok = c.instant(s)
	ev.ZoneKnown = true
	if s.Code != 0 {
		ev.Code = strconv.FormatInt(int64(s.Code), 10)
	}
	text := adapter.Text(s.Event)
	row := c.row(ev.Code, text, s.atHome(), inbound)
	ev.Status, ev.Guess = row.Status, row.Guess
	ev.Text, ev.Place = cmp.Or(text, row.Meaning, ev.Code), adapter.Text(s.Place)
	if s.atHome() || row.Side == adapter.SideDestination {
		ev.Country = home
	}
	return ev, ok && ev.Text != ""
}

// instant is the time in seconds, or else the wall clock of Minsk.
func (c *carrier) instant(s step) (time.Time, bool) {
	if at := adapter.In(time.Unix(int64(s.Unix), 0), c.Zone); s.Unix > 0 && adapter.Plausible(at) {
		return at, true
	}
	return adapter.At(s.Created, c.Zone, time.DateTime, "2006-01-02 15:04", time.RFC3339Nano)
}

// home is the post's country.
const home = "BY"

// byText is the code of rows that are found by the first words of a text.
const byText = "text"

// exchange are the words of a scan at "an office of international exchange". The
// place of the scan tells on which side of the border that is.
const exchange = "Принято в обработку в учреждении международного почтового обмена"

// row finds the row of a step. Its words decide where its number means little:
// "arrived at a warehouse or an office", or 21, which is both the handover to an
// addressee and a courier's round.
func (c *carrier) row(code, text string, atHome, inbound bool) adapter.Code {
	row := c.Row(code, "*")
	if words, ok := c.Begins(byText, text); row.Guess || ok && (row.Status == parcel.InTransit || code == "21") {
		if !ok {
			return row
		}
		row = words
	}
	if row.Sub == exchange {
		switch {
		case !atHome:
			row.Status = parcel.Export
		case inbound:
			row.Status = parcel.Import
		}
	}
	return row
}

var homeTown = regexp.MustCompile(`(?i)^(\d{6} )?(minsk|gomel|homel|brest|grodno|hrodna|vitebsk|mogilev|mahilyow|минск|гомель|брест|гродно|витебск|могил[её]в)`)

// atHome reports whether a step was made in Belarus. The "internal" system holds
// the post's own scans, the other one the scans of all posts.
func (s step) atHome() bool {
	return s.System == "internal" || homeTown.MatchString(string(s.Place))
}

// backwards corrects what follows a return: handed over then, the item is with
// its sender.
func backwards(events []parcel.Event) {
	returning := false
	for i, e := range events {
		returning = returning || e.Status == parcel.Returning
		if returning && e.Status == parcel.Delivered {
			events[i].Status = parcel.Returned
		}
	}
}
