package seventeentrack

import (
	"cmp"
	"encoding/json"
	"slices"
	"strings"
	"time"

	"parcelwatch/carriers"
	"parcelwatch/carriers/internal/adapter"
	"parcelwatch/parcel"
	"parcelwatch/parcel/number"
)

type envelope struct {
	Code adapter.Lax `json:"code"`
	Data *data       `json:"data"`
}

type data struct {
	Accepted []json.RawMessage      `json:"accepted"`
	Rejected adapter.Many[rejected] `json:"rejected"`
	Errors   adapter.Many[failure]  `json:"errors"`
	Total    *adapter.Int           `json:"quota_total"`
	Remain   *adapter.Int           `json:"quota_remain"`
}

type rejected struct {
	Number adapter.Lax `json:"number"`
	Error  failure     `json:"error"`
}

type failure struct {
	Code    adapter.Lax `json:"code"`
	Message adapter.Lax `json:"message"`
}

// entry is the answer for one number. Of addresses only the country is read.
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
				Events adapter.Many[event] `json:"events"`
			} `json:"providers"`
		} `json:"tracking"`
	} `json:"track_info"`
}

type address struct {
	Country adapter.Lax `json:"country"`
}

// event is one scan of one of the carriers. Lists are newest first.
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

// readEntry reads one entry, or only its number if the rest has another form.
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

// read finds the result of each number, and the indexes of those that were never
// registered.
func (c *carrier) read(answer reply, numbers []number.Number) (results []carriers.Result, unregistered []int) {
	results = adapter.All(numbers, func(n number.Number) (carriers.Result, error) {
		if best, err, found := c.accepted(answer, n); found {
			return best, err
		}
		for i, r := range answer.Rejected {
			if adapter.Same(n, r.Number) {
				return carriers.Result{}, c.rejection(answer.Answer, answer.Rejected[i].Error)
			}
		}
		return carriers.Result{}, c.Changed(answer.Answer, "no entry for the number asked")
	})
	for i, res := range results {
		if res.Err != nil && slices.ContainsFunc(answer.Rejected, func(r rejected) bool {
			return r.Error.Code == notRegistered && adapter.Same(res.Number, r.Number)
		}) {
			unregistered = append(unregistered, i)
		}
	}
	return results, unregistered
}

// accepted is the entry of a number. The number may be registered for several
// carriers; the entry with most events is taken.
func (c *carrier) accepted(answer reply, n number.Number) (best carriers.Result, bestErr error, found bool) {
	for _, raw := range answer.Accepted {
		e, err := readEntry(raw)
		if !adapter.Same(n, e.Number) {
			continue
		}
		var res carriers.Result
		if err != nil {
			err = c.Changed(answer.Answer, "entry of another form: %v", err)
		} else {
			res, err = c.tracking(answer.Answer, n, e)
		}
		if !found || len(res.Tracking.Events) > len(best.Tracking.Events) {
			best, bestErr, found = res, err, true
		}
	}
	return best, bestErr, found
}

func (c *carrier) tracking(ans adapter.Answer, n number.Number, e entry) (res carriers.Result, err error) {
	if e.Info == nil {
		return res, c.Changed(ans, "no track_info in the entry")
	}
	switch status := e.Info.Status; {
	case status.Main == "NotFound" && status.Sub == "NotFound_InvalidCode":
		return res, c.Fail(carriers.ErrNotFound, "the number does not fit its carrier")
	case status.Main == "NotFound":
		return res, c.Fail(carriers.ErrNotFound, "its carriers know nothing of it")
	case status.Main == "" || e.Info.Tracking == nil && e.Info.Latest == nil:
		return res, c.Changed(ans, "no status or no tracking in the entry")
	}
	t := parcel.Tracking{
		Origin:      adapter.Country(e.Info.Shipping.From.Country),
		Destination: adapter.Country(e.Info.Shipping.To.Country),
		Aliases:     adapter.Alias(n, e.Info.Misc.LocalNumber, "local_number"),
	}
	if e.Info.Status.Main != "Delivered" {
		t.ETA = cmp.Or(day(e.Info.Times.ETA.To), day(e.Info.Times.ETA.From))
	}
	all := e.events()
	seen := make(map[string]bool, len(all))
	t.Events = adapter.Events(all, func(raw scan) (parcel.Event, bool) {
		ev, ok := c.event(raw, t.Origin, t.Destination)
		key := ev.Time.Format("2006-01-02T15:04 ") + string(ev.Status) + ev.Country
		again := seen[key] && raw.repeated
		seen[key] = seen[key] || ok
		return ev, ok && !again
	})
	res, err = c.Result(ans, n, t, len(all))
	res.Unmapped = nil                      // without a code there is nothing to report
	for _, e := range res.Tracking.Events { // unknown sub-statuses are reported although the stage told what they mean
		if _, known := c.Find(e.Code, "*"); !known && e.Code != "" && len(res.Unmapped) < 20 && !slices.Contains(res.Unmapped, e.Code) {
			res.Unmapped = append(res.Unmapped, e.Code)
		}
	}
	return res, err
}

// scan is an event, which another carrier may have reported before.
type scan struct {
	event
	repeated bool
}

// events lists the events of all carriers.
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

// event reads one scan. Scans without a time are left out.
func (c *carrier) event(e scan, origin, destination string) (ev parcel.Event, ok bool) {
	ev.Time, ev.ZoneKnown, ok = e.at()
	row := c.row(e.event)
	ev.Country = adapter.Country(e.Address.Country)
	ev.Status, ev.Guess = abroad(row, ev.Country, origin, destination), row.Guess
	ev.Country = cmp.Or(ev.Country, row.Country(origin, destination))
	ev.Place = adapter.Text(e.Location)
	ev.Code = adapter.Line(row.Code, 60)
	ev.Text = cmp.Or(adapter.Text(e.Text), adapter.Text(e.Translated.Text), row.Meaning, ev.Code)
	return ev, ok && ev.Text != ""
}

// at is the time with its offset, or else the wall clock as the carrier printed it,
// or else the instant in UTC.
func (e event) at() (at time.Time, zoned, ok bool) {
	if at, ok := adapter.At(e.ISO, time.UTC, time.RFC3339Nano); ok {
		return at, true, true
	}
	clock := strings.TrimSpace(string(e.Raw.Date + " " + e.Raw.Time))
	zone, zoned := adapter.Zone(e.Raw.Zone)
	if !zoned {
		zone = time.UTC
	}
	if at, ok := adapter.At(clock, zone, time.DateTime, "2006-01-02 15:04", time.DateOnly); ok {
		return at, zoned, true
	}
	at, ok = adapter.At(e.UTC, time.UTC, time.RFC3339Nano)
	return at, true, ok
}

func day(s adapter.Lax) parcel.Date {
	return adapter.Day(s, time.UTC, time.RFC3339Nano, time.DateOnly)
}
