package notify

import (
	"context"
	"errors"
	"time"

	"parcelwatch/internal/message"
	"parcelwatch/parcel"
)

// Outbox is the memory of what was told and what waits to be sent. Every method
// is one transaction.
type Outbox interface {
	// Pending lists the changes not yet told to the audience (the name of a
	// [[digest]]), oldest first.
	Pending(ctx context.Context, audience string) ([]parcel.Change, error)
	// Enqueue stores a finished message and marks the changes as told to the
	// audience, together. A message of the same audience and slot is stored
	// once: the second call changes nothing and returns ErrSlotTaken.
	Enqueue(ctx context.Context, m Message, told []int64) error
	// DueMessages lists messages with a recipient to try not after now.
	DueMessages(ctx context.Context, now time.Time, limit int) ([]Message, error)
	// NextMessage is when the next recipient is to be tried; zero when none waits.
	NextMessage(ctx context.Context) (time.Time, error)
	// Record stores the fates of a message's recipients after a try.
	Record(ctx context.Context, messageID string, fates []Fate) error
	// LastSlot is the slot of the audience's newest message and when it was
	// made; empty and zero when there is none.
	LastSlot(ctx context.Context, audience string) (string, time.Time, error)
	// Sent reports whether the Message-ID is one of ours, so that own mail is
	// never read as input.
	Sent(ctx context.Context, messageID string) (bool, error)
}

// Message is a finished mail on its way out: the bytes never change, so that a
// repeat is the same mail to the receiver.
type Message struct {
	ID       string // Message-ID without angle brackets
	Audience string
	Slot     string // local date and time of the digest, or of the urgent mail
	From     string // envelope sender
	Raw      []byte
	Made     time.Time
	Fates    []Fate
}

// Fate is how one recipient's copy goes.
type Fate struct {
	To    string
	State FateState
	Next  time.Time // when to try again, for waiting and ambiguous ones
	Tries int
	Error string // the last one, one line of English
	Fault message.Text
}

// FateState is the state of one recipient's copy.
type FateState string

// The fates. Ambiguous is a connection lost after the final dot: the mail may
// have been accepted.
const (
	FateWaiting   FateState = "waiting"
	FateAmbiguous FateState = "ambiguous"
	FateSent      FateState = "sent"
	FateRefused   FateState = "refused" // for good (5xx), or given up after days
)

// ErrSlotTaken is returned by Enqueue where the audience's slot has its message.
var ErrSlotTaken = errors.New("the digest of this time exists")
