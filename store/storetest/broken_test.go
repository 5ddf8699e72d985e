package storetest_test

import (
	"context"
	"fmt"
	"sync"
	"time"

	"parcelwatch/internal/message"
	"parcelwatch/parcel"
	"parcelwatch/parcel/number"
	"parcelwatch/store"
	"parcelwatch/store/storetest"
)

// recorder is a T that records failures instead of failing.
type recorder struct {
	ctx context.Context //nolint:containedctx // the context of a test belongs to its T
	mu  sync.Mutex
	bad []string
}

func (r *recorder) Helper()                  {}
func (r *recorder) Context() context.Context { return r.ctx }

func (r *recorder) Errorf(format string, args ...any) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.bad = append(r.bad, fmt.Sprintf(format, args...))
}

type stop struct{}

func (r *recorder) Fatalf(format string, args ...any) {
	r.Errorf(format, args...)
	panic(stop{})
}

// try runs a check and returns its failures.
func try(ctx context.Context, c storetest.Check, h storetest.Harness) (bad []string) {
	r := &recorder{ctx: ctx}
	defer func() {
		if v := recover(); v != nil {
			if _, ours := v.(stop); !ours {
				r.Errorf("panic: %v", v)
			}
		}
		bad = r.bad
	}()
	c.Run(r, h)
	return nil
}

// broken is a store that breaks one clause of the contract, by replacing methods.
type broken struct {
	store.Store
	apply         func(context.Context, store.Scope, func(*store.State) error) error
	applyAll      func([]store.Decision) []store.Decision
	parcels       func([]parcel.Parcel) []parcel.Parcel
	pending       func([]parcel.Change) []parcel.Change
	changes       func([]parcel.Change) []parcel.Change
	recent        func([]parcel.Change) []parcel.Change
	standing      func(store.Standing) store.Standing
	tell          func([]parcel.Change) []parcel.Change
	due           func([]parcel.Parcel) []parcel.Parcel
	withheld      func([]store.Withheld) []store.Withheld
	selection     func(store.Selection) store.Selection
	forget        func(ctx context.Context, id int64) error
	journeys      func([]store.Journey) []store.Journey
	trips         func([]parcel.Trip) []parcel.Trip
	savePosition  func() error
	setAside      func() error
	enqueue       func(store.Message, []int64) (store.Message, []int64)
	messages      func([]store.Message) []store.Message
	record        func([]store.Delivery) []store.Delivery
	sent          func([]string) []string
	lastSlot      func(string) string
	backlog       func(store.Backlog) store.Backlog
	refused       func([]store.Message) []store.Message
	withdraw      func(ctx context.Context, audience string) ([]store.Message, error)
	take          func() (bool, error)
	reserve       func(interval time.Duration, now time.Time) (time.Duration, time.Time)
	carrierHealth func(parcel.CarrierHealth) parcel.CarrierHealth
	answers       func([]store.Answer) []store.Answer
	health        func(parcel.Health) parcel.Health
	beat          func(store.Heartbeat) store.Heartbeat
	household     func(string) string
	docs          func([]store.HouseholdDoc) []store.HouseholdDoc
	revision      func(int64) int64
	removal       func(name string) error
	claim         func(store.Claims) store.Claims
	nodes         func([]store.Node) []store.Node
	followers     func([]string) []string
	following     func(int) int
	unverified    func(int) int
	unwatched     func([]store.Unwatched) []store.Unwatched
	backup        func() error
	prune         func(store.Pruned) store.Pruned
	secret        func(string, error) (string, error)
	byNumber      func(parcel.Parcel, error) (parcel.Parcel, error)
	followed      func([]parcel.Parcel) []parcel.Parcel
	asked         func(map[string]int) map[string]int
	ended         func(*parcel.Parcel) *parcel.Parcel
	outlines      func([]parcel.Parcel) []parcel.Parcel
	byID          func([]parcel.Parcel) []parcel.Parcel
	remindable    func([]parcel.Parcel) []parcel.Parcel
	orders        func([]parcel.Order) []parcel.Order
	carriers      func([]parcel.Parcel) []parcel.Parcel
}

func (b *broken) Apply(ctx context.Context, s store.Scope, f func(*store.State) error) error {
	if b.apply != nil {
		return b.apply(ctx, s, f)
	}
	return b.Store.Apply(ctx, s, f)
}

// ApplyAll is many calls of Apply, so that a fault of one is a fault of both.
func (b *broken) ApplyAll(ctx context.Context, decisions []store.Decision) (int, error) {
	if b.applyAll != nil {
		decisions = b.applyAll(decisions)
	}
	if b.apply == nil {
		return b.Store.ApplyAll(ctx, decisions)
	}
	for i, d := range decisions {
		if err := b.apply(ctx, d.Scope, d.Decide); err != nil {
			return i, err
		}
	}
	return len(decisions), nil
}

func (b *broken) Parcels(ctx context.Context) ([]parcel.Parcel, error) {
	return through(b.parcels)(b.Store.Parcels(ctx))
}

