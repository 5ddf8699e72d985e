package store

import (
	"context"
	"errors"
	"time"

	"parcelwatch/internal/message"
	"parcelwatch/parcel"
)

// ErrSlotTaken is returned by Enqueue if the slot of the audience already has a
// message.
var ErrSlotTaken = errors.New("the digest of this time exists")

// Outbox holds messages, and which changes were announced to which audience: the
// name of a [[digest]], or that of a channel after "channel/".
type Outbox interface { //nolint:interfacebloat // a message from its changes to its last recipient
	// Pending returns the changes not yet announced to the audience that were learned at
	// since or later, oldest first, and never quiet ones. A zero since means all.
	Pending(ctx context.Context, audience string, since time.Time) ([]parcel.Change, error)
	// Enqueue stores a finished message and marks the changes as announced to its
	// audience. A second message for the same audience and slot is not stored:
	// ErrSlotTaken. A waiting delivery without a time is due at once.
	Enqueue(ctx context.Context, m Message, announced []int64) error
	// Announced marks the changes as announced to an audience without a message.
	// Unknown changes are skipped.
	Announced(ctx context.Context, audience string, changes []int64) error
	// DueMessages returns messages with a delivery due at now, the oldest first.
	DueMessages(ctx context.Context, now time.Time, limit int) ([]Message, error)
	// NextMessage returns when the next delivery is due, or zero if none is
	// waiting.
	NextMessage(ctx context.Context) (time.Time, error)
	// Record stores the deliveries of a message after an attempt. A delivery that
	// was recorded as sent stays sent. It returns parcel.ErrNotFound if there is no
	// such message.
	Record(ctx context.Context, messageID string, deliveries []Delivery) error
	// LastSlot returns the slot of the audience's newest message and when it was
	// made, or empty and zero if there is none.
	LastSlot(ctx context.Context, audience string) (string, time.Time, error)
	// Backlog returns what is known about the messages of the audience of which a delivery
	// waits and no copy was sent.
	Backlog(ctx context.Context, audience string) (Backlog, error)
	// Withdraw removes the messages of the audience of which no copy can have arrived,
	// because every delivery is waiting, and makes their changes pending again. It returns
	// them without their text, oldest first. Their slots are free again. A message that is
	// being tried is recorded as ambiguous before, so it stays.
	Withdraw(ctx context.Context, audience string) ([]Message, error)
	// Refused returns the messages of the audience made at or after since of which every
	// delivery is refused, without their text, oldest first.
	Refused(ctx context.Context, audience string, since time.Time) ([]Message, error)
	// Sent returns those of the Message-IDs, with or without angle brackets, that
	// belong to messages in the outbox, so that the program never reads its own mail
	// as input.
	Sent(ctx context.Context, messageIDs ...string) ([]string, error)
}

// Message is a finished outgoing mail. Its bytes never change, so that receivers
// recognize a repeat as the same mail.
type Message struct {
	ID       string // Message-ID without angle brackets
	Audience string
	Slot     string // local date and time of the digest, or of the urgent mail
	From     string // envelope sender
	Raw      []byte
	Made     time.Time
	// Waits is since when the news waits, if the message replaces withdrawn ones; zero if
	// it replaces none.
	Waits      time.Time
	Deliveries []Delivery
}

// WaitsSince returns since when the news of a message waits.
func (m Message) WaitsSince() time.Time {
	if m.Waits.IsZero() {
		return m.Made
	}
	return m.Waits
}

// Backlog is what waits to be sent to an audience. The zero value is nothing.
type Backlog struct {
	Made  time.Time // of the oldest message
	Tried time.Time // when the oldest was made that was tried in vain, or replaces such a one; zero if none was
	Next  time.Time // when the next delivery is due
}

// Delivery is the state of one recipient's copy.
type Delivery struct {
	To    string
	State DeliveryState
	Next  time.Time // when to try again; zero once sent or refused
	Tries int
	Error string // the last error, one line of English
	Fault message.Text
}

// DeliveryState is the state of a delivery.
type DeliveryState string

// The states of a delivery.
const (
	DeliveryWaiting DeliveryState = "waiting"
	// DeliveryAmbiguous means that the connection was lost after the final dot: the
	// mail may have been accepted.
	DeliveryAmbiguous DeliveryState = "ambiguous"
	DeliverySent      DeliveryState = "sent"
	// DeliveryRefused means a permanent error (5xx), or days without success.
	DeliveryRefused DeliveryState = "refused"
)
