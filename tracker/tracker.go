package tracker

import (
	"cmp"
	"context"
	"fmt"
	"log/slog"
	"time"

	"parcelwatch/parcel"
	"parcelwatch/store"
)

// Config is the configuration of a Tracker.
type Config struct {
	Home   string         // ISO country where parcels arrive unless events say otherwise
	Zone   *time.Location // time zone of Home; nil for UTC
	Engine *Engine        // asks carriers; nil to ask none
	Log    *slog.Logger
	Now    func() time.Time // nil for time.Now
	// OnChange is called after changes were recorded, from the goroutine that
	// recorded them; it must not block. May be nil.
	OnChange func()
}

// Tracker imports notices, asks carriers about parcels, and records the changes in
// the store.
type Tracker struct {
	cfg    Config
	store  store.Tracking
	engine *Engine
	wake   chan struct{}
}

// New returns a tracker over a store.
func New(cfg Config, store store.Tracking) *Tracker {
	cfg.Zone = cmp.Or(cfg.Zone, time.UTC)
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	cfg.Log = cmp.Or(cfg.Log, slog.New(slog.DiscardHandler))
	if cfg.OnChange == nil {
		cfg.OnChange = func() {}
	}
	cfg.Engine = cmp.Or(cfg.Engine, &Engine{})
	return &Tracker{cfg: cfg, store: store, engine: cfg.Engine, wake: make(chan struct{}, 1)}
}

// Intake records one notice in one transaction: orders, parcels, changes, and the
// mail as read. The same mail again changes nothing. digest is a hash of the mail's
// bytes, which identifies mail without a usable Message-ID. policy is the
// mailbox's.
func (t *Tracker) Intake(ctx context.Context, ref parcel.MailRef, n parcel.Notice, digest string, policy Policy) error {
	now := t.cfg.Now()
	scope := store.Scope{Mail: &ref, MessageID: n.MessageID, Digest: digest, Now: now}
	if n.Shipment() && n.Verdict.Trust.Creates() {
		scope.Orders = orderIDs(n)
		for _, p := range n.Parcels {
			scope.Numbers = append(scope.Numbers, p.Number)
		}
	}
	if !n.Verdict.Proven() {
		read, sent := quotaDays(n, t.cfg.Zone, now)
		scope.Days = []parcel.Date{read, sent}
	}
	news, due, made := false, false, 0
	err := t.store.Apply(ctx, scope, func(s *store.State) error {
		importNotice(s, ref, n, rules{t.cfg.Home, t.cfg.Zone, policy}, now)
		news, due, made = len(s.Changes) > 0, false, 0
		for _, p := range s.Parcels {
			due = due || p.NextCheck.Equal(now)
			if p.ID == 0 {
				made++
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("tracker: record mail %s: %w", ref, err)
	}
	if made > 0 {
		t.cfg.Log.InfoContext(ctx, "parcels found in an email", "mailbox", ref.Mailbox, "parcels", made)
	}
	if news || due {
		t.Wake()
	}
	if news {
		t.cfg.OnChange()
	}
	return nil
}

// Wake makes a running tracker look for due parcels at once. It never blocks.
func (t *Tracker) Wake() {
	select {
	case t.wake <- struct{}{}:
	default:
	}
}
