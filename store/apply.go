package store

import (
	"time"

	"parcelwatch/parcel"
	"parcelwatch/parcel/number"
)

// Scope selects what an Apply works on: all parcels that carry one of the numbers
// or orders, or have one of the ids, are loaded.
type Scope struct {
	Mail      *parcel.MailRef // the mail being imported; nil if there is none
	MessageID string          // of the mail, recognized after a UIDVALIDITY change; may be empty
	Digest    string          // hash of the mail's bytes; may be empty
	Numbers   []number.Number
	Orders    []string
	Parcels   []int64
	Days      []parcel.Date // whose tallies of the mail's mailbox are loaded
	Now       time.Time     // time of the changes and of the import
}

// Decision is what one call of Apply would store.
type Decision struct {
	Scope  Scope
	Decide func(*State) error
}

// State is what the function given to Apply reads and changes. Parcels and orders
// may be changed in place and appended; a parcel with ID 0 is new.
type State struct {
	Parcels []*parcel.Parcel
	Orders  []*parcel.Order
	// Forgotten has an entry for each number and order of the scope that has a
	// tombstone. Deleting the entry clears the tombstone.
	Forgotten map[string]bool
	// Changes are recorded unless the same parcel already has one with their Key.
	Changes []NewChange
	// Merged are the ids of parcels to delete because another one took over their
	// numbers.
	Merged []int64
	// Scanned is set if the first scan of the mail's folder is complete.
	Scanned bool
	// Tallies has the tally of each day of the scope.
	Tallies map[parcel.Date]Tally
	// NotUnderstood is recorded if the mail yielded nothing; nil otherwise.
	NotUnderstood *parcel.NotUnderstood
}

// Tally counts what unproven mail of a mailbox named on one day.
type Tally struct {
	Parcels int // numbers accepted
	Orders  int // orders accepted
	Refused int // numbers and orders not accepted
}

// NewChange is a change to record.
type NewChange struct {
	parcel.Change
	// Of is the changed parcel, one of State.Parcels; it may be new and have no id
	// yet. It is nil for a change of an order.
	Of *parcel.Parcel
}
