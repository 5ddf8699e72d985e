package mqtt

import (
	"encoding/json"

	"parcelwatch/internal/locale"
	"parcelwatch/internal/textx"
	"parcelwatch/parcel"
	"parcelwatch/parcel/number"
)

// The types of the news event.
const (
	newsRegistered = "registered"
	newsStatus     = "status_changed"
	newsDelivered  = "delivered"
	newsPickup     = "pickup"
	newsCustoms    = "customs"
	newsStalled    = "stalled"
	newsProtection = "protection"
)

func eventTypes() []string {
	return []string{newsRegistered, newsStatus, newsDelivered, newsPickup, newsCustoms, newsStalled, newsProtection}
}

// news is one event.
type news struct {
	Type   string        `json:"event_type"`
	Name   string        `json:"name"`
	Number number.Number `json:"number"`
	Status parcel.Status `json:"status"`
	Words  string        `json:"status_words"`
	Place  string        `json:"place,omitempty"`
}

// newsOf returns the event of a change; false if the change is none.
func newsOf(ch parcel.Change, p parcel.Parcel, say *locale.Printer) ([]byte, bool) {
	kind := newsType(ch)
	if kind == "" || p.Muted {
		return nil, false
	}
	s := p.Status
	if ch.To != "" {
		s = ch.To
	}
	out, err := json.Marshal(news{Type: kind, Name: name(p), Number: p.Number(), Status: s, Words: say.Status(s), Place: textx.Line(ch.Event.Place, maxPlace)})
	return out, err == nil
}

func newsType(ch parcel.Change) string {
	switch ch.Kind {
	case parcel.ChangeNewParcel:
		return newsRegistered
	case parcel.ChangeStalled:
		return newsStalled
	case parcel.ChangeProtection:
		return newsProtection
	case parcel.ChangeMoved:
	default:
		return ""
	}
	switch ch.To {
	case parcel.Delivered:
		return newsDelivered
	case parcel.ReadyForPickup:
		return newsPickup
	case parcel.Customs, parcel.CustomsHold:
		return newsCustoms
	default:
		return newsStatus
	}
}
