package tracker

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"parcelwatch/parcel"
	"parcelwatch/parcel/number"
	"parcelwatch/store"
)

// Errors of the commands that change parcels.
var (
	// ErrSameParcel is returned if both numbers already belong to one parcel.
	ErrSameParcel = errors.New("both numbers are the same parcel already")
	// ErrOnlyNumber is returned if a parcel has no other number to split off.
	ErrOnlyNumber = errors.New("the parcel has no other number to split from")
)

// Add tracks a number entered by the user. If the number is tracked already, only
// its title changes.
func (t *Tracker) Add(ctx context.Context, n number.Number, title string) (parcel.Parcel, error) {
	return t.change(ctx, "add "+string(n), func(s *store.State, now time.Time) (*parcel.Parcel, error) {
		p := carrying(s, n)
		if p == nil {
			p = &parcel.Parcel{
				FirstSeen: now, AddedByUser: true, NextCheck: now, Reason: "new",
				Links: []parcel.Link{{Number: n, Since: now, Reason: "typed", Certainty: parcel.Certain}},
			}
			s.Parcels = append(s.Parcels, p)
			settle(p, t.cfg.Home, now)
			s.Changes = append(s.Changes, snapshot{}.changes(p, now)...)
		}
		p.Unverified = false
		p.Title = cmp.Or(title, p.Title)
		return p, nil
	}, n)
}

// Edit changes the title of a number's parcel, or whether it is muted or closed.
func (t *Tracker) Edit(ctx context.Context, n number.Number, edit func(*parcel.Parcel)) (parcel.Parcel, error) {
	return t.change(ctx, "change "+string(n), func(s *store.State, now time.Time) (*parcel.Parcel, error) {
		p := carrying(s, n)
		if p == nil {
			return nil, parcel.ErrNotFound
		}
		title := p.Title
		edit(p)
		p.Unverified = p.Unverified && p.Title == title // a title of the user confirms the parcel
		if !p.Closed && p.NextCheck.IsZero() && !p.Status.Final() {
			p.NextCheck, p.Reason = now, "reopened"
		}
		return p, nil
	}, n)
}

// Separate records that two numbers belong to different parcels although they may look
// like one. Merge joins them nevertheless.
func (t *Tracker) Separate(ctx context.Context, a, b number.Number) error {
	_, err := t.change(ctx, fmt.Sprintf("separate %s and %s", a, b), func(s *store.State, _ time.Time) (*parcel.Parcel, error) {
		p, other := carrying(s, a), carrying(s, b)
		if p == nil || other == nil {
			return nil, parcel.ErrNotFound
		}
		if p == other {
			return nil, ErrSameParcel
		}
		for _, pair := range [][2]*parcel.Parcel{{p, other}, {other, p}} {
			one, not := pair[0], pair[1]
			one.Maybe = slices.DeleteFunc(one.Maybe, func(l parcel.Link) bool { return not.Has(l.Number) })
			one.NeverJoin = append(slices.DeleteFunc(one.NeverJoin, not.Has), not.Numbers()...)
		}
		return p, nil
	}, a, b)
	return err
}

// CloseOrder stops following an order without a parcel, or follows it again.
func (t *Tracker) CloseOrder(ctx context.Context, id string, closed bool) error {
	err := t.store.Apply(ctx, store.Scope{Orders: []string{id}, Now: t.cfg.Now()}, func(s *store.State) error {
		for _, o := range s.Orders {
			if o.ID == id {
				o.Closed = closed
				return nil
			}
		}
		return parcel.ErrNotFound
	})
	if err != nil {
		return fmt.Errorf("tracker: change order %s: %w", id, err)
	}
	t.cfg.OnChange()
	return nil
}

// Forget deletes the parcel of a number. A tombstone keeps later mail from creating
// it again; with purge there is no tombstone.
func (t *Tracker) Forget(ctx context.Context, n number.Number, purge bool) error {
	p, err := t.store.ParcelByNumber(ctx, n)
	if err != nil {
		return fmt.Errorf("tracker: forget %s: %w", n, err)
	}
	if err := t.store.Forget(ctx, p.ID, purge); err != nil {
		return fmt.Errorf("tracker: forget %s: %w", n, err)
	}
	return nil
}

// ForgetAll deletes the parcels and orders of a selection. It returns how many.
func (t *Tracker) ForgetAll(ctx context.Context, which store.Selection, purge bool) (int, error) {
	n, err := t.store.ForgetAll(ctx, which, purge)
	if err != nil {
		return 0, fmt.Errorf("tracker: forget parcels: %w", err)
	}
	return n, nil
}

// Merge merges the parcel of b into the parcel of a.
func (t *Tracker) Merge(ctx context.Context, a, b number.Number) (parcel.Parcel, error) {
	return t.change(ctx, fmt.Sprintf("merge %s and %s", a, b), func(s *store.State, now time.Time) (*parcel.Parcel, error) {
		into, from := carrying(s, a), carrying(s, b)
		switch {
		case into == nil || from == nil:
			return nil, parcel.ErrNotFound
		case into == from:
			return nil, ErrSameParcel
		}
		takeOver(into, from, "merged by hand", parcel.Certain, now)
		settle(into, t.cfg.Home, now)
		into.NextCheck, into.Reason = now, "merged"
		s.Merged = append(s.Merged, from.ID)
		return into, nil
	}, a, b)
}

// Split moves the number to a new parcel. Only Merge joins the two again.
func (t *Tracker) Split(ctx context.Context, n number.Number) (parcel.Parcel, error) {
	return t.change(ctx, "split off "+string(n), func(s *store.State, now time.Time) (*parcel.Parcel, error) {
		p := carrying(s, n)
		switch {
		case p == nil:
			return nil, parcel.ErrNotFound
		case len(p.Links) < 2:
			return nil, ErrOnlyNumber
		}
		out := splitOff(p, n, now)
		s.Parcels = append(s.Parcels, out)
		settle(p, t.cfg.Home, now)
		settle(out, t.cfg.Home, now)
		p.NextCheck, p.Reason = now, "split"
		return out, nil
	}, n)
}

// byPerson is the reason of a check that a person asked for.
const byPerson = "asked_for"

// CheckNow makes parcels due whose next check is later. Pauses of carriers apply, and so
// do their budgets, of which such a check may use as much as one that a mail caused.
func (t *Tracker) CheckNow(ctx context.Context, ids []int64) error {
	now := t.cfg.Now()
	err := t.store.Apply(ctx, store.Scope{Parcels: ids, Now: now}, func(s *store.State) error {
		for _, p := range s.Parcels {
			if p.NextCheck.After(now) {
				p.NextCheck, p.Reason = now, byPerson
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("tracker: check now: %w", err)
	}
	t.Wake()
	return nil
}

// change changes the parcels of the numbers, ordered by id, and returns the one that decide returns.
func (t *Tracker) change(
	ctx context.Context, doing string, decide func(*store.State, time.Time) (*parcel.Parcel, error), numbers ...number.Number,
) (parcel.Parcel, error) {
	now := t.cfg.Now()
	var out *parcel.Parcel
	err := t.store.Apply(ctx, store.Scope{Numbers: numbers, Now: now}, func(s *store.State) (err error) {
		slices.SortStableFunc(s.Parcels, func(a, b *parcel.Parcel) int { return int(a.ID - b.ID) })
		out, err = decide(s, now)
		return err
	})
	if err != nil {
		return parcel.Parcel{}, fmt.Errorf("tracker: %s: %w", doing, err)
	}
	t.cfg.OnChange()
	t.Wake()
	return *out, nil
}
