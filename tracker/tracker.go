package tracker

import (
	"cmp"
	"context"
	"fmt"
	"log/slog"
	"time"

	"parcelwatch/carriers"
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
	// OnAnswer is called with each answer that was recorded, from the goroutine that
	// recorded it. May be nil.
	OnAnswer func(context.Context, carriers.Asked)
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
	if cfg.OnAnswer == nil {
		cfg.OnAnswer = func(context.Context, carriers.Asked) {}
	}
	cfg.Engine = cmp.Or(cfg.Engine, &Engine{})
	return &Tracker{cfg: cfg, store: store, engine: cfg.Engine, wake: make(chan struct{}, 1)}
}

// With returns a tracker over another view of the same store. Wake reaches both.
func (t *Tracker) With(view store.Tracking) *Tracker {
	other := *t
	other.store = view
	return &other
}

// Mail is one mail to record.
type Mail struct {
	Ref    parcel.MailRef
	Notice parcel.Notice // empty if the mail is only marked as read
	Digest string        // hash of the mail's bytes; identifies mail without a usable Message-ID
}

// Intake records mails in order in one transaction, up to the first that fails: orders,
// parcels, changes, and the mails as read. A mail recorded before changes nothing. It
// returns how many mails are recorded and, if these are not all, why the next one is not.
// policy is the mailbox's.
func (t *Tracker) Intake(ctx context.Context, policy Policy, mails ...Mail) (int, error) {
	now := t.cfg.Now()
	decisions, effects := make([]store.Decision, 0, len(mails)), make([]effect, len(mails))
	for i, m := range mails {
		decide := func(s *store.State) error {
			importNotice(s, m.Ref, m.Notice, rules{t.cfg.Home, t.cfg.Zone, policy}, now)
			effects[i] = effectOf(s, now)
			return nil
		}
		decisions = append(decisions, store.Decision{Scope: t.scope(m, now), Decide: decide})
	}
	stored, err := t.store.ApplyAll(ctx, decisions)
	if err != nil {
		err = fmt.Errorf("tracker: record mail %s: %w", mails[stored].Ref, err)
	}
	t.tell(ctx, mails[:stored], effects)
	return stored, err
}

// Wake makes a running tracker look for due parcels at once. It never blocks.
func (t *Tracker) Wake() {
	select {
	case t.wake <- struct{}{}:
	default:
	}
}

// scope is what recording a mail reads and changes.
func (t *Tracker) scope(m Mail, now time.Time) store.Scope {
	n := m.Notice
	scope := store.Scope{Mail: &m.Ref, MessageID: n.MessageID, Digest: m.Digest, Now: now}
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
	return scope
}

// effect is what recording a mail has caused.
type effect struct {
	news, due bool // changes; parcels that carriers are asked about at once
	made      int  // new parcels
}

func effectOf(s *store.State, now time.Time) effect {
	o := effect{news: len(s.Changes) > 0}
	for _, p := range s.Parcels {
		o.due = o.due || p.NextCheck.Equal(now)
		if p.ID == 0 {
			o.made++
		}
	}
	return o
}

// tell logs new parcels and wakes whoever acts on what the mails have caused.
func (t *Tracker) tell(ctx context.Context, mails []Mail, effects []effect) {
	var all effect
	for i, m := range mails {
		o := effects[i]
		if o.made > 0 {
			t.cfg.Log.InfoContext(ctx, "parcels found in an email", "mailbox", m.Ref.Mailbox, "parcels", o.made)
		}
		all.news, all.due = all.news || o.news, all.due || o.due
	}
	if all.news || all.due {
		t.Wake()
	}
	if all.news {
		t.cfg.OnChange()
	}
}
