package carriers

import (
	"errors"
	"time"
)

// ErrUnknown is returned for a name that is not a carrier's.
var ErrUnknown = errors.New("there is no such carrier")

// ErrNotNow is in the chain of every [NotNowError].
var ErrNotNow = errors.New("not asked now")

// NotNowError means that the [Keeper] did not call the carrier, or did not let a call make a
// further request: the circuit breaker is open, the day's budget is spent, or the
// turn would come too late.
type NotNowError struct {
	Carrier string
	Reason  string    // in a few words
	Until   time.Time // when asking makes sense again
}

// Error returns the carrier and the reason.
func (e *NotNowError) Error() string {
	return e.Carrier + ": " + ErrNotNow.Error() + ": " + e.Reason
}

// Unwrap returns [ErrNotNow].
func (e *NotNowError) Unwrap() error { return ErrNotNow }

// NotNowUntil returns when asking makes sense again, if err is a [NotNowError].
func NotNowUntil(err error) (time.Time, bool) {
	if e, ok := errors.AsType[*NotNowError](err); ok {
		return e.Until, true
	}
	return time.Time{}, false
}
