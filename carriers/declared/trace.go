package declared

import (
	"context"
	"errors"
	"net/http"
	"strconv"

	"parcelwatch/carriers"
	"parcelwatch/carriers/internal/adapter"
	"parcelwatch/internal/message"
	"parcelwatch/parcel"
	"parcelwatch/parcel/number"
)

// Trace is how an answer was read.
type Trace struct {
	Form     int // of the answer, from 0
	Rows     []Row
	Tracking parcel.Tracking
	Answer   []byte // as received; empty if there is none
	Status   int
	Why      message.Text // why the answer could not be read; nil if that is not known
}

// Row is one event as it was found, whether it can be used or not.
type Row struct {
	Time  string // as written in the answer
	Event parcel.Event
	Timed bool // the time could be read
}

// form, event and tracking record a step. A nil trace records nothing.
func (t *Trace) form(i int) {
	if t != nil {
		t.Form = i
	}
}

func (t *Trace) event(clock string, ev parcel.Event, timed bool) {
	if t != nil {
		t.Rows = append(t.Rows, Row{clock, ev, timed})
	}
}

func (t *Trace) tracking(of parcel.Tracking) {
	if t != nil {
		t.Tracking = of
	}
}

// why records the reason of a failure and returns the failure.
func (t *Trace) why(reason message.Text, err error) error {
	if t != nil {
		t.Why = reason
	}
	return err
}

// ErrNotDeclared is returned by [Try] for a carrier of another kind.
var ErrNotDeclared = errors.New("not a carrier that is asked by a definition")

// Try asks for one number, or reads the answer if one is given, and returns how it was
// read.
func Try(ctx context.Context, c carriers.Carrier, n number.Number, answer []byte) (carriers.Result, *Trace, error) {
	trace := &Trace{}
	own, ok := c.(interface{ Unwrap() adapter.Single })
	if !ok {
		return carriers.Result{}, trace, ErrNotDeclared
	}
	d, ok := own.Unwrap().(*carrier)
	if !ok {
		return carriers.Result{}, trace, ErrNotDeclared
	}
	ans := adapter.Answer{Status: http.StatusOK, Body: answer}
	var res carriers.Result
	var err error
	if answer != nil {
		res, err = d.read(ctx, ans, n, trace)
	} else {
		res, ans, err = d.ask(ctx, n, trace)
	}
	trace.Answer, trace.Status = ans.Body, ans.Status
	return res, trace, err
}

// refusal records that a refusal of the definition fits.
func (t *Trace) refusal(status int, words string) {
	if t != nil {
		t.Why = message.New("try_refusal", "Status", strconv.Itoa(status), "Words", adapter.Line(words, 200))
	}
}
