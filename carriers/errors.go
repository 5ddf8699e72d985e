package carriers

import (
	"errors"
	"time"

	"parcelwatch/parcel"
)

// The five ways in which a call to a carrier fails. Adapters wrap one of them; test
// with [errors.Is].
var (
	// ErrNotFound is normal for days after a number was issued.
	ErrNotFound = errors.New("number not known (yet)")
	// ErrTemporary is a failure of the network or of the service.
	ErrTemporary = errors.New("carrier cannot be reached now")
	// ErrThrottled means that the service was called too often; see [RetryAfter].
	ErrThrottled = errors.New("carrier asks to wait")
	// ErrDenied is a wrong or missing credential, a captcha or a block.
	ErrDenied = errors.New("carrier refuses to answer")
	// ErrChanged is an answer that was not understood. It never means "no news".
	ErrChanged = errors.New("carrier answer not understood")
)

// What a carrier refuses, where that is known. Each wraps [ErrDenied].
var (
	// ErrCredential is a wrong, expired or missing credential: waiting does not help.
	ErrCredential error = denial("carrier refuses the credential")
	// ErrCaptcha is a page that wants a person to answer.
	ErrCaptcha error = denial("carrier asks for a captcha")
	// ErrBlocked is a refusal of this program or of its address.
	ErrBlocked error = denial("carrier blocks the request")
)

type denial string

func (d denial) Error() string { return string(d) }

// Unwrap returns [ErrDenied].
func (denial) Unwrap() error { return ErrDenied }

// Error is a failure with its details. Kind is one of the five, or what is refused.
type Error struct {
	Kind   error
	Detail string        // what was observed, free of secrets, one line
	After  time.Duration // for ErrThrottled: how long the service asks to wait; 0 if unknown
	Raw    []byte        // for ErrChanged: the start of the answer, bounded, secrets masked
	// Again means that the connection broke during a GET or HEAD, which may be
	// repeated at once without harm.
	Again bool
	Cause error
	Host  string // of the service, if it could not be reached
}

// Error returns the kind, the detail and the cause in one line.
func (e *Error) Error() string {
	s := e.Kind.Error()
	if e.Detail != "" {
		s += ": " + e.Detail
	}
	if e.Cause != nil {
		s += ": " + e.Cause.Error()
	}
	return s
}

// Unwrap returns the kind and the cause for errors.Is and errors.As.
func (e *Error) Unwrap() []error {
	if e.Cause == nil {
		return []error{e.Kind}
	}
	return []error{e.Kind, e.Cause}
}

// RetryAfter returns how long the carrier asked to wait, or 0.
func RetryAfter(err error) time.Duration {
	if e, ok := errors.AsType[*Error](err); ok {
		return e.After
	}
	return 0
}

// ResultOf returns the result that corresponds to the error, as shown in JSON.
func ResultOf(err error) parcel.Result {
	switch {
	case err == nil:
		return parcel.ResultOK
	case errors.Is(err, ErrNotNow), errors.Is(err, ErrUnknown):
		return parcel.ResultSkipped
	case errors.Is(err, ErrNotFound):
		return parcel.ResultNotFound
	case errors.Is(err, ErrThrottled):
		return parcel.ResultThrottled
	case errors.Is(err, ErrDenied):
		return parcel.ResultDenied
	case errors.Is(err, ErrChanged):
		return parcel.ResultChanged
	default:
		return parcel.ResultTemporary
	}
}
