package dhl

import (
	"cmp"
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
	Shipments *adapter.Many[shipment] `json:"shipments"`
}

type problem struct {
	Title  adapter.Lax `json:"title"`
	Detail adapter.Lax `json:"detail"`
}

// shipment is the answer of one service. Sender, receiver and signatory are not
// read.
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
		References adapter.Many[reference] `json:"references"`
		Pieces     []adapter.Lax           `json:"pieceIds"`
	} `json:"details"`
	Events adapter.Many[event] `json:"events"`
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

// read reads what DHL's services say of the number, from the service with most
// events.
func (c *carrier) read(ans adapter.Answer, shipments []shipment, n number.Number) (res carriers.Result, err error) {
	var best *shipment
	for i := range shipments {
		if s := &shipments[i]; s.of(n) && (best == nil || len(s.Events) > len(best.Events)) {
			best = s
		}
	}
	if best == nil {
		return res, c.Changed(ans, "the answer is of another number")
	}
	list := best.Events
	if len(list) == 0 && best.Status.Time != "" {
		list = []event{best.Status} // some services send the last event only
	}
	if len(list) == 0 && best.Status.Code == "" {
		return res, c.Changed(ans, "neither events nor a status")
	}
	t := parcel.Tracking{
		Origin: best.Origin.country(), Destination: best.Destination.country(), Aliases: best.aliases(n),
		Events: adapter.Events(list, c.event),
	}
	if !strings.EqualFold(string(best.Status.Code), "delivered") {
		t.ETA = cmp.Or(day(best.ETA), day(best.Frame.Through))
	}
	return c.Result(ans, n, t, len(list))
}

// of reports whether the shipment is the number's: by its own number, or by a
// piece or reference that it lists.
func (s *shipment) of(n number.Number) bool {
	if adapter.Same(n, s.ID) {
		return true
	}
	for _, p := range s.Details.Pieces {
		if adapter.Same(n, p) {
			return true
		}
	}
	for _, r := range s.Details.References {
		if adapter.Same(n, r.Number) {
			return true
		}
	}
	return false
}

// aliases are numbers of the same parcel at another service of DHL. Pieces and
// customer references may be shared by several parcels.
func (s *shipment) aliases(n number.Number) []parcel.Alias {
	var list []parcel.Alias
	for _, r := range s.Details.References {
		switch r.Type {
		case "local-tracking-number", "ecommerce-number":
			list = append(list, adapter.Alias(n, r.Number, "references")...)
			if adapter.Same(n, r.Number) {
				list = append(list, adapter.Alias(n, s.ID, "id")...)
			}
		}
	}
	return list
}

// event reads one scan. Scans without a time or any word are left out.
func (c *carrier) event(e event) (ev parcel.Event, ok bool) {
	ev.Time, ev.ZoneKnown, ok = instant(e.Time)
	ev.Code = adapter.Line(strings.ToLower(string(e.Code)), 60)
	ev.Country = e.Location.country()
	ev.Place = town(e.Location.Address.Town)
	row := c.row(ev.Code, string(e.Status+" "+e.Description))
	ev.Status, ev.Guess = row.Status, row.Guess
	ev.Text = cmp.Or(words(e), row.Meaning)
	return ev, ok && ev.Text != ""
}

// instant reads a time. Wall clocks may end in Z too, so only another offset
// tells the zone.
func instant(s adapter.Lax) (at time.Time, zoned, ok bool) {
	return adapter.Moment(strings.TrimSuffix(strings.ToUpper(string(s)), "Z"), nil,
		"2006-01-02T15:04:05.999", "2006-01-02T15:04", time.DateTime, time.DateOnly)
}

// day is the date of a time at its place.
func day(s adapter.Lax) parcel.Date {
	at, _, ok := instant(s)
	if !ok {
		return ""
	}
	return parcel.DateOf(at)
}

// country is the code of the place, or else the country that is its town or is
// named behind it.
func (p place) country() string {
	town := string(p.Address.Town)
	_, behind, _ := strings.Cut(town, " - ")
	if c := cmp.Or(adapter.Country(p.Address.Country), adapter.CountryNamed(behind)); c != "" || len(town) == 2 {
		return c
	}
	return adapter.CountryNamed(town)
}

// town is the place without a street before it, which may be a private address.
func town(place adapter.Lax) string {
	for s := string(place); ; {
		street, rest, ok := strings.Cut(s, ",")
		if !ok || !strings.ContainsFunc(street, unicode.IsDigit) {
			return adapter.Text(s)
		}
		s = rest
	}
}

// Codes of the table.
const (
	transit = "transit"
	wordy   = "words" // rows for events without a code; the service does not send it
)

// row finds the row of a status code and the words beside it, since the service
// has only five codes. Sub-codes of the table are words.
func (c *carrier) row(code, text string) adapter.Code {
	codes := []string{code}
	if code == "" {
		codes = []string{wordy, transit}
	}
	for _, code := range codes {
		if row, ok := c.Holds(code, text); ok {
			return row
		}
	}
	return adapter.Sober(c.Row(cmp.Or(code, transit), "*"), text)
}

// words returns the words of an event. The status is a sentence for some services
// and a mere code for others, which put the rest into the description. The
// description of a delivery may be the name of the signatory, so it is used only
// if it mentions a step.
func words(e event) string {
	status, description := adapter.Text(e.Status), adapter.Text(e.Description)
	switch {
	case description == "", !strings.EqualFold(status, string(e.Code)) && len(strings.Fields(status)) > 1:
		return status
	case !handed(e) || mentionsStep(description):
		return description
	default:
		return status
	}
}

// handed reports whether an event is a delivery, by its code or its words.
func handed(e event) bool {
	said := e.Code + " " + e.Status
	return textx.Mentions(said, "deliver", "signed") || said == " "
}

// mentionsStep reports whether a text is about a delivery or another step, and
// not a name.
func mentionsStep(text string) bool {
	return textx.Mentions(text,
		"deliver", "signed", "handed", "pick", "collect", "shipment", "parcel", "recipient", "arriv", "depart", "process",
		"customs", "clearance", "transit", "courier", "forward", "sort", "hold", "return", "received")
}
