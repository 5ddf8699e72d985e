package carriers

import (
	"context"
	"sync"
	"time"

	"parcelwatch/parcel"
)

// MemoryLedger is a [Ledger] for one process without a store. Its contents are lost
// when the process ends.
type MemoryLedger struct {
	mu     sync.Mutex
	days   map[string]booking
	hosts  map[string]time.Time
	health map[string]parcel.CarrierHealth
	raw    map[string][][]byte
}

type booking struct {
	day           parcel.Date
	count, budget int
}

// NewMemoryLedger returns an empty ledger.
func NewMemoryLedger() *MemoryLedger {
	return &MemoryLedger{
		days: make(map[string]booking), hosts: make(map[string]time.Time),
		health: make(map[string]parcel.CarrierHealth), raw: make(map[string][][]byte),
	}
}

// Take implements [Ledger].
func (l *MemoryLedger) Take(ctx context.Context, carrier string, day parcel.Date, count, budget int) (bool, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if err := ctx.Err(); err != nil {
		return false, err
	}
	b := l.days[carrier]
	if b.day != day {
		b = booking{day: day}
	}
	b.budget = budget
	ok := budget == 0 || b.count+count <= budget
	if ok {
		b.count += count
	}
	l.days[carrier] = b
	return ok, nil
}

// Reserve implements [Ledger].
func (l *MemoryLedger) Reserve(ctx context.Context, host string, interval time.Duration, now time.Time) (time.Time, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if err := ctx.Err(); err != nil {
		return time.Time{}, err
	}
	at := now
	if last, ok := l.hosts[host]; ok && last.Add(interval).After(now) {
		at = last.Add(interval)
	}
	l.hosts[host] = at
	return at, nil
}

// CarrierHealth implements [Ledger].
func (l *MemoryLedger) CarrierHealth(ctx context.Context, carrier string) (parcel.CarrierHealth, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	h := l.health[carrier]
	h.Name, h.Today, h.Budget = carrier, l.days[carrier].count, l.days[carrier].budget
	return h, ctx.Err()
}

// SetCarrierHealth implements [Ledger].
func (l *MemoryLedger) SetCarrierHealth(ctx context.Context, h parcel.CarrierHealth) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.health[h.Name] = h
	return ctx.Err()
}

// keptAnswers is how many answers are kept per carrier.
const keptAnswers = 3

// KeepAnswer implements [Ledger].
func (l *MemoryLedger) KeepAnswer(ctx context.Context, carrier string, raw []byte, _ time.Time) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	kept := append(l.raw[carrier], raw)
	l.raw[carrier] = kept[max(0, len(kept)-keptAnswers):]
	return ctx.Err()
}

// Answers returns the kept answers of a carrier, oldest first.
func (l *MemoryLedger) Answers(carrier string) [][]byte {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.raw[carrier]
}
