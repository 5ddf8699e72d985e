package mqtt

import (
	"cmp"
	"encoding/json"
	"slices"
	"time"

	"parcelwatch/internal/locale"
	"parcelwatch/internal/textx"
	"parcelwatch/notify"
	"parcelwatch/parcel"
)

// state is the document of which most sensors show a field.
type state struct {
	Incoming       int     `json:"incoming"`
	WithCourier    int     `json:"with_courier"`
	AwaitingPickup int     `json:"awaiting_pickup"`
	DeliveredToday int     `json:"delivered_today"`
	NextDelivery   *string `json:"next_delivery"` // null is "unknown" in Home Assistant
	LastAnswer     *string `json:"last_answer"`
	NeedsYou       string  `json:"needs_you"`
	Blind          string  `json:"blind"`
}

// input is what the state is made from.
type input struct {
	parcels    []parcel.Parcel // the followed ones and those that were delivered lately
	health     parcel.Health
	protection notify.Protection
	threshold  time.Duration // after which a fault counts as blind
	zone       *time.Location
	language   string
}

// documents returns what is published, by topic. It is pure.
func documents(in input, t topics, say *locale.Printer, now time.Time) (map[string][]byte, error) {
	var s state
	var incoming, delivered []card
	today := parcel.DateOf(now.In(in.zone))
	var next, answer time.Time
	for _, p := range in.parcels {
		c := cardOf(p, say, in.zone, now)
		switch {
		case p.Status == parcel.Delivered:
			delivered = append(delivered, c)
			if parcel.DateOf(p.StatusSince.In(in.zone)) == today {
				s.DeliveredToday++
			}
			continue
		case p.Closed || p.Status.Final():
			continue
		}
		incoming = append(incoming, c)
		s.count(p)
		next = parcel.Earliest(next, expected(p, in.zone, now))
	}
	for _, k := range in.health.Carriers {
		if k.LastSuccess.After(answer) {
			answer = k.LastSuccess
		}
	}
	s.NextDelivery, s.LastAnswer = optional(next), optional(answer.Truncate(time.Minute))
	needs := attention(in, now)
	blind := troubles(in, say, now)
	s.NeedsYou, s.Blind = onOff(len(needs) > 0), onOff(len(blind) > 0)
	slices.SortStableFunc(delivered, func(a, b card) int { return cmp.Compare(b.DeliveredAt, a.DeliveredAt) })
	slices.SortStableFunc(incoming, func(a, b card) int { return cmp.Compare(urgency(a.Status), urgency(b.Status)) })
	return encode(t, s, incoming, delivered, map[string][]string{t.attention(): needs, t.troubles(): blind})
}

func encode(t topics, s state, incoming, delivered []card, lists map[string][]string) (map[string][]byte, error) {
	out := map[string][]byte{}
	var err error
	if out[t.state()], err = json.Marshal(s); err != nil {
		return nil, err
	}
	if out[t.incoming()], err = attributes(incoming); err != nil {
		return nil, err
	}
	if out[t.delivered()], err = attributes(delivered); err != nil {
		return nil, err
	}
	for topic, list := range lists {
		if out[topic], err = json.Marshal(map[string][]string{"about": append([]string{}, list[:min(len(list), maxAbout)]...)}); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// maxAbout limits the names in the attributes of a binary sensor.
const maxAbout = 20

func (s *state) count(p parcel.Parcel) {
	s.Incoming++
	switch p.Status { //nolint:exhaustive // the others are only incoming
	case parcel.OutForDelivery:
		s.WithCourier++
	case parcel.ReadyForPickup:
		s.AwaitingPickup++
	}
}

// urgency sorts cards: what needs the reader first, so that it is not left out.
func urgency(cardStatus string) int {
	order := []string{"problem", "at_pickup_point", "out_for_delivery", "returning", "in_transit"}
	if i := slices.Index(order, cardStatus); i >= 0 {
		return i
	}
	return len(order)
}

// expected returns when a parcel is expected; zero if that is unknown or over.
func expected(p parcel.Parcel, zone *time.Location, now time.Time) time.Time {
	today := parcel.DateOf(now.In(zone))
	switch {
	case p.Status == parcel.OutForDelivery:
		return today.Time(zone)
	case p.Status == parcel.ReadyForPickup || p.ETA < today:
		return time.Time{}
	default:
		return p.ETA.Time(zone)
	}
}

// attention returns the names of the parcels that need the reader, as the digest does.
func attention(in input, now time.Time) []string {
	d := notify.Compose(notify.Input{Audience: notify.Audience{Zone: in.zone, Language: in.language}, Parcels: in.parcels, Protection: in.protection}, now)
	var out []string
	for _, s := range d.Sections {
		for _, it := range s.Items {
			if s.Kind == notify.SectionNeeds {
				out = append(out, textx.Line(cmp.Or(it.Title, string(it.Number)), maxTitle))
			}
		}
	}
	return out
}

// troubles returns what keeps news from the reader: a mailbox that cannot be read, or
// mail that cannot be sent, for longer than the threshold.
func troubles(in input, say *locale.Printer, now time.Time) []string {
	var out []string
	for _, a := range notify.Alarms(in.health, in.threshold, now) {
		switch a.Kind { //nolint:exhaustive // a carrier that fails hides one parcel's news, not all
		case notify.TroubleMailbox:
			out = append(out, textx.Line(a.Name, maxTitle))
		case notify.TroubleOutbox:
			out = append(out, say.T("mqtt_outbox"))
		}
	}
	return out
}

func onOff(on bool) string {
	if on {
		return "ON"
	}
	return "OFF"
}

func optional(t time.Time) *string {
	if t.IsZero() {
		return nil
	}
	s := moment(t)
	return &s
}
