package store

import (
	"context"
	"time"

	"parcelwatch/parcel"
)

// Ledger holds the budgets used, the slots booked and the health of carriers.
type Ledger interface {
	// Take books count units of the carrier's budget for the day (a date in the
	// carrier's zone) and reports whether that many were left; if not, it books
	// nothing. A budget of 0 is unlimited. A negative count is an error.
	Take(ctx context.Context, carrier string, day parcel.Date, count, budget int) (bool, error)
	// Reserve books and returns the next free slot of the host: at least interval
	// after the one booked before, and never earlier than now, which is the time by the
	// caller's clock. A store that several machines share compares slots by a clock of
	// its own and returns them by the caller's. If the clock was set back since then,
	// the earlier booking moves back with it.
	Reserve(ctx context.Context, host string, interval time.Duration, now time.Time) (time.Time, error)
	// CarrierHealth returns the last recorded health of the carrier. If there is
	// none, it returns the zero value with its Name.
	CarrierHealth(ctx context.Context, carrier string) (parcel.CarrierHealth, error)
	// SetCarrierHealth records the carrier's health. Today and Budget are ignored:
	// they come from Take.
	SetCarrierHealth(ctx context.Context, h parcel.CarrierHealth) error
	// KeepAnswer keeps an answer that was not understood, truncated if it is long.
	// Only the newest few of each carrier are kept.
	KeepAnswer(ctx context.Context, carrier string, raw []byte, at time.Time) error
}

// AnswerLog returns the answers kept by KeepAnswer.
type AnswerLog interface {
	// Answers returns the kept answers of a carrier, newest first.
	Answers(ctx context.Context, carrier string) ([]Answer, error)
}

// Answer is a carrier's answer that was not understood.
type Answer struct {
	Carrier string
	At      time.Time
	Raw     []byte
}
