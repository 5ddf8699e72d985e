package seventeentrack

import (
	"encoding/json"
	"strings"
	"time"

	"parcelwatch/carriers"
	"parcelwatch/carriers/internal/adapter"
	"parcelwatch/internal/textx"
	"parcelwatch/parcel"
	"parcelwatch/parcel/number"
)

type envelope struct {
	Code adapter.Lax `json:"code"`
	Data *data       `json:"data"`
}

type data struct {
	Accepted []json.RawMessage `json:"accepted"`
	Rejected []rejected        `json:"rejected"`
	Errors   []failure         `json:"errors"`
	Total    *adapter.Int      `json:"quota_total"`
	Remain   *adapter.Int      `json:"quota_remain"`
}

type rejected struct {
	Number adapter.Lax `json:"number"`
	Error  failure     `json:"error"`
}

type failure struct {
	Code    adapter.Lax `json:"code"`
	Message adapter.Lax `json:"message"`
}

// entry is what is told of one number. Of addresses only the country is read.
type entry struct {
	Number adapter.Lax `json:"number"`
	Info   *struct {
		Shipping struct {
			From address `json:"shipper_address"`
			To   address `json:"recipient_address"`
		} `json:"shipping_info"`
		Status struct {
			Main adapter.Lax `json:"status"`
			Sub  adapter.Lax `json:"sub_status"`
		} `json:"latest_status"`
		Latest *event `json:"latest_event"`
		Times  struct {
			ETA struct {
				From adapter.Lax `json:"from"`
				To   adapter.Lax `json:"to"`
			} `json:"estimated_delivery_date"`
		} `json:"time_metrics"`
		Misc struct {
			LocalNumber adapter.Lax `json:"local_number"`
		} `json:"misc_info"`
		Tracking *struct {
			Providers []struct {
				Events []event `json:"events"`
			} `json:"providers"`
		} `json:"tracking"`
	} `json:"track_info"`
}

type address struct {
	Country adapter.Lax `json:"country"`
}

// event is one scan as one of the carriers tells it. Lists are newest first.
type event struct {
	ISO adapter.Lax `json:"time_iso"`
	UTC adapter.Lax `json:"time_utc"`
	Raw struct {
		Date adapter.Lax `json:"date"`
		Time adapter.Lax `json:"time"`
		Zone adapter.Lax `json:"timezone"`
	} `json:"time_raw"`
	Text       adapter.Lax `json:"description"`
	Translated struct {
		Text adapter.Lax `json:"description"`
	} `json:"description_translation"`
	Location adapter.Lax `json:"location"`
	Stage    adapter.Lax `json:"stage"`
	Sub      adapter.Lax `json:"sub_status"`
	Address  address     `json:"address"`
}

// readEntry takes one entry apart; where its form is odd, its number alone.
func readEntry(raw json.RawMessage) (entry, error) {
	var e entry
	err := json.Unmarshal(raw, &e)
	if err != nil {
		var head struct {
			Number adapter.Lax `json:"number"`
		}
		_ = json.Unmarshal(raw, &head)
		e = entry{Number: head.Number}
	}
	return e, err
}

// read finds the result of each number. The second result lists those that were
// never registered.
func (c *carrier) read(answer reply, numbers []number.Number) (results []carriers.Result, unregistered []int) {
	for i, n := range numbers {
		res, found := c.accepted(answer, n)
		for _, r := range answer.Rejected {
			if found || !adapter.Same(n, string(r.Number)) {
				continue
			}
			found = true
			res.Err = c.rejection(answer.Answer, r.Error)
			if r.Error.Code == notRegistered {
				unregistered = append(unregistered, i)
			}
		}
		if !found {
			res.Err = c.client.Changed(answer.Answer, "no entry for the number asked")
		}
		res.Number = n
		results = append(results, res)
	}
	return results, unregistered
}

// accepted is what is told of a number. It may be registered for several
// carriers; the entry with most to tell counts.
func (c *carrier) accepted(answer reply, n number.Number) (best carriers.Result, found bool) {
	for _, raw := range answer.Accepted {
		e, err := readEntry(raw)
		if !adapter.Same(n, string(e.Number)) {
			continue
		}
		var res carriers.Result
		if err != nil {
			res.Err = c.client.Changed(answer.Answer, "entry of another form: %v", err)
		} else {
			res = c.tracking(answer, n, e)
		}
		if !found || len(res.Tracking.Events) > len(best.Tracking.Events) {
			best, found = res, true
		}
	}
	return best, found
}

