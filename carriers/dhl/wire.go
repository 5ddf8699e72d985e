package dhl

import (
	"encoding/json"
	"strings"
	"time"
	"unicode"

	"parcelwatch/carriers"
	"parcelwatch/carriers/internal/adapter"
	"parcelwatch/internal/textx"
	"parcelwatch/parcel"
	"parcelwatch/parcel/number"
)

type envelope struct {
	Shipments *[]shipment `json:"shipments"`
}

type problem struct {
	Title  adapter.Lax `json:"title"`
	Detail adapter.Lax `json:"detail"`
}

// shipment is what one service tells of the number. Sender, receiver and who
// signed are not read.
type shipment struct {
	ID          adapter.Lax `json:"id"`
	Origin      place       `json:"origin"`
	Destination place       `json:"destination"`
	Status      event       `json:"status"`
	ETA         adapter.Lax `json:"estimatedTimeOfDelivery"`
	Frame       struct {
		Through adapter.Lax `json:"estimatedThrough"`
	} `json:"estimatedDeliveryTimeFrame"`
	Details struct {
		References references    `json:"references"`
		Pieces     []adapter.Lax `json:"pieceIds"`
	} `json:"details"`
	Events []event `json:"events"`
}

type place struct {
	Address struct {
		Country adapter.Lax `json:"countryCode"`
		Town    adapter.Lax `json:"addressLocality"`
	} `json:"address"`
}

// event is one scan; the order of the list is not promised.
type event struct {
	Time        adapter.Lax `json:"timestamp"`
	Location    place       `json:"location"`
	Code        adapter.Lax `json:"statusCode"`
	Status      adapter.Lax `json:"status"`
	Description adapter.Lax `json:"description"`
}

type reference struct {
	Number adapter.Lax `json:"number"`
	Type   adapter.Lax `json:"type"`
}

// references come as a list or as one.
type references []reference

// UnmarshalJSON reads both forms; anything else is none.
func (r *references) UnmarshalJSON(b []byte) error {
	var one reference
	if json.Unmarshal(b, (*[]reference)(r)) != nil {
		*r = nil
		if json.Unmarshal(b, &one) == nil && one.Number != "" {
			*r = references{one}
		}
	}
	return nil
}

// read takes apart what the services tell of the number; the one with most to
// tell counts.
func (c *carrier) read(ans adapter.Answer, shipments []shipment, n number.Number) (carriers.Result, error) {
	res := carriers.Result{Number: n}
	var best *shipment
	for i := range shipments {
		if s := &shipments[i]; s.of(n) && (best == nil || len(s.Events) > len(best.Events)) {
			best = s
		}
	}
	if best == nil {
		return res, c.client.Changed(ans, "the answer is of another number")
	}
	list := best.Events
	if len(list) == 0 && best.Status.Time != "" {
		list = []event{best.Status} // some services tell their last word alone
	}
	t := parcel.Tracking{
		Origin: best.Origin.country(), Destination: best.Destination.country(), Aliases: best.aliases(n),
	}
	for _, e := range list {
		ev, known, ok := c.event(e)
		if !ok {
			continue
		}
		if !known {
			res.Unmapped = adapter.Unmapped(res.Unmapped, ev.Code)
		}
		t.Events = append(t.Events, ev)
	}
	switch {
	case len(t.Events) == 0 && len(list) > 0:
		return res, c.client.Changed(ans, "none of %d events could be read", len(list))
	case len(t.Events) == 0 && best.Status.Code == "":
		return res, c.client.Changed(ans, "neither events nor a status")
	}
	t.Events = adapter.Timeline(t.Events, adapter.NewestFirst)
	if last := len(t.Events) - 1; last >= 0 && t.Events[last].Status == parcel.ReadyForPickup {
		t.PickupPlace = t.Events[last].Place
	}
	if !strings.EqualFold(string(best.Status.Code), "delivered") {
		t.ETA = day(string(best.ETA), string(best.Frame.Through))
	}
	res.Tracking = t
	return res, nil
}

// of reports whether the shipment is the number's: by its own number, or by a
// piece or reference that it lists.
func (s *shipment) of(n number.Number) bool {
	if adapter.Same(n, string(s.ID)) {
		return true
	}
	for _, p := range s.Details.Pieces {
		if adapter.Same(n, string(p)) {
			return true
		}
	}
	for _, r := range s.Details.References {
		if adapter.Same(n, string(r.Number)) {
			return true
		}
	}
	return false
}

// aliases are numbers of the same parcel at another service of DHL's. Pieces and
// customers' references may be shared by several parcels.
func (s *shipment) aliases(n number.Number) []parcel.Alias {
	var list []parcel.Alias
	for _, r := range s.Details.References {
		switch r.Type {
		case "local-tracking-number", "ecommerce-number":
			list = append(list, adapter.Alias(n, string(r.Number), "references")...)
			if adapter.Same(n, string(r.Number)) {
				list = append(list, adapter.Alias(n, string(s.ID), "id")...)
			}
		}
	}
	return list
}

// event takes one scan apart. known is false for a code that the table does not
// hold, ok for one without a time or any word.
func (c *carrier) event(e event) (ev parcel.Event, known, ok bool) {
	ev.Time, ev.ZoneKnown, ok = instant(string(e.Time))
	ev.Code = textx.Line(strings.ToLower(string(e.Code)), 60)
	ev.Country = e.Location.country()
	ev.Place = town(string(e.Location.Address.Town))
	row, known := c.row(ev.Code, string(e.Status+" "+e.Description))
	ev.Status = row.Status
	ev.Text = words(e)
	if ev.Text == "" {
		ev.Text = row.Meaning
	}
	return ev, known, ok && ev.Text != ""
}

// instant reads a time. A Z stands behind wall clocks too, so that only an offset
// tells the zone.
func instant(s string) (at time.Time, zoned, ok bool) {
	clock, z := strings.CutSuffix(strings.ToUpper(s), "Z")
	if !z {
		if at, ok := adapter.At(s, time.UTC, time.RFC3339Nano, "2006-01-02T15:04:05.999-0700"); ok {
			return at, true, true
		}
	}
	at, ok = adapter.At(clock, time.UTC, "2006-01-02T15:04:05.999", "2006-01-02T15:04", time.DateTime, time.DateOnly)
	return at, false, ok
}

// day is the first of the texts that is a time; the date is the place's.
func day(texts ...string) parcel.Date {
	for _, s := range texts {
		if at, _, ok := instant(s); ok {
			return parcel.DateOf(at)
		}
	}
	return ""
}

// country is the code of the place, else the name behind its town.
func (p place) country() string {
	if c := adapter.Country(string(p.Address.Country)); c != "" {
		return c
	}
	if _, name, ok := strings.Cut(string(p.Address.Town), " - "); ok {
		return adapter.CountryNamed(name)
	}
	return ""
}

// town is the place without a street before it: that is somebody's address.
func town(s string) string {
	for {
		street, rest, ok := strings.Cut(s, ",")
		if !ok || !strings.ContainsFunc(street, unicode.IsDigit) {
			return adapter.Text(s)
		}
		s = rest
	}
}
