package postnord

import (
	"time"

	"parcelwatch/carriers"
	"parcelwatch/carriers/internal/adapter"
	"parcelwatch/internal/textx"
	"parcelwatch/parcel"
	"parcelwatch/parcel/number"
)

type envelope struct {
	Response *response `json:"TrackingInformationResponse"`
}

type response struct {
	Shipments *[]shipment `json:"shipments"`
	Fault     struct {
		Faults []fault `json:"faults"`
	} `json:"compositeFault"`
}

type fault struct {
	Code adapter.Lax `json:"faultCode"`
	Text adapter.Lax `json:"explanationText"`
}

// shipment holds one item or several. Who sends and who receives is not read.
type shipment struct {
	ID    adapter.Lax `json:"shipmentId"`
	ETA   adapter.Lax `json:"estimatedTimeOfArrival"`
	Items []item      `json:"items"`
}

type item struct {
	ID     adapter.Lax `json:"itemId"`
	ETA    adapter.Lax `json:"estimatedTimeOfArrival"`
	Events *[]event    `json:"events"`
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

// read finds the number among items and shipments and takes it apart.
func (c *carrier) read(ans adapter.Answer, shipments []shipment, n number.Number) (carriers.Result, error) {
	res := carriers.Result{Number: n}
	s, items := pick(shipments, n)
	if s == nil {
		return res, c.client.Changed(ans, "the answer is of another number")
	}
	t := parcel.Tracking{ETA: day(s.ETA)}
	lines, listed := 0, false
	for _, it := range items {
		if it.Events == nil {
			continue
		}
		listed = true
		if t.ETA == "" {
			t.ETA = day(it.ETA)
		}
		lines += len(*it.Events)
		for _, e := range *it.Events {
			ev, known, ok := c.event(e)
			if !ok {
				continue
			}
			if !known {
				res.Unmapped = adapter.Unmapped(res.Unmapped, ev.Code)
			}
			t.Events = append(t.Events, ev)
		}
	}
	switch {
	case !listed:
		return res, c.client.Changed(ans, "no events in the answer")
	case len(t.Events) == 0 && lines > 0:
		return res, c.client.Changed(ans, "none of %d events could be read", lines)
	}
	t.Events = adapter.Timeline(t.Events, adapter.OldestFirst)
	if len(items) == 1 {
		t.Aliases = other(n, s, items[0])
	}
	for _, e := range t.Events { // a notification after it says nothing of where it is
		switch e.Status {
		case parcel.ReadyForPickup:
			t.PickupPlace = e.Place
		case parcel.Info:
		default:
			t.PickupPlace = ""
		}
	}
	res.Tracking = t
	return res, nil
}

// pick is the shipment that the number is of, and those of its items that the
// number means: one, or all where it is the shipment's own.
func pick(shipments []shipment, n number.Number) (*shipment, []item) {
	for i := range shipments {
		s := &shipments[i]
		for _, it := range s.Items {
			if adapter.Same(n, string(it.ID)) {
				return s, []item{it}
			}
		}
		if adapter.Same(n, string(s.ID)) {
			return s, s.Items
		}
	}
	return nil, nil
}

// other is the second number of a shipment with a single item. Where there are
// several items, the shipment's number is no parcel's.
func other(n number.Number, s *shipment, it item) []parcel.Alias {
	if len(s.Items) > 1 {
		return nil
	}
	if adapter.Same(n, string(it.ID)) {
		return adapter.Alias(n, string(s.ID), "shipmentId")
	}
	return adapter.Alias(n, string(it.ID), "itemId")
}

// event takes one scan apart. known is false for a state that the table does not
// hold, ok for a scan without a time or any word.
func (c *carrier) event(e event) (ev parcel.Event, known, ok bool) {
	at := c.clock(e.Location)
	zone := at.zone
	if zone == nil {
		zone = time.UTC
	}
	ev.Time, ok = adapter.At(string(e.Time), zone, "2006-01-02T15:04:05.999", "2006-01-02T15:04", time.RFC3339, time.DateTime)
	ev.ZoneKnown = at.zone != nil
	if !ev.ZoneKnown { // an offset that is there all the same is not the place's
		ev.Time = ev.Time.UTC()
	}
	ev.Country = at.country
	ev.Place = place(e.Location)
	ev.Status, known = c.status(string(e.Status))
	ev.Code = textx.Line(string(e.Status), 40)
	if e.Code != "" {
		ev.Code = textx.Line(ev.Code+":"+string(e.Code), 60)
	}
	ev.Text = adapter.Text(string(e.Text))
	if ev.Text == "" {
		ev.Text = ev.Code
	}
	return ev, known, ok && ev.Text != ""
}

// place is the town, or the service point where a parcel can be fetched.
func place(l location) string {
	name, city := adapter.Text(string(l.Name)), adapter.Text(string(l.City))
	switch {
	case l.Type == "SERVICE_POINT" && name != "" && city != "":
		return name + ", " + city
	case city != "":
		return city
	case name == "PostNord":
		return ""
	default:
		return name
	}
}

func day(s adapter.Lax) parcel.Date {
	if at, ok := adapter.At(string(s), time.UTC, "2006-01-02T15:04:05.999", time.RFC3339, "2006-01-02T15:04", time.DateOnly); ok {
		return parcel.DateOf(at)
	}
	return ""
}
