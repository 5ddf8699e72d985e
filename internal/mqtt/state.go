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
	"parcelwatch/parcel/number"
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
	parcels    []parcel.Parcel // outlines of the followed ones and of those that were delivered lately
	health     parcel.Health
	protection notify.Protection
	threshold  time.Duration // after which a fault counts as blind
	zone       *time.Location
	language   string
}

// layout holds the parcels by where they are shown, those that matter most first.
type layout struct {
	incoming, delivered, needs []*parcel.Parcel
}

// maxCards is more cards than fit into the attributes of a sensor.
const maxCards = 100

// layOut decides what is shown where. It is pure.
func layOut(in input, now time.Time) layout {
	var l layout
	byNumber := map[number.Number]*parcel.Parcel{}
	for i := range in.parcels {
		p := &in.parcels[i]
		byNumber[p.Number()] = p
		switch {
		case p.Status == parcel.Delivered:
			l.delivered = append(l.delivered, p)
		case !p.Closed && !p.Status.Final():
			l.incoming = append(l.incoming, p)
		}
	}
	slices.SortStableFunc(l.delivered, func(a, b *parcel.Parcel) int { return b.StatusSince.Compare(a.StatusSince) })
	slices.SortStableFunc(l.incoming, func(a, b *parcel.Parcel) int {
		return cmp.Compare(urgency(cardStatus(a.Status)), urgency(cardStatus(b.Status)))
	})
	d := notify.Compose(notify.Input{Audience: notify.Audience{Zone: in.zone, Language: in.language}, Parcels: in.parcels, Protection: in.protection}, now)
	for _, s := range d.Sections {
		for _, it := range s.Items {
			if p := byNumber[it.Number]; p != nil && s.Kind == notify.SectionNeeds {
				l.needs = append(l.needs, p)
			}
		}
	}
	return l
}

// shown returns the ids of the parcels whose contents are shown.
func (l layout) shown() []int64 {
	var ids []int64
	for _, list := range [][]*parcel.Parcel{first(l.incoming, maxCards), first(l.delivered, maxCards), first(l.needs, maxAbout)} {
		for _, p := range list {
			ids = append(ids, p.ID)
		}
	}
	slices.Sort(ids)
	return slices.Compact(ids)
}

func first[T any](list []T, most int) []T { return list[:min(len(list), most)] }

// documents returns what is published, by topic. whole has the parcels that are shown. It
// is pure.
func documents(in input, l layout, whole map[int64]parcel.Parcel, d describer) (map[string][]byte, error) {
	var s state
	today := parcel.DateOf(d.now.In(in.zone))
	var next, answer time.Time
	for _, p := range l.delivered {
		if parcel.DateOf(p.StatusSince.In(in.zone)) == today {
			s.DeliveredToday++
		}
	}
	for _, p := range l.incoming {
		s.count(p)
		next = parcel.Earliest(next, expected(p, in.zone, d.now))
	}
	for _, k := range in.health.Carriers {
		if k.LastSuccess.After(answer) {
			answer = k.LastSuccess
		}
	}
	s.NextDelivery, s.LastAnswer = optional(next), optional(answer.Truncate(time.Minute))
	var needs []string
	for _, p := range first(l.needs, maxAbout) {
		if one, ok := whole[p.ID]; ok {
			needs = append(needs, name(one))
		}
	}
	blind := first(troubles(in, d.say, d.now), maxAbout)
	s.NeedsYou, s.Blind = onOff(len(l.needs) > 0), onOff(len(blind) > 0)
	out := map[string][]byte{}
	var err error
	for topic, doc := range map[string]any{
		d.topics.state(): s, d.topics.attention(): about{some(needs)}, d.topics.troubles(): about{some(blind)},
	} {
		if out[topic], err = json.Marshal(doc); err != nil {
			return nil, err
		}
	}
	for topic, list := range map[string][]*parcel.Parcel{d.topics.incoming(): l.incoming, d.topics.delivered(): l.delivered} {
		if out[topic], err = d.attributes(list, whole, in.zone); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// describer renders parcels at a time.
type describer struct {
	topics topics
	say    *locale.Printer
	now    time.Time
}

// attributes returns the cards of the first parcels of a list.
func (d describer) attributes(list []*parcel.Parcel, whole map[int64]parcel.Parcel, zone *time.Location) ([]byte, error) {
	var cards []card
	for _, p := range first(list, maxCards) {
		if one, ok := whole[p.ID]; ok {
			cards = append(cards, cardOf(one, d.say, zone, d.now))
		}
	}
	return attributes(cards, max(0, len(list)-maxCards))
}

// about names what a binary sensor is on for.
type about struct {
	About []string `json:"about"`
}

func some(list []string) []string { return append([]string{}, list...) }

// maxAbout limits the names in the attributes of a binary sensor.
const maxAbout = 20

func (s *state) count(p *parcel.Parcel) {
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
func expected(p *parcel.Parcel, zone *time.Location, now time.Time) time.Time {
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
