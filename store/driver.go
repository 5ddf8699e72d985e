package store

import (
	"context"
	"log/slog"
	"time"
)

// Driver opens, locks and restores the store at one location.
type Driver interface {
	// Open opens the store. It makes one where there is none, readable by its
	// owner only, and upgrades one of an older version after keeping a copy. It
	// returns ErrNewer for a store of a newer version and ErrForeign for what is
	// no store of this program; neither is written to.
	Open(ctx context.Context, o Options) (Store, error)
	// Exists reports whether there is something to open. It makes nothing.
	Exists(ctx context.Context) bool
	// Lock makes the caller the only daemon on the store until release is called
	// or the process ends, however it ends. It returns ErrInUse where another
	// daemon has the lock. Open does not need the lock.
	Lock(ctx context.Context) (release func(), err error)
	// Restore replaces the store by a backup and keeps what was there. A backup
	// that is damaged, newer or foreign is refused, and so is a store on which a
	// daemon runs.
	Restore(ctx context.Context, backup string) error
}

// Options are what Open takes from outside.
type Options struct {
	Log *slog.Logger     // nil for none
	Now func() time.Time // nil for the system's clock
}
