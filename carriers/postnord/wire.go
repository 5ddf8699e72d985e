package postnord

import (
	"cmp"
	"strings"
	"time"

	"parcelwatch/carriers"
	"parcelwatch/carriers/internal/adapter"
	"parcelwatch/parcel"
	"parcelwatch/parcel/number"
)

type envelope struct {
	Response *response `json:"TrackingInformationResponse"`
}

type response struct {
	Shipments *adapter.Many[shipment] `json:"shipments"`
	Fault     struct {
		Faults adapter.Many[fault] `json:"faults"`
	} `json:"compositeFault"`
}

type fault struct {
	Code adapter.Lax `json:"faultCode"`
	Text adapter.Lax `json:"explanationText"`
}

// shipment holds one item or several. Sender and receiver are not read.
type shipment struct {
	ID    adapter.Lax         `json:"shipmentId"`
	ETA   adapter.Lax         `json:"estimatedTimeOfArrival"`
	Items *adapter.Many[item] `json:"items"`
}

// items returns the items, none if the field is missing.
func (s *shipment) items() []item {
	if s.Items == nil {
		return nil
	}
	return *s.Items
}

type item struct {
	ID     adapter.Lax          `json:"itemId"`
	ETA    adapter.Lax          `json:"estimatedTimeOfArrival"`
	Events *adapter.Many[event] `json:"events"`
}

// event is one scan, with the wall clock of its place.
type event struct {
	Time     adapter.Lax `json:"eventTime"`
	Code     adapter.Lax `json:"eventCode"`
	Status   adapter.Lax `json:"status"`
	Text     adapter.Lax `json:"eventDescription"`
	Location location    `json:"location"`
}

type location struct {
	Name        adapter.Lax `json:"name"`
	City        adapter.Lax `json:"city"`
	Country     adapter.Lax `json:"country"`
	CountryCode adapter.Lax `json:"countryCode"`
	Type        adapter.Lax `json:"locationType"`
}

// read finds the number among items and shipments and reads the events.
func (c *carrier) read(ans adapter.Answer, shipments []shipment, n number.Number) (res carriers.Result, err error) {
	s, items := pick(shipments, n)
	if s == nil {
		return res, c.Changed(ans, "the answer is of another number")
	}
	if s.Items != nil && len(*s.Items) == 0 {
		return res, c.Fail(carriers.ErrNotFound, "a shipment without items")
	}
	t := parcel.Tracking{ETA: day(s.ETA)}
	lines, listed := 0, false
	for _, it := range items {
		if it.Events == nil {
			continue
		}
		listed = true
		lines += len(*it.Events)
		t.ETA = cmp.Or(t.ETA, day(it.ETA))
		t.Events = append(t.Events, adapter.Events(*it.Events, c.event)...)
	}
	if !listed {
		return res, c.Changed(ans, "no events in the answer")
	}
	if len(items) == 1 {
		t.Aliases = other(n, s, items[0])
	}
	return c.Result(ans, n, t, lines)
}

// pick returns the shipment of the number and the items that the number means:
// one of them, or all if it is the number of the shipment.
func pick(shipments []shipment, n number.Number) (*shipment, []item) {
	for i := range shipments {
		s := &shipments[i]
		for _, it := range s.items() {
			if adapter.Same(n, it.ID) {
				return s, []item{it}
			}
		}
		if adapter.Same(n, s.ID) {
			return s, s.items()
		}
	}
	return nil, nil
}

// other is the second number of a shipment with a single item. The number of a
// shipment with several items belongs to no single parcel.
func other(n number.Number, s *shipment, it item) []parcel.Alias {
	if len(s.items()) > 1 {
		return nil
	}
	if adapter.Same(n, it.ID) {
		return adapter.Alias(n, s.ID, "shipmentId")
	}
	return adapter.Alias(n, it.ID, "itemId")
}

// event reads one scan. Scans without a time or any word are left out.
func (c *carrier) event(e event) (ev parcel.Event, ok bool) {
	country, zone := clock(e.Location)
	ev.Time, ok = adapter.At(e.Time, cmp.Or(zone, time.UTC), "2006-01-02T15:04:05.999", "2006-01-02T15:04", time.RFC3339, time.DateTime)
	ev.ZoneKnown = zone != nil
	if !ev.ZoneKnown { // an offset in the text is not that of the place
		ev.Time = ev.Time.UTC()
	}
	row := c.row(e)
	ev.Status, ev.Guess, ev.Country, ev.Place = row.Status, row.Guess, country, place(e.Location)
	ev.Code = adapter.Join(":", adapter.Line(e.Status, 40), adapter.Line(e.Code, 20))
	ev.Text = cmp.Or(adapter.Text(e.Text), ev.Code)
	return ev, ok && ev.Text != ""
}

// place is the town, or the service point where a parcel can be picked up.
func place(l location) string {
	name, city := adapter.Text(l.Name), adapter.Text(l.City)
	switch {
	case l.Type == "SERVICE_POINT":
		return adapter.Join(", ", name, city)
	case city == "" && name != "PostNord":
		return name
	default:
		return city
	}
}

func day(s adapter.Lax) parcel.Date {
	return adapter.Day(s, time.UTC, "2006-01-02T15:04:05.999", time.RFC3339, "2006-01-02T15:04", time.DateOnly)
}

// byText is the code of rows that are found by words.
const byText = "words"

// row finds the row of an event: of its state and code, of its state and words, of
// its words, or of its state. Most codes of events (31, z08) are not documented.
func (c *carrier) row(e event) adapter.Code {
	state := strings.ToUpper(string(e.Status))
	if row, ok := c.Find(state+":"+string(e.Code), "*"); ok {
		return row
	}
	for _, code := range []string{state, byText} {
		if row, ok := c.Holds(code, string(e.Text)); ok {
			return row
		}
	}
	return adapter.Sober(c.Row(state, "*"), string(e.Text))
}

// clock returns the country of a place and the zone of its wall clock, nil if the
// zone is not known. Events without a country are made by the systems of the
// post, in Sweden and Denmark.
func clock(l location) (country string, zone *time.Location) {
	if l.CountryCode == "" && l.Country == "" {
		return "", adapter.ZoneOf("SE")
	}
	country = cmp.Or(adapter.CountryNamed(l.CountryCode), adapter.CountryNamed(l.Country))
	return country, adapter.ZoneOf(country)
}
