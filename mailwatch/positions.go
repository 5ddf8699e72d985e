package mailwatch

import (
	"context"
	"time"

	"parcelwatch/parcel"
)

// Positions remembers how far each folder has been read. Every method is one
// transaction.
type Positions interface {
	// Position is the place reached in a folder; the zero value for one never
	// read.
	Position(ctx context.Context, mailbox, folder string) (Position, error)
	// SavePosition moves the place forward. With another UIDValidity it starts
	// anew; with the same one it never goes back.
	SavePosition(ctx context.Context, mailbox, folder string, p Position) error
	// SetAside records a mail whose handling or reading keeps failing, so that
	// it is shown to the person and does not hold up the next.
	SetAside(ctx context.Context, ref parcel.MailRef, subject, why string, at time.Time) error
}

// Position is how far a folder has been read: all mail with a UID up to and
// including UID has been handled. Scanned is false until the first scan has
// reached the end, so that an interrupted one goes on where it was.
type Position struct {
	UIDValidity uint32
	UID         uint32
	Scanned     bool
}

// Mail is one mail as it was read.
type Mail struct {
	Ref     parcel.MailRef
	Size    int64  // as the server says
	Raw     []byte // header and body; only the start where Partial
	Partial bool   // larger than the limit: Raw holds the beginning only
}

// Handler takes a mail. After it returned nil the mail is not handed over
// again, but for a crash in between. An error means: try this mail again later.
type Handler func(ctx context.Context, m Mail) error
