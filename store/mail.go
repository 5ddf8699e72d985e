package store

import (
	"context"
	"time"

	"parcelwatch/internal/message"
	"parcelwatch/parcel"
)

// Checkpoints holds how far each folder has been read.
type Checkpoints interface {
	// Checkpoint returns how far a folder has been read, or zero if it never was.
	Checkpoint(ctx context.Context, mailbox, folder string) (Checkpoint, error)
	// SaveCheckpoint moves the checkpoint forward. With the same UIDValidity it
	// never goes back; another UIDValidity replaces it.
	SaveCheckpoint(ctx context.Context, mailbox, folder string, c Checkpoint) error
	// SetAside records a mail that cannot be read or handled, so that it is shown
	// and does not block the mails after it.
	SetAside(ctx context.Context, ref parcel.MailRef, subject string, why message.Text, at time.Time) error
	// Withheld returns the mails that the server has not handed over yet, in UID order,
	// and forgets those with another UIDValidity.
	Withheld(ctx context.Context, mailbox, folder string, validity uint32) ([]Withheld, error)
	// Withhold records or replaces when to ask for a mail again.
	Withhold(ctx context.Context, ref parcel.MailRef, w Withheld) error
	// ReleaseMail forgets that a mail was withheld, and if it is gone also that it was set
	// aside.
	ReleaseMail(ctx context.Context, ref parcel.MailRef, gone bool) error
}

// Withheld is a mail that the server has not handed over yet.
type Withheld struct {
	UID         uint32
	Since, Next time.Time // when it was first asked for, and when it is asked for again
	Tries       int
}

// Checkpoint is how far a folder has been read: every mail with a UID up to and
// including UID has been handled. Scanned is false until the first scan is
// complete, so that an interrupted scan continues where it stopped.
type Checkpoint struct {
	UIDValidity uint32
	UID         uint32
	Scanned     bool
}
