package store

import (
	"context"
	"log/slog"
	"time"
)

// Driver opens, locks and restores the store at one location. A daemon calls Lock, Open
// and then [Nodes].Claim.
type Driver interface {
	// Open opens the store. It creates a missing one, readable by its owner only,
	// and upgrades one of an older version after making a copy. It returns ErrNewer
	// for a store of a newer version and ErrForeign for anything that is not a
	// store of this program; it writes to neither.
	Open(ctx context.Context, o Options) (Store, error)
	// Exists reports whether there is a store to open. It creates nothing.
	Exists(ctx context.Context) bool
	// Lock keeps other daemons out of a store that admits only one, until release is
	// called or the process ends, for whatever reason. It returns ErrInUse if another
	// daemon or Exclusive has the store. Open does not need the lock. On a store whose
	// daemons share the households, Lock does nothing.
	Lock(ctx context.Context) (release func(), err error)
	// Exclusive makes the caller the only one that works on the store, until release
	// is called or the process ends. It returns ErrInUse while any daemon is alive,
	// and keeps daemons from starting to work: Lock or Claim returns ErrInUse.
	// Commands that only open the store are not kept out.
	Exclusive(ctx context.Context) (release func(), err error)
	// Restore replaces the store by a backup and keeps the old one. It refuses a
	// damaged, newer or foreign backup, and a store that a daemon is running on.
	Restore(ctx context.Context, backup string) error
}

// Options are the parameters of Open.
type Options struct {
	Log *slog.Logger     // nil for none
	Now func() time.Time // nil for time.Now
	// Brief means that a file is not read whole for damage before it is used, which takes
	// longer the larger it is. Damage is then reported where it is met.
	Brief bool
}
