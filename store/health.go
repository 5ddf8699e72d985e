package store

import (
	"context"
	"time"

	"parcelwatch/parcel"
)

// Mailboxes holds the state of each watched folder. Health lists them.
type Mailboxes interface {
	// SetMailboxHealth records the state of one folder. A zero LastMail or
	// LastCheck keeps the recorded one, because a watcher knows neither when it
	// starts.
	SetMailboxHealth(ctx context.Context, h parcel.MailboxHealth) error
	// KeepMailboxes deletes the states of all folders except the given ones. Their
	// checkpoints stay.
	KeepMailboxes(ctx context.Context, watched []parcel.MailboxHealth) error
}

// Counts provides the figures of a status page without reading documents.
type Counts interface {
	// Following returns how many parcels are neither closed nor final.
	Following(ctx context.Context) (int, error)
	// FollowingUnverified returns how many of them only unproven mail names.
	FollowingUnverified(ctx context.Context) (int, error)
	// ByStatus returns how many parcels are neither closed nor final, by status.
	ByStatus(ctx context.Context) (map[parcel.Status]int, error)
	// Unwatched counts the parcels that are neither closed nor final and whose mail came
	// only to other mailboxes than the watched ones, by each of their mailboxes, sorted by
	// name. Parcels without a mailbox are not counted.
	Unwatched(ctx context.Context, watched []string) ([]Unwatched, error)
	// LastDigest returns when the newest message of all audiences was made, or zero
	// if there is none.
	LastDigest(ctx context.Context) (time.Time, error)
}

// Unwatched counts the parcels of a mailbox that is not watched.
type Unwatched struct {
	Mailbox string
	Parcels int
}

// Heartbeats holds the last heartbeat of each daemon.
type Heartbeats interface {
	// SaveHeartbeat replaces this daemon's heartbeat.
	SaveHeartbeat(ctx context.Context, b Heartbeat) error
	// Heartbeat returns the last heartbeat, or the zero value if there is none. Of
	// several daemons that are alive it returns the newest heartbeat with the earliest
	// NextDigest of all.
	Heartbeat(ctx context.Context) (Heartbeat, error)
}

// Heartbeat is a sign of life that the daemon writes every few seconds.
type Heartbeat struct {
	Started    time.Time
	At         time.Time
	PID        int
	Version    string
	NextDigest time.Time // zero if none is planned
	Stopped    time.Time `json:",omitzero"` // of an orderly stop, which clears At; else zero
}

// HeartbeatMaxAge is the age above which a heartbeat means that no daemon is
// running.
const HeartbeatMaxAge = 30 * time.Second

// Alive reports whether the daemon that wrote the heartbeat is still running at
// now.
func (b Heartbeat) Alive(now time.Time) bool {
	return now.Sub(b.At).Abs() <= HeartbeatMaxAge
}

// LastAlive returns when the daemon that wrote the heartbeat was last running; zero if
// none was.
func (b Heartbeat) LastAlive() time.Time {
	if b.Stopped.After(b.At) {
		return b.Stopped
	}
	return b.At
}
