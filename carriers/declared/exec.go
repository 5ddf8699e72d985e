package declared

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"os/exec"
	"reflect"
	"slices"
	"strings"
	"time"

	"parcelwatch/carriers"
	"parcelwatch/carriers/internal/adapter"
	"parcelwatch/internal/textx"
	"parcelwatch/parcel"
	"parcelwatch/parcel/number"
)

// exitUnknown is the exit status of a program that does not know the number.
const exitUnknown = 3

// command is a carrier whose answers a program prints, as the JSON of
// "track --json".
type command struct{ *program }

// Info returns the facts of the carrier.
func (c *command) Info() carriers.Info { return c.info }

// Ask runs the program for one number.
func (c *command) Ask(ctx context.Context, n number.Number) (carriers.Result, error) {
	res, err := c.ask(ctx, n, nil)
	if err != nil {
		return carriers.Result{}, err
	}
	return *res, nil
}

func (c *command) ask(ctx context.Context, n number.Number, trace *Trace) (*carriers.Result, error) {
	out := trace.given()
	if out == nil {
		var err error
		if out, err = c.run(ctx, n); err != nil {
			return nil, err
		}
		trace.received(out, 0)
	}
	return c.read(out, n, trace)
}

// run returns what the program prints for a number.
func (c *command) run(ctx context.Context, n number.Number) ([]byte, error) {
	limited, cancel := context.WithTimeout(ctx, askTime)
	defer cancel()
	args := make([]string, 0, len(c.exec))
	for _, arg := range c.exec {
		args = append(args, strings.ReplaceAll(arg, numberMark, string(n)))
	}
	out := &output{left: maxAnswer}
	cmd := exec.CommandContext(limited, args[0], args[1:]...) //nolint:gosec // the configuration names the program
	cmd.Stdout, cmd.WaitDelay = out, time.Second
	err := runAll(cmd)
	var ended *exec.ExitError
	switch {
	case errors.Is(ctx.Err(), context.Canceled):
		return nil, ctx.Err()
	case limited.Err() != nil:
		return nil, failure(carriers.ErrTemporary, "the program did not end in time", nil)
	case out.left < 0:
		return nil, failure(carriers.ErrChanged, "the program printed too much", nil)
	case errors.As(err, &ended) && ended.ExitCode() == exitUnknown:
		return nil, failure(carriers.ErrNotFound, "exit status 3", nil)
	case err != nil:
		return nil, failure(carriers.ErrTemporary, "the program failed", err)
	}
	return out.kept.Bytes(), nil
}

func failure(kind error, detail string, cause error) error {
	return &carriers.Error{Kind: kind, Detail: detail, Cause: cause}
}

// output keeps what a program prints, up to a limit.
type output struct {
	kept bytes.Buffer // not embedded: its ReadFrom has no limit
	left int
}

// Write keeps what fits. The error for more closes the pipe, which ends the program.
func (o *output) Write(b []byte) (int, error) {
	if o.left -= len(b); o.left < 0 {
		return 0, errLarge
	}
	return o.kept.Write(b)
}

// printed is what a program prints.
type printed struct {
	Number      adapter.Lax                 `json:"number"`
	Origin      adapter.Lax                 `json:"origin"`
	Destination adapter.Lax                 `json:"destination"`
	ETA         adapter.Lax                 `json:"eta"`
	PickupUntil adapter.Lax                 `json:"pickup_until"`
	PickupPlace adapter.Lax                 `json:"pickup_place"`
	Numbers     adapter.Many[adapter.Lax]   `json:"numbers"`
	Events      *adapter.Many[printedEvent] `json:"events"`
}

type printedEvent struct {
	Time    adapter.Lax `json:"time"`
	Status  adapter.Lax `json:"status"`
	Country adapter.Lax `json:"country"`
	Place   adapter.Lax `json:"place"`
	Text    adapter.Lax `json:"text"`
	Code    adapter.Lax `json:"code"`
}

