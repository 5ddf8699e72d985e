package notify_test

import (
	"context"
	"errors"
	"slices"
	"sync"
	"time"

	"parcelwatch/notify"
	"parcelwatch/parcel"
	"parcelwatch/store"
)

var errDisk = errors.New("disk full")

// memory is a digest source and an outbox in memory that fulfil the contracts.
type memory struct {
	mu       sync.Mutex
	parcels  []parcel.Parcel
	changes  []parcel.Change
	told     map[string]map[int64]bool
	by       map[string][]int64 // what messages announced
	messages []store.Message
	health   parcel.Health
	broken   map[string]bool // methods that fail
	calls    map[string]int  // of methods
}

func newMemory() *memory {
	return &memory{told: map[string]map[int64]bool{}, by: map[string][]int64{}, broken: map[string]bool{}, calls: map[string]int{}}
}

func (m *memory) Asked(_ context.Context, since time.Time) (map[string]int, error) {
	unlock, err := m.lock("Asked")
	defer unlock()
	out := map[string]int{}
	for _, p := range m.parcels {
		for _, s := range p.Sources {
			if !p.Closed && !p.Status.Final() && !s.Asked.Before(since) {
				out[s.Carrier]++
			}
		}
	}
	return out, err
}

func (m *memory) Outlines(_ context.Context, ids []int64) ([]parcel.Parcel, error) {
	unlock, err := m.lock("Outlines")
	defer unlock()
	var out []parcel.Parcel
	for _, p := range m.parcels {
		if !p.Closed && !p.Status.Final() || slices.Contains(ids, p.ID) {
			out = append(out, stored(p))
		}
	}
	return out, err
}

// stored is a parcel without what stores leave out.
func stored(p parcel.Parcel) parcel.Parcel {
	p.Items, p.Maybe, p.NeverJoin, p.Unions, p.Orders = nil, nil, nil, nil, nil
	p.Logistics = parcel.Logistics{}
	sources := p.Sources
	p.Sources = nil
	for _, s := range sources {
		p.Sources = append(p.Sources, parcel.Source{Carrier: s.Carrier, Asked: s.Asked})
	}
	return p
}

func (m *memory) ParcelsByID(_ context.Context, ids []int64) ([]parcel.Parcel, error) {
	unlock, err := m.lock("ParcelsByID")
	defer unlock()
	return slices.DeleteFunc(slices.Clone(m.parcels), func(p parcel.Parcel) bool { return !slices.Contains(ids, p.ID) }), err
}

func (m *memory) Remindable(ctx context.Context, _, _ time.Time) ([]parcel.Parcel, error) {
	return m.Outlines(ctx, nil)
}

func (m *memory) FollowedOrders(context.Context, []string) ([]parcel.Order, error) { return nil, nil }

func (m *memory) Ended(_ context.Context, parcels func(*parcel.Parcel), _ func(*parcel.Order)) error {
	unlock, err := m.lock("Ended")
	defer unlock()
	for i := range m.parcels {
		if m.parcels[i].Closed || m.parcels[i].Status.Final() {
			parcels(&m.parcels[i])
		}
	}
	return err
}

func (m *memory) Health(context.Context) (parcel.Health, error) {
	unlock, err := m.lock("Health")
	defer unlock()
	return m.health, err
}

func (m *memory) Changes(_ context.Context, id int64) ([]parcel.Change, error) {
	unlock, err := m.lock("Changes")
	defer unlock()
	return slices.DeleteFunc(slices.Clone(m.changes), func(ch parcel.Change) bool { return ch.Parcel != id }), err
}

func (m *memory) Tell(_ context.Context, changes []parcel.Change) error {
	unlock, err := m.lock("Tell")
	defer unlock()
	if err != nil {
		return err
	}
	for _, ch := range changes {
		if slices.ContainsFunc(m.changes, func(o parcel.Change) bool { return o.Parcel == ch.Parcel && o.Key == ch.Key }) {
			continue
		}
		ch.ID = int64(len(m.changes) + 1)
		m.changes = append(m.changes, ch)
	}
	return nil
}

