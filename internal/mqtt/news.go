package mqtt

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"slices"
	"time"

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
	ID     int64         `json:"id"` // of the change: an event that comes twice has the same
	At     string        `json:"at"` // when the change was learned
	Type   string        `json:"event_type"`
	Name   string        `json:"name"`
	Number number.Number `json:"number"`
	Status parcel.Status `json:"status"`
	Words  string        `json:"status_words"`
	Place  string        `json:"place,omitempty"`
	Until  parcel.Date   `json:"until,omitempty"` // last day of the storage or of the protection
}

// newsOf returns the event of a change; false if the change is none.
func newsOf(ch parcel.Change, p parcel.Parcel, say *locale.Printer, zone *time.Location) ([]byte, bool) {
	kind := newsType(ch)
	if kind == "" || p.Muted {
		return nil, false
	}
	s := cmp.Or(ch.To, p.Status)
	n := news{
		ID: ch.ID, At: moment(ch.At.In(zone)), Type: kind, Name: name(p), Number: p.Number(), Status: s, Words: say.Status(s),
		Place: textx.Line(ch.Event.Place, maxPlace),
	}
	switch kind {
	case newsPickup:
		n.Until, _ = p.KeptUntil(zone)
		n.Place = cmp.Or(textx.Line(p.Pickup.Place, maxPlace), n.Place)
	case newsProtection:
		n.Until = parcel.Date(ch.New)
	}
	out, err := json.Marshal(n)
	return out, err == nil
}

func newsType(ch parcel.Change) string {
	switch ch.Kind {
	case parcel.ChangeNewParcel:
		if ch.Mailbox != "" {
			return "" // new to the readers of that mailbox only
		}
		return newsRegistered
	case parcel.ChangeStalled:
		return newsStalled
	case parcel.ChangeProtection:
		return newsProtection
	case parcel.ChangePickupUntil:
		return newsPickup
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

const (
	newsBefore = 24 * time.Hour // what was learned so long before the first connection is news
	newsBatch  = 20             // events between two records of what was told
)

// tell publishes the news as events. Each change is recorded as announced once the broker
// has confirmed its event; until the store has recorded that, it is kept in memory, so
// that only the end of the process between the two repeats an event. A failure of the
// store ends nothing: what was not told or recorded is tried again at the next look.
func (p *Publisher) tell(ctx context.Context, c *client, now time.Time) error {
	since, err := p.newsSince(ctx, now)
	if err != nil {
		p.storeFails(ctx, err)
		return nil
	}
	changes, err := p.store.Pending(ctx, p.audience(), since)
	if err != nil {
		p.storeFails(ctx, err)
		return nil
	}
	for batch := range slices.Chunk(changes, newsBatch) {
		about, err := p.about(ctx, batch)
		if err != nil {
			p.storeFails(ctx, err)
			return nil
		}
		lost := p.tellBatch(ctx, c, batch, about)
		if err := p.record(ctx, batch); err != nil {
			p.storeFails(ctx, err)
			return lost
		}
		if lost != nil {
			return lost
		}
	}
	p.moveSince(ctx, now)
	return nil
}

// about returns the parcels of the changes by id.
func (p *Publisher) about(ctx context.Context, changes []parcel.Change) (map[int64]parcel.Parcel, error) {
	var ids []int64
	for _, ch := range changes {
		ids = append(ids, ch.Parcel)
	}
	slices.Sort(ids)
	return p.parcels(ctx, slices.Compact(ids))
}

// tellBatch publishes the events of changes and notes which of them are told.
func (p *Publisher) tellBatch(ctx context.Context, c *client, changes []parcel.Change, about map[int64]parcel.Parcel) error {
	for _, ch := range changes {
		if p.told[ch.ID] {
			continue
		}
		one, known := about[ch.Parcel]
		if event, ok := newsOf(ch, one, p.say, p.cfg.Zone); ok && known {
			if err := c.put(ctx, p.topics.news(), event, false); err != nil {
				return err
			}
		}
		p.told[ch.ID] = true
	}
	return nil
}

// record records those of the changes that are told. It does so even if ctx has ended.
func (p *Publisher) record(ctx context.Context, changes []parcel.Change) error {
	var ids []int64
	for _, ch := range changes {
		if p.told[ch.ID] {
			ids = append(ids, ch.ID)
		}
	}
	if len(ids) == 0 {
		return nil
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), closeTime)
	defer cancel()
	if err := p.store.Announced(ctx, p.audience(), ids); err != nil {
		return err
	}
	for _, id := range ids {
		delete(p.told, id)
	}
	return nil
}

// newsSince returns from when on changes are news: a day before the first connection of
// all, so that a new broker is not told the history. It moves on as news is told.
func (p *Publisher) newsSince(ctx context.Context, now time.Time) (time.Time, error) {
	first := now.Add(-newsBefore)
	if p.since.IsZero() {
		text, err := p.store.Secret(ctx, p.audience()+"since")
		if err != nil && !errors.Is(err, parcel.ErrNotFound) {
			return first, err
		}
		if p.since, err = time.Parse(time.RFC3339, text); err != nil {
			p.since = first
			if err := p.keepSince(ctx); err != nil {
				p.since = time.Time{}
				return first, err
			}
		}
	}
	if p.since.After(first) {
		return first, nil // the clock was set back
	}
	return p.since, nil
}

// moveSince lets news begin a day ago, once everything before is told, so that the store
// does not search all changes there ever were. It writes once a day.
func (p *Publisher) moveSince(ctx context.Context, now time.Time) {
	if now.Sub(p.since) < 2*newsBefore {
		return
	}
	p.since = now.Add(-newsBefore)
	if err := p.keepSince(ctx); err != nil {
		p.storeFails(ctx, err)
	}
}

func (p *Publisher) keepSince(ctx context.Context) error {
	return p.store.SetSecret(ctx, p.audience()+"since", p.since.UTC().Format(time.RFC3339))
}
