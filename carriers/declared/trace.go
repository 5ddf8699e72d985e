package declared

import (
	"context"
	"errors"
	"strconv"
	"strings"

	"parcelwatch/carriers"
	"parcelwatch/carriers/internal/adapter"
	"parcelwatch/internal/message"
	"parcelwatch/parcel"
	"parcelwatch/parcel/number"
)

// Trace is how an answer was read.
type Trace struct {
	Rows   []*Row
	Answer []byte // as received; empty if there is none
	Status int
	Why    message.Text // why the answer could not be read; nil if that is not known

	program *program
	seen    []seen   // what selectors have picked
	said    []string // words and codes that were read
	timed   []string // texts that were read as times
}

// Row is one event as it was found, whether it can be used or not.
type Row struct {
	Time  string // as written in the answer
	Event parcel.Event
	Timed bool // the time could be read
}

type seen struct {
	kind kind
	text string
}

// saw, time and event record a step. A nil trace records nothing.
func (t *Trace) saw(k kind, parts ...string) {
	if t == nil {
		return
	}
	for _, text := range parts {
		t.seen = append(t.seen, seen{k, strings.Join(strings.Fields(text), " ")})
	}
	if k == kindWord || k == kindCode || k == kindTime {
		t.said = append(t.said, strings.Join(parts, " "))
	}
}

func (t *Trace) time(text string, read bool) {
	if t != nil && read {
		t.timed = append(t.timed, text)
	}
}

func (t *Trace) event(clock string, ev parcel.Event, timed bool) {
	if t != nil {
		t.Rows = append(t.Rows, &Row{clock, ev, timed})
		t.time(clock, timed)
	}
}

// why records the reason of a failure, a message id, and returns the failure.
func (t *Trace) why(id string, err error) error {
	if t != nil {
		t.Why = message.New(id)
	}
	return err
}

// ErrNotDeclared is returned by [Try] for a carrier of another kind.
var ErrNotDeclared = errors.New("not a carrier that is asked by a definition")

// Try asks for one number, or reads the answer if one is given, and returns how it was
// read. The answer of a program is what it prints. There is no result with an error.
func Try(ctx context.Context, c carriers.Carrier, n number.Number, answer []byte) (res *carriers.Result, trace *Trace, err error) {
	trace = &Trace{Answer: answer}
	own, ok := c.(interface{ Unwrap() adapter.Single })
	if !ok {
		return nil, trace, ErrNotDeclared
	}
	switch own := own.Unwrap().(type) {
	case *command:
		trace.program = own.program
		res, err = own.ask(ctx, n, trace)
	case *carrier:
		trace.program = own.program
		res, err = own.ask(ctx, n, trace)
	default:
		err = ErrNotDeclared
	}
	return res, trace, err
}

// given returns the answer that is to be read; nil if there is none yet.
func (t *Trace) given() []byte {
	if t == nil {
		return nil
	}
	return t.Answer
}

// received records an answer.
func (t *Trace) received(answer []byte, status int) {
	if t != nil {
		t.Answer, t.Status = answer, status
	}
}

// refusal records that a refusal of the definition fits.
func (t *Trace) refusal(status int, words string) {
	if t != nil {
		t.Why = message.New("try_refusal", "Status", strconv.Itoa(status), "Words", adapter.Line(words, 200))
	}
}

// selectors returns the selectors of the definition.
func (t *Trace) selectors() (out []string) {
	fields := []*field{t.program.notFound, t.program.empty}
	for _, r := range t.program.refusals {
		fields = append(fields, r.find)
	}
	for _, f := range t.program.forms {
		fields = append(fields, f.fields...)
	}
	for _, f := range fields {
		f.each(func(s *selector) { out = append(out, s.text) })
	}
	return out
}