func (c *carrier) tracking(answer reply, n number.Number, e entry) (res carriers.Result) {
	if e.Info == nil {
		res.Err = c.client.Changed(answer.Answer, "no track_info in the entry")
		return res
	}
	if main := string(e.Info.Status.Main); main == "NotFound" {
		why := "its carriers know nothing of it"
		if e.Info.Status.Sub == "NotFound_InvalidCode" {
			why = "the number does not fit its carrier"
		}
		res.Err = c.client.Fail(carriers.ErrNotFound, "%s", why)
		return res
	} else if main == "" || e.Info.Tracking == nil && e.Info.Latest == nil {
		res.Err = c.client.Changed(answer.Answer, "no status or no tracking in the entry")
		return res
	}
	t := parcel.Tracking{
		Origin:      adapter.Country(string(e.Info.Shipping.From.Country)),
		Destination: adapter.Country(string(e.Info.Shipping.To.Country)),
		Aliases:     adapter.Alias(n, string(e.Info.Misc.LocalNumber), "local_number"),
	}
	all := e.events()
	seen := make(map[string]bool, len(all))
	for _, raw := range all {
		ev, known, ok := c.event(raw, t.Origin, t.Destination)
		scan := ev.Time.Format("2006-01-02T15:04 ") + string(ev.Status) + ev.Country
		if !ok || seen[scan] && raw.repeated {
			continue
		}
		seen[scan] = true
		if !known {
			res.Unmapped = adapter.Unmapped(res.Unmapped, ev.Code)
		}
		t.Events = append(t.Events, ev)
	}
	if len(t.Events) == 0 && len(all) > 0 {
		res.Err = c.client.Changed(answer.Answer, "none of %d events could be read", len(all))
		return res
	}
	t.Events = adapter.Timeline(t.Events, adapter.NewestFirst)
	if last := len(t.Events) - 1; last >= 0 && t.Events[last].Status == parcel.ReadyForPickup {
		t.PickupPlace = t.Events[last].Place
	}
	if e.Info.Status.Main != "Delivered" {
		t.ETA = day(string(e.Info.Times.ETA.To), string(e.Info.Times.ETA.From))
	}
	res.Tracking = t
	return res
}

// scan is an event and whether another carrier may have told it already.
type scan struct {
	event
	repeated bool
}

// events lists what all carriers tell, the first one's as it is.
func (e entry) events() []scan {
	var all []scan
	if e.Info.Tracking != nil {
		for i, p := range e.Info.Tracking.Providers {
			for _, ev := range p.Events {
				all = append(all, scan{ev, i > 0})
			}
		}
	}
	if len(all) == 0 && e.Info.Latest != nil && *e.Info.Latest != (event{}) {
		all = append(all, scan{*e.Info.Latest, false})
	}
	return all
}

// event takes one scan apart. known is false for a code that the table does not
// hold, ok for one that is no scan or has no time.
func (c *carrier) event(e scan, origin, destination string) (ev parcel.Event, known, ok bool) {
	ev.Time, ev.ZoneKnown, ok = e.at()
	ev.Country = adapter.Country(string(e.Address.Country))
	ev.Place = adapter.Text(string(e.Location))
	row, known := c.row(e.event)
	ev.Status = abroad(row, ev.Country, origin, destination)
	switch {
	case ev.Country != "":
	case row.Side == adapter.SideOrigin:
		ev.Country = origin
	case row.Side == adapter.SideDestination:
		ev.Country = destination
	}
	ev.Code = textx.Line(row.Code, 60)
	for _, text := range []string{string(e.Text), string(e.Translated.Text), row.Meaning, row.Code} {
		if ev.Text == "" {
			ev.Text = adapter.Text(text)
		}
	}
	return ev, known, ok && ev.Text != "" && row.Status != adapter.Ignored
}

// at is the time with its offset; without one, the clock as the carrier printed
// it. The instant in UTC counts only where there is nothing else.
func (e event) at() (at time.Time, zoned, ok bool) {
	if at, ok := adapter.At(string(e.ISO), time.UTC, time.RFC3339Nano); ok {
		return at, true, true
	}
	clock := strings.TrimSpace(string(e.Raw.Date + " " + e.Raw.Time))
	zone, zoned := adapter.Zone(string(e.Raw.Zone))
	if !zoned {
		zone = time.UTC
	}
	if at, ok := adapter.At(clock, zone, time.DateTime, "2006-01-02 15:04", time.DateOnly); ok {
		return at, zoned, true
	}
	at, ok = adapter.At(string(e.UTC), time.UTC, time.RFC3339Nano)
	return at, true, ok
}

// day is the first of the texts that is a date.
func day(texts ...string) parcel.Date {
	for _, s := range texts {
		if at, ok := adapter.At(s, time.UTC, time.RFC3339Nano, time.DateOnly); ok {
			return parcel.DateOf(at)
		}
	}
	return ""
}
