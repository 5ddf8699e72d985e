package novaposhta

import (
	"bytes"
	"encoding/json"
	"time"

	"parcelwatch/carriers"
	"parcelwatch/carriers/internal/adapter"
	"parcelwatch/internal/textx"
	"parcelwatch/parcel"
	"parcelwatch/parcel/number"
)

// shipment is what the site is told. Names of persons are not in it.
type shipment struct {
	Errors       json.RawMessage `json:"errors"`
	Number       adapter.Lax     `json:"number"`
	Sender       party           `json:"sender"`
	Recipient    party           `json:"recipient"`
	Scheduled    adapter.Lax     `json:"scheduled_delivery_date"`
	Tracking     *[]scan         `json:"tracking"`
	Alternatives []adapter.Lax   `json:"alternative_numbers"`
}

type party struct {
	Country adapter.Lax `json:"country_code"`
}

// UnmarshalJSON reads an object; anything else says nothing.
func (p *party) UnmarshalJSON(b []byte) error {
	type plain party
	if !bytes.HasPrefix(bytes.TrimSpace(b), []byte("{")) {
		return nil
	}
	return json.Unmarshal(b, (*plain)(p))
}

// scan is one event. The list is oldest first.
type scan struct {
	Date       adapter.Lax `json:"date"`
	State      adapter.Lax `json:"event_status"`
	Country    adapter.Lax `json:"country_code"`
	Code       adapter.Lax `json:"code"`
	PostCode   adapter.Lax `json:"post_code"`
	Division   adapter.Lax `json:"division_name"`
	Settlement adapter.Lax `json:"settlement_name"`
	Name       adapter.Lax `json:"event_name"`
}

// read takes a history apart. It is of the number asked where that is the
// shipment's own or one of its alternatives.
func (c *carrier) read(ans adapter.Answer, s shipment, n number.Number) (carriers.Result, error) {
	res := carriers.Result{Number: n, Note: "full history"}
	ours := adapter.Same(n, string(s.Number))
	t := parcel.Tracking{
		Origin: adapter.Country(string(s.Sender.Country)), Destination: adapter.Country(string(s.Recipient.Country)),
		Aliases: adapter.Alias(n, string(s.Number), "number"),
	}
	for _, other := range s.Alternatives {
		ours = ours || adapter.Same(n, string(other))
		if !adapter.Same(n, string(other)) && other != s.Number {
			t.Aliases = append(t.Aliases, adapter.Alias(n, string(other), "alternative_numbers")...)
		}
	}
	switch {
	case !ours:
		return res, c.client.Changed(ans, "the answer is of another number")
	case s.Tracking == nil:
		return res, c.client.Changed(ans, "no tracking in the answer")
	}
	skipped := 0
	for _, x := range *s.Tracking {
		row, known := c.row(string(x.Code))
		if row.Status == adapter.Ignored || forecast(string(x.State)) {
			skipped++
			continue
		}
		ev, ok := c.event(x, row)
		if !ok {
			continue
		}
		if !known {
			res.Unmapped = adapter.Unmapped(res.Unmapped, ev.Code)
		}
		t.Events = append(t.Events, ev)
	}
	switch {
	case len(t.Events) == 0 && len(*s.Tracking) > skipped:
		return res, c.client.Changed(ans, "none of %d events could be read", len(*s.Tracking))
	case len(t.Events) == 0 && len(t.Aliases) == 0:
		return res, c.client.Fail(carriers.ErrNotFound, "no events")
	}
	t.Events = adapter.Timeline(t.Events, adapter.OldestFirst)
	if at, ok := adapter.At(string(s.Scheduled), c.zones[home], time.RFC3339Nano, time.DateTime, time.DateOnly); ok {
		t.ETA = parcel.DateOf(c.local(at, home))
	}
	if last := len(t.Events) - 1; last >= 0 && t.Events[last].Status == parcel.ReadyForPickup {
		t.PickupPlace = t.Events[last].Place
	}
	res.Tracking = t
	return res, nil
}

// event takes one scan apart; one without a time or any word is left out.
func (c *carrier) event(s scan, row adapter.Code) (parcel.Event, bool) {
	ev := parcel.Event{
		Status: row.Status, Country: s.country(), Code: textx.Line(string(s.Code), 60), Text: adapter.Text(string(s.Name)),
		Place: place(string(s.Settlement), string(s.Division)),
	}
	at, zoned := adapter.At(string(s.Date), time.UTC, time.RFC3339Nano)
	ok := zoned
	if !zoned {
		at, ok = adapter.At(string(s.Date), time.UTC, "2006-01-02T15:04:05.999999999", time.DateTime)
	} else {
		at = c.local(at, ev.Country)
	}
	ev.Time, ev.ZoneKnown = at, zoned
	for _, other := range []string{row.Meaning, ev.Code} {
		if ev.Text == "" {
			ev.Text = other
		}
	}
	return ev, ok && ev.Text != ""
}

