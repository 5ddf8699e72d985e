// Package store holds what all stores have in common: the errors that say in
// words why a store cannot be used, and the few rows that belong to nobody
// else's contract (the heartbeat, kept answers). The contracts themselves are
// declared by their callers: tracker.Store, notify.Outbox, notify.Desk,
// mailwatch.Positions and carriers.Ledger. It knows nothing of SQL.
package store

import (
	"errors"
	"time"
)

// Why a store cannot be used. Each comes wrapped with the file and what to do.
var (
	// ErrNewer is a store that a newer version of the program has written.
	ErrNewer = errors.New("the store was written by a newer version")
	// ErrCorrupt is a store that is damaged.
	ErrCorrupt = errors.New("the store is damaged")
	// ErrForeign is a file that is a database, but none of ours.
	ErrForeign = errors.New("the file is not a store of this program")
	// ErrInUse is a store that another daemon works on.
	ErrInUse = errors.New("another daemon runs on this store")
	// ErrBusy is a store that another program holds for longer than we wait.
	ErrBusy = errors.New("the store is held by another program")
	// ErrNoSpace is a full disk.
	ErrNoSpace = errors.New("the disk of the store is full")
	// ErrDisk is a disk that fails: what was to be written or read was not.
	ErrDisk = errors.New("the disk of the store fails")
	// ErrReadOnly is a store that may be read but not written.
	ErrReadOnly = errors.New("the store cannot be written")
)

// Beat is a sign of life of the daemon. It is written every few seconds; one
// older than [BeatOld] means that no daemon runs.
type Beat struct {
	Started    time.Time
	At         time.Time
	PID        int
	Version    string
	NextDigest time.Time // zero when none is planned
}

// BeatOld is the age from which a beat is a sign of death.
const BeatOld = 30 * time.Second

// Alive reports whether a daemon that gave this sign of life still runs at now.
func (b Beat) Alive(now time.Time) bool {
	return now.Sub(b.At).Abs() <= BeatOld
}

// Answer is an answer of a carrier that was not understood, kept for a bug
// report.
type Answer struct {
	Carrier string
	At      time.Time
	Raw     []byte
}

// Pruned says how many rows a clean-up has made smaller or removed.
type Pruned struct {
	Bodies  int // of mails that were sent long ago
	Answers int // of carriers
	Changes int // told long ago, of parcels that are final
	Days    int // of budgets
}
