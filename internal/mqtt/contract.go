package mqtt

import (
	"encoding/json"
	"time"

	"parcelwatch/internal/locale"
	"parcelwatch/internal/status"
	"parcelwatch/internal/textx"
	"parcelwatch/parcel"
	"parcelwatch/parcel/number"
)

// card is a parcel in the form that parcel cards of Home Assistant read.
type card struct {
	Status      string          `json:"status"`
	Delivered   bool            `json:"delivered"`
	Key         number.Number   `json:"key"`
	Barcode     number.Number   `json:"barcode"`
	Name        string          `json:"name"`
	Carrier     string          `json:"carrier,omitempty"`
	PlannedFrom string          `json:"planned_from,omitempty"`
	PlannedTo   string          `json:"planned_to,omitempty"`
	DeliveredAt string          `json:"delivered_at,omitempty"`
	Pickup      bool            `json:"pickup"`
	PickupPoint string          `json:"pickup_point,omitempty"`
	PickupUntil parcel.Date     `json:"pickup_until,omitempty"`
	RawStatus   string          `json:"raw_status"`
	URL         string          `json:"url,omitempty"`
	Contents    []string        `json:"contents,omitempty"`
	History     []scan          `json:"history,omitempty"`
	Raw         raw             `json:"raw"`
	Numbers     []number.Number `json:"numbers,omitempty"`
}

// raw is what only this program reports.
type raw struct {
	Status      parcel.Status `json:"status"`
	Phase       parcel.Phase  `json:"phase"`
	Origin      string        `json:"origin,omitempty"`
	Destination string        `json:"destination,omitempty"`
	Days        int           `json:"days"`
}

type scan struct {
	Time   string `json:"time"`
	Status string `json:"status"`
	Place  string `json:"location,omitempty"`
	Text   string `json:"description,omitempty"`
}

// Limits of a card. Home Assistant's recorder stores at most 16 KB of attributes.
const (
	maxAttributes = 16_000
	maxTitle      = 120
	maxPlace      = 120
	maxScans      = 5
	maxContents   = 3
)

// cardOf returns the card of a parcel at now, in the printer's language.
func cardOf(p parcel.Parcel, say *locale.Printer, zone *time.Location, now time.Time) card {
	c := card{
		Status: cardStatus(p.Status), Delivered: p.Status == parcel.Delivered, Key: p.Number(), Barcode: p.Number(),
		Name: name(p), RawStatus: say.Standing(p.Status, p.StatusEvent(now), !p.LastEvent.IsZero()), Pickup: p.Status == parcel.ReadyForPickup,
		Raw: raw{Status: p.Status, Phase: p.Phase, Origin: p.Origin, Destination: p.Destination, Days: status.Days(p, now)},
	}
	if c.Delivered {
		c.DeliveredAt = moment(p.StatusSince.In(zone))
	} else if day := p.ETA.Time(zone); !day.IsZero() {
		c.PlannedFrom, c.PlannedTo = moment(day), moment(day.AddDate(0, 0, 1).Add(-time.Second))
	}
	if c.Pickup {
		c.PickupPoint, c.PickupUntil = textx.Line(p.Pickup.Place, maxPlace), p.Pickup.Until
	}
	if pages := number.Pages(p.Number(), p.Destination); len(pages) > 0 {
		c.Carrier, c.URL = pages[0].Name, pages[0].URL
	}
	if all := p.Numbers(); len(all) > 1 {
		c.Numbers = all
	}
	for _, it := range p.Items[:min(len(p.Items), maxContents)] {
		c.Contents = append(c.Contents, textx.Line(it.Title, maxTitle))
	}
	events := p.Timeline()
	for _, e := range events[max(0, len(events)-maxScans):] {
		c.History = append(c.History, scan{
			Time: moment(e.Time), Status: cardStatus(e.Status), Place: textx.Line(e.Place, maxPlace), Text: textx.Line(e.Text, maxPlace),
		})
	}
	return c
}

func name(p parcel.Parcel) string {
	if title := textx.Line(status.Title(p.Title, p.Items), maxTitle); title != "" {
		return title
	}
	return string(p.Number())
}

// cardStatus maps a status to those of the cards.
func cardStatus(s parcel.Status) string {
	switch s {
	case parcel.PreAdvice:
		return "registered"
	case parcel.Accepted, parcel.InTransit, parcel.Export, parcel.Import, parcel.Customs:
		return "in_transit"
	case parcel.OutForDelivery:
		return "out_for_delivery"
	case parcel.ReadyForPickup:
		return "at_pickup_point"
	case parcel.Delivered:
		return "delivered"
	case parcel.Returning, parcel.Returned:
		return "returning"
	case parcel.CustomsHold, parcel.AttemptFailed, parcel.Exception, parcel.Expired:
		return "problem"
	default:
		return "unknown"
	}
}

// attributes returns the cards as attributes of a sensor. If they are too large, the
// histories are left out, then the contents, then the last cards. more is how many parcels
// have no card already; the attribute "more" counts all without one.
func attributes(cards []card, more int) ([]byte, error) {
	type document struct {
		Parcels []card `json:"parcels"`
		More    int    `json:"more,omitempty"`
	}
	d := document{Parcels: append([]card{}, cards...), More: more}
	for step := 0; ; step++ {
		out, err := json.Marshal(d)
		if err != nil || len(out) <= maxAttributes || len(d.Parcels) == 0 {
			return out, err
		}
		switch {
		case step < 2:
			for i := range d.Parcels {
				d.Parcels[i].History = nil
				if step == 1 {
					d.Parcels[i].Contents, d.Parcels[i].Numbers = nil, nil
				}
			}
		default:
			keep := min(len(d.Parcels)*maxAttributes/len(out), len(d.Parcels)-1)
			d.Parcels, d.More = d.Parcels[:keep], d.More+len(d.Parcels)-keep
		}
	}
}

func moment(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.Format(time.RFC3339)
}
