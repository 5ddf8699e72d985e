package store

import (
	"context"
	"errors"
	"time"
)

const (
	// NodeLease is how long a daemon that is no longer heard keeps its households.
	NodeLease = 6 * time.Second
	// NodeBeat is the interval at which a daemon calls Claim.
	NodeBeat = 2 * time.Second
	// NodeGuard is how much earlier than the store a daemon considers its lease to
	// have ended.
	NodeGuard = time.Second
)

// ErrLeaseLost is a lease that has ended because the daemon was not heard for longer than
// NodeLease, or a household that is not the daemon's.
var ErrLeaseLost = errors.New("the lease of this daemon has ended, or another daemon holds the household")

// Nodes shares the households among the daemons of one store. A node is one run of a
// daemon, from its first Claim until it releases everything or its lease ends. On a store
// that admits one daemon, that daemon holds all households.
//
// A daemon calls Claim before it writes anything. From then on every write fails with
// ErrLeaseLost if the lease has ended or, in a household's methods, if the node does not
// hold that household. Programs that never call Claim, such as commands, may write for
// every household at any time.
type Nodes interface {
	// Claim extends this daemon's lease and makes it responsible for its fair share of
	// the given households, which should be the same for all daemons. Of n it uses Name,
	// Version, Started, Mailboxes and Parcels. It is to be called every NodeBeat and
	// blocks for at most NodeLease - NodeGuard.
	//
	// A daemon whose lease ran out gets ErrLeaseLost once: it holds nothing any more and
	// all its writes were refused since. It must end the work for its households before
	// it calls Claim again, which makes it a new node. ErrInUse means that a command has
	// the store for itself. After any other error the lease lasts until the Until of the
	// last Claims.
	Claim(ctx context.Context, n Node, households []string) (Claims, error)
	// Release gives households back after their work has ended, and waits for
	// transactions on them that have begun. Without names, which an empty list is, too,
	// it gives back all of them and the lease, after which writes return ErrLeaseLost
	// until the next Claim.
	Release(ctx context.Context, households ...string) error
	// Nodes returns the daemons of the store in the order in which they started, also
	// those that were last seen within a day.
	Nodes(ctx context.Context) ([]Node, error)
}

// Claims is what a daemon is responsible for.
type Claims struct {
	Node int64    // the ID of this daemon among Nodes
	Held []string // sorted
	// Surplus are those of Held that the daemon should give up, because it has more than
	// its share or because they were not asked for, sorted. They are its own until they
	// are released.
	Surplus []string
	// Until is when the work must have ended unless a later Claim succeeds, by the
	// monotonic clock of this process. Zero means never.
	Until time.Time
}

// Node is a daemon of the store.
type Node struct {
	ID      int64
	Name    string // host and process
	Version string
	Started time.Time // by the daemon's clock
	Seen    time.Time // last Claim or Release, by the store's clock
	Alive   bool      // its lease has not ended
	// Households is how many it holds. Mailboxes and Parcels are as it last said.
	Households, Mailboxes, Parcels int
}