// read reads the output.
func (c *command) read(out []byte, n number.Number, trace *Trace) (*carriers.Result, error) {
	changed := func(why string) error {
		return &carriers.Error{Kind: carriers.ErrChanged, Detail: why, Raw: out[:min(len(out), 16<<10)]}
	}
	var p printed
	if err := json.Unmarshal(out, &p); err != nil {
		return nil, changed("the program printed no JSON")
	}
	switch {
	case p.Number != "" && !adapter.Same(n, p.Number):
		return nil, changed("the program printed another number")
	case p.Events == nil:
		return nil, changed("the program printed no events")
	}
	t := parcel.Tracking{
		Origin: adapter.Country(p.Origin), Destination: adapter.Country(p.Destination), PickupPlace: adapter.Text(p.PickupPlace),
		ETA: adapter.Day(p.ETA, time.UTC, time.DateOnly, time.RFC3339), PickupUntil: adapter.Day(p.PickupUntil, time.UTC, time.DateOnly, time.RFC3339),
	}
	for _, e := range *p.Events {
		if ev, ok := e.read(trace); ok {
			t.Events = append(t.Events, ev)
		}
	}
	t.Events = adapter.Timeline(t.Events, false)
	p.trace(trace, &t)
	for _, other := range p.Numbers[:min(len(p.Numbers), maxParts)] {
		t.Aliases = append(t.Aliases, adapter.Alias(n, other, "numbers")...)
	}
	if len(t.Events) == 0 && len(*p.Events) > 0 {
		return nil, changed("none of the events could be read")
	}
	if at, waits := adapter.Waiting(t.Events); !waits {
		t.PickupPlace, t.PickupUntil = "", ""
	} else if t.PickupPlace == "" {
		t.PickupPlace = at.Place
	}
	return &carriers.Result{Number: n, Tracking: t}, nil
}

// trace records what is said about the parcel.
func (p *printed) trace(trace *Trace, t *parcel.Tracking) {
	trace.saw(kindNumber, string(p.Number))
	for _, other := range p.Numbers {
		trace.saw(kindNumber, string(other))
	}
	trace.saw(kindWord, string(p.Origin))
	trace.saw(kindWord, string(p.Destination))
	trace.saw(kindPrivate, string(p.PickupPlace))
	trace.time(string(p.ETA), t.ETA != "")
	trace.time(string(p.PickupUntil), t.PickupUntil != "")
}

func (e *printedEvent) read(trace *Trace) (ev parcel.Event, ok bool) {
	ev.Time, ev.ZoneKnown, ok = adapter.Moment(e.Time, nil, "2006-01-02T15:04:05", "2006-01-02T15:04", time.DateTime, time.DateOnly)
	ev.Status, ev.Country, ev.Place = parcel.Status(e.Status), adapter.Country(e.Country), adapter.Text(e.Place)
	ev.Code, ev.Text = adapter.Line(e.Code, 60), adapter.Text(e.Text)
	if ev.Text == "" {
		ev.Text = ev.Code
	}
	if !ev.Status.Known() {
		ev.Status, ev.Guess = parcel.InTransit, true
	}
	trace.saw(kindTime, string(e.Time))
	for _, text := range []adapter.Lax{e.Status, e.Country, e.Place, e.Text, e.Code} {
		trace.saw(kindWord, string(text))
	}
	trace.event(string(e.Time), ev, ok)
	return ev, ok && ev.Text != ""
}

// execution checks a program and what stands beside it.
func (c *compiler) execution(d *Definition, p *program) {
	switch {
	case d.Shared:
		c.wrong("exec", "declared_exec_shared")
	case len(d.Exec) > 50 || d.Exec[0] == "" || strings.Contains(d.Exec[0], numberMark) || textx.Line(d.Exec[0], 1000) != d.Exec[0]:
		c.wrong("exec", "declared_exec")
	case !slices.ContainsFunc(d.Exec[1:], func(arg string) bool { return strings.Contains(arg, numberMark) }):
		c.wrong("exec", "declared_exec")
	}
	for _, key := range beside(reflect.ValueOf(d).Elem()) {
		c.wrong(key, "declared_exec_only")
	}
	p.info.BaseURL = ""
}

// beside returns the keys of a definition that mean nothing to a program: all that are
// about a request and its answer.
func beside(d reflect.Value) (keys []string) {
	const known = " - name title site page language role countries match maybe canary exec interval per_number budget "
	for i := range d.NumField() {
		field := d.Type().Field(i)
		key := field.Tag.Get("toml")
		switch {
		case field.Anonymous:
			keys = append(keys, beside(d.Field(i))...)
		case !strings.Contains(known, " "+key+" ") && !d.Field(i).IsZero():
			keys = append(keys, key)
		}
	}
	return keys
}
