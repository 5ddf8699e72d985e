package novaposhta

import (
	"bytes"
	"cmp"
	"encoding/json"
	"regexp"
	"slices"
	"strings"
	"time"

	"parcelwatch/carriers"
	"parcelwatch/carriers/internal/adapter"
	"parcelwatch/parcel"
	"parcelwatch/parcel/number"
)

// shipment is the answer of the site. It contains no names of persons.
type shipment struct {
	Errors       json.RawMessage     `json:"errors"`
	Number       adapter.Lax         `json:"number"`
	Sender       party               `json:"sender"`
	Recipient    party               `json:"recipient"`
	Scheduled    adapter.Lax         `json:"scheduled_delivery_date"`
	Tracking     *adapter.Many[scan] `json:"tracking"`
	Alternatives []adapter.Lax       `json:"alternative_numbers"`
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

// read reads a history. It must be of the number asked for or of one of its
// alternatives.
func (c *carrier) read(ans adapter.Answer, s shipment, n number.Number) (res carriers.Result, err error) {
	ours := adapter.Same(n, s.Number)
	t := parcel.Tracking{
		Origin: adapter.Country(s.Sender.Country), Destination: adapter.Country(s.Recipient.Country),
		Aliases: adapter.Alias(n, s.Number, "number"),
	}
	for _, other := range s.Alternatives {
		ours = ours || adapter.Same(n, other)
		if other != s.Number {
			t.Aliases = append(t.Aliases, adapter.Alias(n, other, "alternative_numbers")...)
		}
	}
	switch {
	case !ours:
		return res, c.Changed(ans, "the answer is of another number")
	case s.Tracking == nil:
		return res, c.Changed(ans, "no tracking in the answer")
	}
	if at, ok := adapter.At(s.Scheduled, c.Zone, time.RFC3339Nano, time.DateTime, time.DateOnly); ok {
		t.ETA = parcel.DateOf(adapter.In(at, c.Zone))
	}
	t.Events = adapter.Events(*s.Tracking, c.event)
	res, err = c.Result(ans, n, t, len(*s.Tracking))
	if err == nil && len(res.Tracking.Events) == 0 && len(t.Aliases) == 0 {
		return res, c.Fail(carriers.ErrNotFound, "no events")
	}
	res.Note = "full history"
	return res, err
}

// event reads one scan. Scans without a time or any word are left out.
func (c *carrier) event(s scan) (ev parcel.Event, ok bool) {
	row := c.Row(string(s.Code), "*")
	ev.Status, ev.Guess = row.Status, row.Guess
	if forecast(string(s.State)) {
		ev.Status = adapter.Ignored
	}
	ev.Country, ev.Code = s.country(), adapter.Line(s.Code, 60)
	ev.Text = cmp.Or(adapter.Text(s.Name), row.Meaning, ev.Code)
	ev.Place = adapter.Join(", ", adapter.Text(s.Settlement), adapter.Text(s.Division))
	ev.Time, ev.ZoneKnown, ok = adapter.Moment(s.Date, nil, "2006-01-02T15:04:05.999999999", time.DateTime)
	if ev.ZoneKnown {
		ev.Time = local(ev.Time, ev.Country)
	}
	return ev, ok && ev.Text != ""
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
	Success    *adapter.Flag          `json:"success"`
	Data       adapter.Many[document] `json:"data"`
	Errors     json.RawMessage        `json:"errors"`
	ErrorCodes json.RawMessage        `json:"errorCodes"`
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

// readState makes one event of a record. Codes 3 and 80 mean that the number is
// not known.
func (c *carrier) readState(ans adapter.Answer, d document, n number.Number) (res carriers.Result, err error) {
	row := c.Row(string(d.Code), "*")
	if row.Status == adapter.Ignored {
		return res, c.Fail(carriers.ErrNotFound, "state %s: %s", d.Code, row.Meaning)
	}
	at, ok := c.moment(d, row.Status)
	if d.Code == "" || !ok {
		return res, c.Changed(ans, "a record without a state or a time")
	}
	ev := parcel.Event{Time: at, ZoneKnown: true, Status: row.Status, Guess: row.Guess, Code: adapter.Line(d.Code, 60)}
	ev.Text = cmp.Or(adapter.Text(d.Status), row.Meaning, ev.Code)
	switch ev.Status {
	case parcel.PreAdvice, parcel.Accepted:
		ev.Place = adapter.Text(d.From)
	case parcel.ReadyForPickup:
		ev.Place = adapter.Join(", ", adapter.Text(d.To), adapter.Text(d.Branch))
	case parcel.OutForDelivery, parcel.AttemptFailed, parcel.Delivered:
		ev.Place = adapter.Text(d.To)
	default:
	}
	if d.Abroad == "" {
		ev.Country = home
	}
	t := parcel.Tracking{Events: []parcel.Event{ev}}
	if at, ok := c.kyiv(d.Scheduled); ok && !ev.Status.Final() {
		t.ETA = parcel.DateOf(at)
	}
	return c.Result(ans, n, t, 1)
}

// moment is when the state of a record began, from the field for that state.
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

// kyiv reads the four layouts of the service, all wall clocks of Kyiv.
func (c *carrier) kyiv(s adapter.Lax) (time.Time, bool) {
	return adapter.At(s, c.Zone,
		time.DateTime, "02-01-2006 15:04:05", "02.01.2006 15:04:05", "15:04 02.01.2006", time.RFC3339Nano)
}

// home is the country of the carrier.
const home = "UA"

// forecast reports whether a line has not happened yet. Past lines are "passed".
func forecast(state string) bool {
	return slices.Contains(strings.Fields("planned expected scheduled estimated future upcoming next pending"), strings.ToLower(state))
}

var foreignIndex = regexp.MustCompile(`^([A-Z]{2})-?\d{3,}`)

// country is where a scan was made. For scans in Moldova the field names Ukraine
// and only the postal code tells.
func (s scan) country() string {
	if m := foreignIndex.FindStringSubmatch(strings.ToUpper(string(s.PostCode))); m != nil {
		return m[1]
	}
	return adapter.Country(s.Country)
}

// local returns the instant with the offset of the country, if the country has
// one time zone.
func local(at time.Time, country string) time.Time {
	if zone := adapter.ZoneOf(country); zone != nil {
		return adapter.In(at, zone)
	}
	return at
}