func (m *memory) Pending(_ context.Context, audience string, since time.Time) ([]parcel.Change, error) {
	unlock, err := m.lock("Pending")
	defer unlock()
	return slices.DeleteFunc(slices.Clone(m.changes), func(ch parcel.Change) bool { return m.told[audience][ch.ID] || ch.At.Before(since) }), err
}

func (m *memory) Announced(_ context.Context, audience string, changes []int64) error {
	unlock, err := m.lock("Announced")
	defer unlock()
	if err == nil {
		m.mark(audience, changes)
	}
	return err
}

func (m *memory) Enqueue(_ context.Context, msg store.Message, told []int64) error {
	unlock, err := m.lock("Enqueue")
	defer unlock()
	if err != nil {
		return err
	}
	for _, o := range m.messages {
		if o.Audience == msg.Audience && o.Slot == msg.Slot {
			return store.ErrSlotTaken
		}
	}
	m.messages = append(m.messages, msg)
	m.mark(msg.Audience, told)
	m.by[msg.ID] = told
	return nil
}

func waits(f store.Delivery) bool {
	return f.State == store.DeliveryWaiting || f.State == store.DeliveryAmbiguous
}

func (m *memory) DueMessages(_ context.Context, now time.Time, limit int) ([]store.Message, error) {
	unlock, err := m.lock("DueMessages")
	defer unlock()
	var out []store.Message
	for _, msg := range m.messages {
		if len(out) < limit && slices.ContainsFunc(msg.Deliveries, func(f store.Delivery) bool { return waits(f) && !f.Next.After(now) }) {
			msg.Deliveries = slices.Clone(msg.Deliveries)
			out = append(out, msg)
		}
	}
	return out, err
}

func (m *memory) NextMessage(context.Context) (time.Time, error) {
	unlock, err := m.lock("NextMessage")
	defer unlock()
	var next time.Time
	for _, msg := range m.messages {
		for _, f := range msg.Deliveries {
			if waits(f) && (next.IsZero() || f.Next.Before(next)) {
				next = f.Next
			}
		}
	}
	return next, err
}

func (m *memory) Record(_ context.Context, id string, fates []store.Delivery) error {
	unlock, err := m.lock("Record")
	defer unlock()
	if err != nil {
		return err
	}
	for i := range m.messages {
		if m.messages[i].ID != id {
			continue
		}
		for _, f := range fates {
			for j := range m.messages[i].Deliveries {
				if m.messages[i].Deliveries[j].To == f.To {
					m.messages[i].Deliveries[j] = f
				}
			}
		}
		return nil
	}
	return parcel.ErrNotFound
}

func (m *memory) LastSlot(_ context.Context, audience string) (string, time.Time, error) {
	unlock, err := m.lock("LastSlot")
	defer unlock()
	for _, msg := range slices.Backward(m.messages) {
		if msg.Audience == audience {
			return msg.Slot, msg.Made, err
		}
	}
	return "", time.Time{}, err
}

func (m *memory) Backlog(_ context.Context, audience string) (store.Backlog, error) {
	unlock, err := m.lock("Backlog")
	defer unlock()
	var out store.Backlog
	for _, msg := range m.messages {
		if msg.Audience != audience || slices.ContainsFunc(msg.Deliveries, func(f store.Delivery) bool { return f.State == store.DeliverySent }) {
			continue
		}
		for _, f := range msg.Deliveries {
			if !waits(f) {
				continue
			}
			out.Made, out.Next = parcel.Earliest(out.Made, msg.Made), parcel.Earliest(out.Next, f.Next)
			if f.Tries > 0 {
				out.Tried = parcel.Earliest(out.Tried, msg.Made)
			}
		}
	}
	return out, err
}

