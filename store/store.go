// Package store defines the rows that the program keeps and the interfaces for
// reading and writing them. It must not know how they are stored, and decides
// nothing about them.
//
// A driver such as store/sqlite implements [Store]; store/storetest checks its
// contract. Callers accept the small interface they need.
//
// Every method is one transaction: if it returns an error, it has changed nothing.
// A method that ends because of its context returns the context's error. In
// addition to the errors in its comment, any method may return one that wraps
// [ErrCorrupt], [ErrBusy], [ErrNoSpace], [ErrDisk],
// [ErrAway] or [ErrReadOnly].
package store

import (
	"context"
	"errors"

	"parcelwatch/parcel/number"
)

// Reasons why a store cannot be used. Drivers wrap them with the store's location
// and what to do about it.
var (
	// ErrNewer is a store written by a newer version of the program.
	ErrNewer = errors.New("the store was written by a newer version")
	// ErrCorrupt is a damaged store.
	ErrCorrupt = errors.New("the store is damaged")
	// ErrForeign is a database that belongs to another program.
	ErrForeign = errors.New("the file is not a store of this program")
	// ErrInUse is a store that another daemon is running on, or that a command has for
	// itself.
	ErrInUse = errors.New("another daemon runs on this store")
	// ErrBusy is a store that another process kept locked for too long.
	ErrBusy = errors.New("the store is held by another program")
	// ErrNoSpace is a full disk.
	ErrNoSpace = errors.New("the disk of the store is full")
	// ErrDisk is a failed read or write.
	ErrDisk = errors.New("the disk of the store fails")
	// ErrAway is a database that cannot be reached or refuses the login.
	ErrAway = errors.New("the database of the store cannot be reached")
	// ErrReadOnly is a store that can be read but not written.
	ErrReadOnly = errors.New("the store cannot be written")
)

// Unusable reports whether err is about the store as a whole, so that other data could not
// be stored either.
func Unusable(err error) bool {
	for _, cause := range []error{ErrBusy, ErrNoSpace, ErrDisk, ErrReadOnly, ErrAway, ErrCorrupt, context.DeadlineExceeded} {
		if errors.Is(err, cause) {
			return true
		}
	}
	return false
}

// Store is everything a driver implements. It is safe for concurrent use. Its own
// household methods are those of the household [Home].
type Store interface {
	Household
	Installation
	// Household returns the view of one household. It reads and changes nothing of
	// another household; the same number, order, mailbox or Message-ID in two
	// households are separate things.
	Household(name string) Household
	// Unclaimed returns the same store for what a person does in the page or the API of a
	// daemon: its writes need no claim, as those of commands.
	Unclaimed() Store
}

// Home is the household of an installation that has only one.
const Home = "home"

// Household holds the data of one household.
type Household interface {
	Tracking
	DigestSource
	Listing
	Outbox
	Checkpoints
	Mailboxes
	Counts
	Secrets
}

// Installation holds the data that the households share.
type Installation interface {
	Registry
	Nodes
	Followers
	Ledger
	AnswerLog
	Heartbeats
	Maintenance
}

// Followers tells who follows a number. It is the only question that crosses households,
// and only the daemon asks it.
type Followers interface {
	// Followers returns which of the households have a parcel of the number that is
	// neither closed nor final.
	Followers(ctx context.Context, n number.Number, households []string) ([]string, error)
}
