// Package store declares what the program keeps: the rows, and the interfaces
// through which they are read and written. It does not know where they are kept,
// and decides nothing about them.
//
// A driver such as store/sqlite implements [Store]; store/storetest checks that
// it keeps every promise made here. Callers take the small interface they need.
//
// Every method is one transaction: one that returns an error has changed
// nothing. A method that ends because its context did returns the context's
// error. Beyond the errors its comment names, any method may return one that
// wraps [ErrCorrupt], [ErrBusy], [ErrNoSpace], [ErrDisk] or [ErrReadOnly].
package store

import "errors"

// Why a store cannot be used. Drivers wrap them with the store's location and
// what to do about it.
var (
	// ErrNewer is a store written by a newer version of the program.
	ErrNewer = errors.New("the store was written by a newer version")
	// ErrCorrupt is a damaged store.
	ErrCorrupt = errors.New("the store is damaged")
	// ErrForeign is a database that belongs to another program.
	ErrForeign = errors.New("the file is not a store of this program")
	// ErrInUse is a store on which another daemon runs.
	ErrInUse = errors.New("another daemon runs on this store")
	// ErrBusy is a store that another process kept locked for too long.
	ErrBusy = errors.New("the store is held by another program")
	// ErrNoSpace is a full disk.
	ErrNoSpace = errors.New("the disk of the store is full")
	// ErrDisk is a failed read or write.
	ErrDisk = errors.New("the disk of the store fails")
	// ErrReadOnly is a store that can be read but not written.
	ErrReadOnly = errors.New("the store cannot be written")
)

// Store is everything a driver implements. It is safe for concurrent use. Its own
// methods on what belongs to people are those of the household [Home].
type Store interface {
	Household
	Installation
	// Household is the store as one household sees it: it reads and changes
	// nothing of another household, and the same number, order, mailbox or
	// Message-ID in two households are two things.
	Household(name string) Household
}

// Home is the household of an installation that has only one.
const Home = "home"

// Household is what belongs to people.
type Household interface {
	Tracking
	DigestSource
	Outbox
	Checkpoints
	Mailboxes
	Counts
	Secrets
}

// Installation is what the households share.
type Installation interface {
	Ledger
	AnswerLog
	Heartbeats
	Maintenance
}
