package tracker

import (
	"context"
	"time"

	"parcelwatch/parcel"
	"parcelwatch/parcel/number"
)

// Store is the memory the story needs. One method is one transaction; a method
// that returns an error has changed nothing.
type Store interface {
	// Apply loads what the scope names, lets decide change it, and stores the
	// outcome with its changes (and the mail's position, where the scope names
	// a mail) in one transaction. decide may be called again with fresh values
	// and must be pure. Where the scope's mail was imported before, decide is
	// not called.
	Apply(ctx context.Context, scope Scope, decide func(*State) error) error
	// Due lists parcels whose next check is not after now, longest due first. It
	// leaves out those that skip, which may be nil, is true of; they do not count
	// towards the limit, and are not read.
	Due(ctx context.Context, now time.Time, limit int, skip func(id int64) bool) ([]parcel.Parcel, error)
	// NextDue is the earliest next check of all parcels; zero when none is set.
	NextDue(ctx context.Context) (time.Time, error)
	// Parcels lists parcels by first seen; closed and final ones only with all.
	Parcels(ctx context.Context, all bool) ([]parcel.Parcel, error)
	// ParcelByNumber finds a parcel by any of its numbers, the latest first
	// seen where there are several. parcel.ErrNotFound when there is none.
	ParcelByNumber(ctx context.Context, n number.Number) (parcel.Parcel, error)
	// Orders lists orders by first seen; closed ones only with all.
	Orders(ctx context.Context, all bool) ([]parcel.Order, error)
	// Journeys lists the finished gaps between export and import, for the usual
	// time of a route.
	Journeys(ctx context.Context) ([]Journey, error)
	// Forget deletes a parcel. Its numbers and, where no other parcel carries
	// them, its orders are remembered as forgotten, so that later mail does not
	// bring it back; with purge that memory goes too.
	Forget(ctx context.Context, id int64, purge bool) error
}

// Scope names what an Apply works on. All parcels that carry one of the numbers
// or orders, or have one of the ids, are loaded.
type Scope struct {
	Mail      *parcel.MailRef // the mail being imported, once
	MessageID string          // its Message-ID, to know it again after a UIDVALIDITY change; may be empty
	Digest    string          // hash of the mail's bytes, the same where there is no Message-ID
	Numbers   []number.Number
	Orders    []string
	Parcels   []int64
	Now       time.Time // of changes and of the import
}

// State is what decide sees and changes. Parcels and orders may be changed in
// place and appended; a parcel with ID 0 is new.
type State struct {
	Parcels []*parcel.Parcel
	Orders  []*parcel.Order
	// Forgotten holds the numbers and orders of the scope that the person has
	// forgotten.
	Forgotten map[string]bool
	// Changes to record; Parcel may be filled through Of for a parcel that is
	// new and has no id yet.
	Changes []NewChange
	// Merged are parcels to delete because another took them over.
	Merged []int64
	// NotUnderstood is recorded where the mail gave nothing; nil otherwise.
	NotUnderstood *parcel.NotUnderstood
}

// NewChange is a change and the parcel it is of.
type NewChange struct {
	parcel.Change
	Of *parcel.Parcel // one of State.Parcels; nil for changes of an order
}

// Journey is one finished crossing.
type Journey struct {
	Origin, Destination string
	Exported, Imported  time.Time
}
