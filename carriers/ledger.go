package carriers

import (
	"context"
	"time"

	"parcelwatch/parcel"
)

// Ledger is the memory of what asking has cost and where it is not allowed now.
// It survives restarts. Every method is one transaction.
type Ledger interface {
	// Take books count units of carrier's budget for the day (a date in the
	// carrier's zone) and reports whether they were to be had. Where they were
	// not, nothing is booked. A budget of 0 books without a limit.
	Take(ctx context.Context, carrier string, day parcel.Date, count, budget int) (bool, error)
	// Reserve books the host's next free moment, at least interval after the
	// one booked before, and returns it; never earlier than now.
	Reserve(ctx context.Context, host string, interval time.Duration, now time.Time) (time.Time, error)
	// CarrierHealth is what was last recorded of the carrier; the zero value
	// with its Name for one never recorded.
	CarrierHealth(ctx context.Context, carrier string) (parcel.CarrierHealth, error)
	// SetCarrierHealth records state, since, until, fails, last success, error
	// and note. Today and Budget are the ledger's own and ignored.
	SetCarrierHealth(ctx context.Context, h parcel.CarrierHealth) error
	// KeepAnswer keeps one answer that was not understood, for a bug report;
	// the newest few of each carrier are kept.
	KeepAnswer(ctx context.Context, carrier string, raw []byte, at time.Time) error
}