// place is a town and what is in it.
func place(town, office string) string {
	town, office = adapter.Text(town), adapter.Text(office)
	if town == "" || office == "" {
		return town + office
	}
	return town + ", " + office
}

type question struct {
	Key        string `json:"apiKey"`
	Model      string `json:"modelName"`
	Method     string `json:"calledMethod"`
	Properties struct {
		Documents []asked `json:"Documents"`
	} `json:"methodProperties"`
}

type asked struct {
	Number string `json:"DocumentNumber"`
	Phone  string `json:"Phone"` // with one, names and addresses would come
}

type states struct {
	Success    *bool           `json:"success"`
	Data       []document      `json:"data"`
	Errors     json.RawMessage `json:"errors"`
	ErrorCodes json.RawMessage `json:"errorCodes"`
}

// document is one record of some 120 fields. Those with names, phones and
// addresses of persons are not read.
type document struct {
	Number     adapter.Lax `json:"Number"`
	Code       adapter.Lax `json:"StatusCode"`
	Status     adapter.Lax `json:"Status"`
	From       adapter.Lax `json:"CitySender"`
	To         adapter.Lax `json:"CityRecipient"`
	Branch     adapter.Lax `json:"WarehouseRecipient"`
	Abroad     adapter.Lax `json:"InternationalDeliveryType"`
	Created    adapter.Lax `json:"DateCreated"`
	Scanned    adapter.Lax `json:"DateScan"`
	Updated    adapter.Lax `json:"TrackingUpdateDate"`
	Arrived    adapter.Lax `json:"ActualDeliveryDate"`
	HandedOver adapter.Lax `json:"RecipientDateTime"`
	Scheduled  adapter.Lax `json:"ScheduledDeliveryDate"`
}

// readState makes the one event there is of a record. Codes 3 and 80 say that
// nothing is known of the number.
func (c *carrier) readState(ans adapter.Answer, d document, n number.Number) (carriers.Result, error) {
	res := carriers.Result{Number: n}
	row, known := c.row(string(d.Code))
	if row.Status == adapter.Ignored {
		return res, c.client.Fail(carriers.ErrNotFound, "state %s: %s", d.Code, row.Meaning)
	}
	at, ok := c.moment(d, row.Status)
	if d.Code == "" || !ok {
		return res, c.client.Changed(ans, "a record without a state or a time")
	}
	ev := parcel.Event{
		Time: at, ZoneKnown: true, Status: row.Status, Text: adapter.Text(string(d.Status)), Code: textx.Line(string(d.Code), 60),
	}
	for _, other := range []string{row.Meaning, ev.Code} {
		if ev.Text == "" {
			ev.Text = other
		}
	}
	if !known {
		res.Unmapped = adapter.Unmapped(res.Unmapped, ev.Code)
	}
	switch ev.Status {
	case parcel.PreAdvice, parcel.Accepted:
		ev.Place = adapter.Text(string(d.From))
	case parcel.ReadyForPickup:
		ev.Place = place(string(d.To), string(d.Branch))
		res.Tracking.PickupPlace = ev.Place
	case parcel.OutForDelivery, parcel.AttemptFailed, parcel.Delivered:
		ev.Place = adapter.Text(string(d.To))
	default:
	}
	if d.Abroad == "" {
		ev.Country = home
	}
	if at, ok := c.kyiv(d.Scheduled); ok && !ev.Status.Final() {
		res.Tracking.ETA = parcel.DateOf(at)
	}
	res.Tracking.Events = []parcel.Event{ev}
	return res, nil
}

// moment is when a record's state began, by the field that is of it.
func (c *carrier) moment(d document, s parcel.Status) (time.Time, bool) {
	fields := []adapter.Lax{d.Updated, d.Scanned, d.Created}
	switch s {
	case parcel.Delivered:
		fields = append([]adapter.Lax{d.HandedOver}, fields...)
	case parcel.ReadyForPickup:
		fields = append([]adapter.Lax{d.Arrived}, fields...)
	case parcel.PreAdvice:
		fields = []adapter.Lax{d.Created, d.Updated}
	default:
	}
	for _, f := range fields {
		if at, ok := c.kyiv(f); ok {
			return at, true
		}
	}
	return time.Time{}, false
}

// kyiv reads the four layouts of the service, all of Kyiv's clock.
func (c *carrier) kyiv(s adapter.Lax) (time.Time, bool) {
	return adapter.At(string(s), c.zones[home],
		time.DateTime, "02-01-2006 15:04:05", "02.01.2006 15:04:05", "15:04 02.01.2006", time.RFC3339Nano)
}