func (m *memory) Withdraw(_ context.Context, audience string) ([]store.Message, error) {
	unlock, err := m.lock("Withdraw")
	defer unlock()
	if err != nil {
		return nil, err
	}
	var out []store.Message
	m.messages = slices.DeleteFunc(m.messages, func(msg store.Message) bool {
		if msg.Audience != audience || slices.ContainsFunc(msg.Deliveries, func(f store.Delivery) bool { return f.State != store.DeliveryWaiting }) {
			return false
		}
		for _, id := range m.by[msg.ID] {
			delete(m.told[audience], id)
		}
		out = append(out, msg)
		return true
	})
	return out, nil
}

func (m *memory) Refused(_ context.Context, audience string, since time.Time) ([]store.Message, error) {
	unlock, err := m.lock("Refused")
	defer unlock()
	var out []store.Message
	for _, msg := range m.messages {
		kept := slices.ContainsFunc(msg.Deliveries, func(f store.Delivery) bool { return f.State != store.DeliveryRefused })
		if msg.Audience == audience && !msg.Made.Before(since) && !kept {
			msg.Deliveries = slices.Clone(msg.Deliveries)
			out = append(out, msg)
		}
	}
	return out, err
}

func (m *memory) Sent(_ context.Context, ids ...string) (sent []string, err error) {
	unlock, err := m.lock("Sent")
	defer unlock()
	for _, msg := range m.messages {
		if slices.Contains(ids, msg.ID) {
			sent = append(sent, msg.ID)
		}
	}
	return sent, err
}

func (m *memory) mark(audience string, changes []int64) {
	if m.told[audience] == nil {
		m.told[audience] = map[int64]bool{}
	}
	for _, id := range changes {
		m.told[audience][id] = true
	}
}

func (m *memory) lock(method string) (func(), error) {
	m.mu.Lock()
	m.calls[method]++
	if m.broken[method] {
		return m.mu.Unlock, errDisk
	}
	return m.mu.Unlock, nil
}

// with changes the memory like the rest of the program does.
func (m *memory) with(f func(*memory)) {
	m.mu.Lock()
	defer m.mu.Unlock()
	f(m)
}

// move changes a parcel's status and records the change.
func (m *memory) move(id int64, s parcel.Status) {
	m.with(func(m *memory) {
		for i := range m.parcels {
			if m.parcels[i].ID == id {
				m.parcels[i].Status = s
			}
		}
		m.changes = append(m.changes, parcel.Change{ID: int64(len(m.changes) + 1), Kind: parcel.ChangeMoved, Parcel: id, To: s, At: time.Now()})
	})
}

// postman is a sender whose results are set by the test.
type postman struct {
	mu     sync.Mutex
	result func(to string, try int) notify.SendResult
	tries  map[string]int // by recipient
	sent   []string       // "time recipient Message-ID", by the fake clock
}

func (p *postman) Send(ctx context.Context, m store.Message, to []string) []notify.Outcome {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.tries == nil {
		p.tries = map[string]int{}
	}
	var out []notify.Outcome
	for _, a := range to {
		p.tries[a]++
		o := notify.Outcome{To: a, Result: notify.SendOK}
		if p.result != nil {
			o.Result = p.result(a, p.tries[a])
		}
		if ctx.Err() != nil {
			o.Result = notify.SendUntried
		}
		if o.Result != notify.SendOK {
			o.Err = errors.New("the server said " + string(o.Result))
		}
		if o.Result == notify.SendOK || o.Result == notify.SendAmbiguous {
			p.sent = append(p.sent, time.Now().UTC().Format("01-02 15:04")+" "+a+" "+m.ID)
		}
		out = append(out, o)
	}
	return out
}

// tried returns how many mails a recipient was offered.
func (p *postman) tried(to string) int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.tries[to]
}

// arrived returns when and to whom mail was delivered.
func (p *postman) arrived() []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	var out []string
	for _, s := range p.sent {
		out = append(out, s[:len("01-02 15:04 ")+len("me@example.org")])
	}
	return out
}
