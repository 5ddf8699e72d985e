package store

import (
	"context"
	"time"

	"parcelwatch/parcel"
)

// Mailboxes holds the state of each watched folder. Health lists them.
type Mailboxes interface {
	// SetMailboxHealth records the state of one folder. A zero LastMail or
	// LastCheck leaves the recorded one: a watcher that starts knows neither.
	SetMailboxHealth(ctx context.Context, h parcel.MailboxHealth) error
	// KeepMailboxes deletes the states of all folders but the named ones. Their
	// checkpoints stay.
	KeepMailboxes(ctx context.Context, watched []parcel.MailboxHealth) error
}

// Counts answers what a status page asks, without reading documents.
type Counts interface {
	// Following is how many parcels are neither closed nor final.
	Following(ctx context.Context) (int, error)
	// LastDigest is when the newest message of all audiences was made; zero when
	// there is none.
	LastDigest(ctx context.Context) (time.Time, error)
}

// Heartbeats holds the daemon's last heartbeat.
type Heartbeats interface {
	// SaveHeartbeat replaces the heartbeat.
	SaveHeartbeat(ctx context.Context, b Heartbeat) error
	// Heartbeat is the last one; the zero value when there never was one.
	Heartbeat(ctx context.Context) (Heartbeat, error)
}

// Heartbeat is a sign of life that the daemon writes every few seconds.
type Heartbeat struct {
	Started    time.Time
	At         time.Time
	PID        int
	Version    string
	NextDigest time.Time // zero when none is planned
}

// HeartbeatMaxAge is the age above which a heartbeat means that no daemon runs.
const HeartbeatMaxAge = 30 * time.Second

// Alive reports whether the daemon that wrote the heartbeat still runs at now.
func (b Heartbeat) Alive(now time.Time) bool {
	return now.Sub(b.At).Abs() <= HeartbeatMaxAge
}
