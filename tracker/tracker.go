package tracker

import (
	"context"
	"fmt"
	"log/slog"
	"time"

	"parcelwatch/carriers"
	"parcelwatch/parcel"
	"parcelwatch/parcel/number"
	"parcelwatch/store"
)

// Asker is one carrier as the poll sees it: paced, budgeted and quarantined.
// Track may wait for its turn and hears the context. An error that wraps
// [carriers.ErrNotNow] means that nothing was asked.
type Asker interface {
	Info() carriers.Info
	Track(ctx context.Context, numbers []number.Number) ([]carriers.Result, error)
}

// Planner says whom to ask about a parcel; see [Plan].
type Planner func(p parcel.Parcel, now time.Time) []carriers.Ask

// Config is what a Tracker is made of.
type Config struct {
	Rules  Rules
	Zone   *time.Location // where the person lives; UTC when nil
	Plan   Planner
	Askers []Asker
	Log    *slog.Logger
	Now    func() time.Time // time.Now when nil
	// OnChange is called after changes were recorded, from the goroutine that
	// recorded them; it must not block. May be nil.
	OnChange func()
}

// Tracker is the story: notices come in, carriers are asked, changes go out to
// the store.
type Tracker struct {
	cfg    Config
	store  store.Tracking
	askers map[string]Asker
	wake   chan struct{}
}

// New makes a tracker over a store.
func New(cfg Config, store store.Tracking) *Tracker {
	if cfg.Zone == nil {
		cfg.Zone = time.UTC
	}
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	if cfg.Log == nil {
		cfg.Log = slog.New(slog.DiscardHandler)
	}
	if cfg.OnChange == nil {
		cfg.OnChange = func() {}
	}
	t := &Tracker{cfg: cfg, store: store, askers: map[string]Asker{}, wake: make(chan struct{}, 1)}
	for _, a := range cfg.Askers {
		t.askers[a.Info().Name] = a
	}
	return t
}

// Intake puts one notice on record: orders, parcels, changes, and that its mail
// was read, in one transaction. The same mail again changes nothing. digest is a
// hash of the mail's bytes, by which it is known again where it has no usable
// Message-ID.
func (t *Tracker) Intake(ctx context.Context, ref parcel.MailRef, n parcel.Notice, digest string) error {
	now := t.cfg.Now()
	scope := store.Scope{Mail: &ref, MessageID: n.MessageID, Digest: digest, Now: now}
	if n.Shipment() && n.Verdict.Trust.Creates() {
		scope.Orders = orderIDs(n)
		for _, p := range n.Parcels {
			scope.Numbers = append(scope.Numbers, p.Number)
		}
	}
	told := false
	err := t.store.Apply(ctx, scope, func(s *store.State) error {
		importNotice(s, ref, n, t.cfg.Rules, now)
		told = len(s.Changes) > 0
		return nil
	})
	if err != nil {
		return fmt.Errorf("tracker: record mail %s: %w", ref, err)
	}
	if told {
		t.Wake()
		t.cfg.OnChange()
	}
	return nil
}

// Wake makes a running tracker look at what is due now. It never blocks.
func (t *Tracker) Wake() {
	select {
	case t.wake <- struct{}{}:
	default:
	}
}
