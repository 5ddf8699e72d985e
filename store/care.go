package store

import (
	"context"
	"time"
)

// Maintenance cleans, checks, copies and closes the store as a whole.
type Maintenance interface {
	// Prune deletes what is no longer used: the bytes of mails sent long ago (their
	// Message-IDs stay), old answers and budgets, changes that were announced years
	// ago, and copies of the store older than 30 days. Parcels and the record of
	// imported mails stay, because a mail that is read again must not become a new
	// parcel.
	Prune(ctx context.Context, now time.Time) (Pruned, error)
	// Check reads the whole store and returns ErrCorrupt if it is damaged.
	Check(ctx context.Context) error
	// Backup writes a consistent copy into a new file that only its owner can read,
	// while others keep using the store. The copy contains the secrets.
	Backup(ctx context.Context, file string) error
	// Close releases the store. Closing it again does nothing.
	Close() error
}

// Pruned counts the rows that Prune deleted or emptied.
type Pruned struct {
	Bodies  int // of sent mails
	Answers int // of carriers
	Changes int // announced changes of final parcels
	Days    int // of budgets
}
