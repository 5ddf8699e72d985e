package store

import (
	"context"
	"errors"
	"time"

	"parcelwatch/internal/message"
	"parcelwatch/parcel"
)

// ErrSlotTaken is returned by Enqueue where the audience's slot has its message.
var ErrSlotTaken = errors.New("the digest of this time exists")

// Outbox holds messages, and which changes were announced to which audience (the
// name of a [[digest]]).
type Outbox interface {
	// Pending lists the changes not yet announced to the audience, oldest first;
	// quiet ones never.
	Pending(ctx context.Context, audience string) ([]parcel.Change, error)
	// Enqueue stores a finished message and marks the changes as announced to
	// its audience. The second message of the same audience and slot is not
	// stored: ErrSlotTaken. A delivery that waits without a time is due at once.
	Enqueue(ctx context.Context, m Message, announced []int64) error
	// DueMessages lists messages with a delivery to try not after now, the one
	// waiting longest first.
	DueMessages(ctx context.Context, now time.Time, limit int) ([]Message, error)
	// NextMessage is when the next delivery is to be tried; zero when none waits.
	NextMessage(ctx context.Context) (time.Time, error)
	// Record stores the deliveries of a message after a try. A delivery that was
	// recorded as sent stays sent. It returns parcel.ErrNotFound where there is
	// no such message.
	Record(ctx context.Context, messageID string, deliveries []Delivery) error
	// LastSlot is the slot of the audience's newest message and when it was made;
	// empty and zero when there is none.
	LastSlot(ctx context.Context, audience string) (string, time.Time, error)
	// Sent reports whether the Message-ID, with or without angle brackets, is of
	// a message in the outbox, so that own mail is never read as input.
	Sent(ctx context.Context, messageID string) (bool, error)
}

// Message is a finished mail on its way out. Its bytes never change, so that
// receivers recognise a repeat as the same mail.
type Message struct {
	ID         string // Message-ID without angle brackets
	Audience   string
	Slot       string // local date and time of the digest, or of the urgent mail
	From       string // envelope sender
	Raw        []byte
	Made       time.Time
	Deliveries []Delivery
}

// Delivery is the state of one recipient's copy.
type Delivery struct {
	To    string
	State DeliveryState
	Next  time.Time // when to try again; zero once sent or refused
	Tries int
	Error string // the last one, one line of English
	Fault message.Text
}

// DeliveryState says whether a copy waits, has arrived or never will.
type DeliveryState string

// The states of a delivery.
const (
	DeliveryWaiting DeliveryState = "waiting"
	// DeliveryAmbiguous is a connection lost after the final dot: the mail may
	// have been accepted.
	DeliveryAmbiguous DeliveryState = "ambiguous"
	DeliverySent      DeliveryState = "sent"
	// DeliveryRefused is a permanent error (5xx), or days without success.
	DeliveryRefused DeliveryState = "refused"
)