func (b *broken) FollowedParcels(ctx context.Context, ids []int64) ([]parcel.Parcel, error) {
	return through(b.followed)(b.Store.FollowedParcels(ctx, ids))
}

func (b *broken) FollowedPage(ctx context.Context, page store.Page) ([]parcel.Parcel, error) {
	return through(b.followed)(b.Store.FollowedPage(ctx, page))
}

func (b *broken) Outlines(ctx context.Context, ids []int64) ([]parcel.Parcel, error) {
	return through(b.outlines)(b.Store.Outlines(ctx, ids))
}

func (b *broken) ParcelsByID(ctx context.Context, ids []int64) ([]parcel.Parcel, error) {
	return through(b.byID)(b.Store.ParcelsByID(ctx, ids))
}

func (b *broken) Remindable(ctx context.Context, from, to time.Time) ([]parcel.Parcel, error) {
	return through(b.remindable)(b.Store.Remindable(ctx, from, to))
}

func (b *broken) Asked(ctx context.Context, since time.Time) (map[string]int, error) {
	return through(b.asked)(b.Store.Asked(ctx, since))
}

func (b *broken) Ended(ctx context.Context, parcels func(*parcel.Parcel), orders func(*parcel.Order)) error {
	return b.Store.Ended(ctx, func(p *parcel.Parcel) {
		if b.ended == nil || b.ended(p) != nil {
			parcels(p)
		}
	}, orders)
}

func (b *broken) FollowedOrders(ctx context.Context, ids []string) ([]parcel.Order, error) {
	return through(b.orders)(b.Store.FollowedOrders(ctx, ids))
}

func (b *broken) Order(ctx context.Context, id string) (parcel.Order, []parcel.Parcel, error) {
	o, all, err := b.Store.Order(ctx, id)
	all, err = through(b.carriers)(all, err)
	return o, all, err
}

func (b *broken) Pending(ctx context.Context, audience string, since time.Time) ([]parcel.Change, error) {
	return through(b.pending)(b.Store.Pending(ctx, audience, since))
}

func (b *broken) RecentChanges(ctx context.Context, limit int) ([]parcel.Change, error) {
	return through(b.recent)(b.Store.RecentChanges(ctx, limit))
}

func (b *broken) EachParcel(ctx context.Context, s store.Standing, visit func(parcel.Parcel) bool) error {
	s, _ = through(b.standing)(s, nil)
	return b.Store.EachParcel(ctx, s, visit)
}

func (b *broken) Changes(ctx context.Context, id int64) ([]parcel.Change, error) {
	return through(b.changes)(b.Store.Changes(ctx, id))
}

func (b *broken) Tell(ctx context.Context, c []parcel.Change) error {
	c, _ = through(b.tell)(c, nil)
	return b.Store.Tell(ctx, c)
}

func (b *broken) Due(ctx context.Context, now time.Time, limit int, skip func(int64) bool) ([]parcel.Parcel, error) {
	return through(b.due)(b.Store.Due(ctx, now, limit, skip))
}

func (b *broken) Forget(ctx context.Context, id int64, purge bool) error {
	if b.forget != nil {
		return b.forget(ctx, id)
	}
	return b.Store.Forget(ctx, id, purge)
}

func (b *broken) ForgetAll(ctx context.Context, which store.Selection, purge bool) (int, error) {
	which, _ = through(b.selection)(which, nil)
	return b.Store.ForgetAll(ctx, which, purge)
}

func (b *broken) Journeys(ctx context.Context) ([]store.Journey, error) {
	return through(b.journeys)(b.Store.Journeys(ctx))
}

func (b *broken) Trips(ctx context.Context) ([]parcel.Trip, error) {
	return through(b.trips)(b.Store.Trips(ctx))
}

func (b *broken) SaveCheckpoint(ctx context.Context, mailbox, folder string, p store.Checkpoint) error {
	if b.savePosition != nil {
		return b.savePosition()
	}
	return b.Store.SaveCheckpoint(ctx, mailbox, folder, p)
}

func (b *broken) SetAside(ctx context.Context, ref parcel.MailRef, subject string, why message.Text, at time.Time) error {
	if b.setAside != nil {
		return b.setAside()
	}
	return b.Store.SetAside(ctx, ref, subject, why, at)
}

func (b *broken) Withheld(ctx context.Context, mailbox, folder string, validity uint32) ([]store.Withheld, error) {
	return through(b.withheld)(b.Store.Withheld(ctx, mailbox, folder, validity))
}

func (b *broken) Enqueue(ctx context.Context, m store.Message, told []int64) error {
	if b.enqueue != nil {
		m, told = b.enqueue(m, told)
	}
	return b.Store.Enqueue(ctx, m, told)
}

func (b *broken) DueMessages(ctx context.Context, now time.Time, limit int) ([]store.Message, error) {
	return through(b.messages)(b.Store.DueMessages(ctx, now, limit))
}

