package novaposhta

import (
	"bytes"
	"encoding/json"
	"time"

	"parcelwatch/carriers"
	"parcelwatch/carriers/internal/wire"
	"parcelwatch/parcel"
)

// shipment is what the site is told. Names of persons are not in it.
type shipment struct {
	Errors       json.RawMessage `json:"errors"`
	Number       wire.Lax        `json:"number"`
	Sender       party           `json:"sender"`
	Recipient    party           `json:"recipient"`
	Scheduled    wire.Lax        `json:"scheduled_delivery_date"`
	Tracking     *[]scan         `json:"tracking"`
	Alternatives []wire.Lax      `json:"alternative_numbers"`
}

type party struct {
	Country wire.Lax `json:"country_code"`
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
	Date       wire.Lax `json:"date"`
	State      wire.Lax `json:"event_status"`
	Country    wire.Lax `json:"country_code"`
	Code       wire.Lax `json:"code"`
	PostCode   wire.Lax `json:"post_code"`
	Division   wire.Lax `json:"division_name"`
	Settlement wire.Lax `json:"settlement_name"`
	Name       wire.Lax `json:"event_name"`
}

// read takes a history apart. It is of the number asked where that is the
// shipment's own or one of its alternatives.
func (c *carrier) read(ans wire.Answer, s shipment, n parcel.Number) (carriers.Result, error) {
	res := carriers.Result{Number: n, Note: "full history"}
	ours := wire.Same(n, string(s.Number))
	t := parcel.Tracking{
		Origin: wire.Country(string(s.Sender.Country)), Destination: wire.Country(string(s.Recipient.Country)),
		Aliases: wire.Alias(n, string(s.Number), "number"),
	}
	for _, other := range s.Alternatives {
		ours = ours || wire.Same(n, string(other))
		if !wire.Same(n, string(other)) && other != s.Number {
			t.Aliases = append(t.Aliases, wire.Alias(n, string(other), "alternative_numbers")...)
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
		if row.Status == wire.Ignored || forecast(string(x.State)) {
			skipped++
			continue
		}
		ev, ok := c.event(x, row)
		if !ok {
			continue
		}
		if !known {
			res.Unmapped = wire.Unmapped(res.Unmapped, ev.Code)
		}
		t.Events = append(t.Events, ev)
	}
	switch {
	case len(t.Events) == 0 && len(*s.Tracking) > skipped:
		return res, c.client.Changed(ans, "none of %d events could be read", len(*s.Tracking))
	case len(t.Events) == 0 && len(t.Aliases) == 0:
		return res, c.client.Fail(carriers.ErrNotFound, "no events")
	}
	t.Events = wire.Timeline(t.Events, wire.OldestFirst)
	if at, ok := wire.At(string(s.Scheduled), c.zones[home], time.RFC3339Nano, time.DateTime, time.DateOnly); ok {
		t.ETA = parcel.DateOf(c.local(at, home))
	}
	if last := len(t.Events) - 1; last >= 0 && t.Events[last].Status == parcel.ReadyForPickup {
		t.PickupPlace = t.Events[last].Place
	}
	res.Tracking = t
	return res, nil
}

// event takes one scan apart; one without a time or any word is left out.
func (c *carrier) event(s scan, row wire.Code) (parcel.Event, bool) {
	ev := parcel.Event{
		Status: row.Status, Country: s.country(), Code: wire.Line(string(s.Code), 60), Text: wire.Text(string(s.Name)),
		Place: place(string(s.Settlement), string(s.Division)),
	}
	at, zoned := wire.At(string(s.Date), time.UTC, time.RFC3339Nano)
	ok := zoned
	if !zoned {
		at, ok = wire.At(string(s.Date), time.UTC, "2006-01-02T15:04:05.999999999", time.DateTime)
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
	town, office = wire.Text(town), wire.Text(office)
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
	Number     wire.Lax `json:"Number"`
	Code       wire.Lax `json:"StatusCode"`
	Status     wire.Lax `json:"Status"`
	From       wire.Lax `json:"CitySender"`
	To         wire.Lax `json:"CityRecipient"`
	Branch     wire.Lax `json:"WarehouseRecipient"`
	Abroad     wire.Lax `json:"InternationalDeliveryType"`
	Created    wire.Lax `json:"DateCreated"`
	Scanned    wire.Lax `json:"DateScan"`
	Updated    wire.Lax `json:"TrackingUpdateDate"`
	Arrived    wire.Lax `json:"ActualDeliveryDate"`
	HandedOver wire.Lax `json:"RecipientDateTime"`
	Scheduled  wire.Lax `json:"ScheduledDeliveryDate"`
}

// readState makes the one event there is of a record. Codes 3 and 80 say that
// nothing is known of the number.
func (c *carrier) readState(ans wire.Answer, d document, n parcel.Number) (carriers.Result, error) {
	res := carriers.Result{Number: n}
	row, known := c.row(string(d.Code))
	if row.Status == wire.Ignored {
		return res, c.client.Fail(carriers.ErrNotFound, "state %s: %s", d.Code, row.Meaning)
	}
	at, ok := c.moment(d, row.Status)
	if d.Code == "" || !ok {
		return res, c.client.Changed(ans, "a record without a state or a time")
	}
	ev := parcel.Event{
		Time: at, ZoneKnown: true, Status: row.Status, Text: wire.Text(string(d.Status)), Code: wire.Line(string(d.Code), 60),
	}
	for _, other := range []string{row.Meaning, ev.Code} {
		if ev.Text == "" {
			ev.Text = other
		}
	}
	if !known {
		res.Unmapped = wire.Unmapped(res.Unmapped, ev.Code)
	}
	switch ev.Status {
	case parcel.PreAdvice, parcel.Accepted:
		ev.Place = wire.Text(string(d.From))
	case parcel.ReadyForPickup:
		ev.Place = place(string(d.To), string(d.Branch))
		res.Tracking.PickupPlace = ev.Place
	case parcel.OutForDelivery, parcel.AttemptFailed, parcel.Delivered:
		ev.Place = wire.Text(string(d.To))
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
	fields := []wire.Lax{d.Updated, d.Scanned, d.Created}
	switch s {
	case parcel.Delivered:
		fields = append([]wire.Lax{d.HandedOver}, fields...)
	case parcel.ReadyForPickup:
		fields = append([]wire.Lax{d.Arrived}, fields...)
	case parcel.PreAdvice:
		fields = []wire.Lax{d.Created, d.Updated}
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
func (c *carrier) kyiv(s wire.Lax) (time.Time, bool) {
	return wire.At(string(s), c.zones[home],
		time.DateTime, "02-01-2006 15:04:05", "02.01.2006 15:04:05", "15:04 02.01.2006", time.RFC3339Nano)
}