func (b *broken) Record(ctx context.Context, id string, fates []store.Delivery) error {
	fates, _ = through(b.record)(fates, nil)
	return b.Store.Record(ctx, id, fates)
}

func (b *broken) Sent(ctx context.Context, ids ...string) ([]string, error) {
	return through(b.sent)(b.Store.Sent(ctx, ids...))
}

func (b *broken) Backlog(ctx context.Context, audience string) (store.Backlog, error) {
	return through(b.backlog)(b.Store.Backlog(ctx, audience))
}

func (b *broken) Refused(ctx context.Context, audience string, since time.Time) ([]store.Message, error) {
	return through(b.refused)(b.Store.Refused(ctx, audience, since))
}

func (b *broken) Withdraw(ctx context.Context, audience string) ([]store.Message, error) {
	if b.withdraw != nil {
		return b.withdraw(ctx, audience)
	}
	return b.Store.Withdraw(ctx, audience)
}

func (b *broken) LastSlot(ctx context.Context, audience string) (string, time.Time, error) {
	slot, at, err := b.Store.LastSlot(ctx, audience)
	if b.lastSlot != nil {
		slot = b.lastSlot(slot)
	}
	return slot, at, err
}

func (b *broken) Take(ctx context.Context, carrier string, day parcel.Date, count, budget int) (bool, error) {
	if b.take != nil {
		return b.take()
	}
	return b.Store.Take(ctx, carrier, day, count, budget)
}

func (b *broken) Reserve(ctx context.Context, host string, interval time.Duration, now time.Time) (time.Time, error) {
	if b.reserve != nil {
		interval, now = b.reserve(interval, now)
	}
	return b.Store.Reserve(ctx, host, interval, now)
}

func (b *broken) CarrierHealth(ctx context.Context, name string) (parcel.CarrierHealth, error) {
	return through(b.carrierHealth)(b.Store.CarrierHealth(ctx, name))
}

func (b *broken) Answers(ctx context.Context, carrier string) ([]store.Answer, error) {
	return through(b.answers)(b.Store.Answers(ctx, carrier))
}

func (b *broken) Health(ctx context.Context) (parcel.Health, error) {
	return through(b.health)(b.Store.Health(ctx))
}

func (b *broken) Heartbeat(ctx context.Context) (store.Heartbeat, error) {
	return through(b.beat)(b.Store.Heartbeat(ctx))
}

func (b *broken) Household(name string) store.Household {
	if b.household != nil {
		name = b.household(name)
	}
	return b.Store.Household(name)
}

func (b *broken) HouseholdDocs(ctx context.Context) ([]store.HouseholdDoc, error) {
	return through(b.docs)(b.Store.HouseholdDocs(ctx))
}

func (b *broken) Revision(ctx context.Context) (int64, error) {
	return through(b.revision)(b.Store.Revision(ctx))
}

func (b *broken) RemoveHousehold(ctx context.Context, name string) error {
	if b.removal != nil {
		return b.removal(name)
	}
	return b.Store.RemoveHousehold(ctx, name)
}

func (b *broken) Claim(ctx context.Context, n store.Node, households []string) (store.Claims, error) {
	return through(b.claim)(b.Store.Claim(ctx, n, households))
}

func (b *broken) Followers(ctx context.Context, n number.Number, households []string) ([]string, error) {
	return through(b.followers)(b.Store.Followers(ctx, n, households))
}

func (b *broken) Nodes(ctx context.Context) ([]store.Node, error) {
	return through(b.nodes)(b.Store.Nodes(ctx))
}

func (b *broken) FollowingUnverified(ctx context.Context) (int, error) {
	return through(b.unverified)(b.Store.FollowingUnverified(ctx))
}

func (b *broken) Following(ctx context.Context) (int, error) {
	return through(b.following)(b.Store.Following(ctx))
}

func (b *broken) Unwatched(ctx context.Context, watched []string) ([]store.Unwatched, error) {
	return through(b.unwatched)(b.Store.Unwatched(ctx, watched))
}

func (b *broken) Backup(ctx context.Context, file string) error {
	if b.backup != nil {
		return b.backup()
	}
	return b.Store.Backup(ctx, file)
}

func (b *broken) Prune(ctx context.Context, now time.Time) (store.Pruned, error) {
	return through(b.prune)(b.Store.Prune(ctx, now))
}

func (b *broken) Secret(ctx context.Context, name string) (string, error) {
	v, err := b.Store.Secret(ctx, name)
	if b.secret != nil {
		return b.secret(v, err)
	}
	return v, err
}

func (b *broken) ParcelByNumber(ctx context.Context, n number.Number) (parcel.Parcel, error) {
	p, err := b.Store.ParcelByNumber(ctx, n)
	if b.byNumber != nil {
		return b.byNumber(p, err)
	}
	return p, err
}

// through returns f as a function of a value and its error; a nil f changes
// nothing.
func through[V any](f func(V) V) func(V, error) (V, error) {
	return func(v V, err error) (V, error) {
		if f != nil && err == nil {
			v = f(v)
		}
		return v, err
	}
}
