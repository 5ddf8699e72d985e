package command

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strconv"
	"time"

	"parcelwatch/carriers"
	"parcelwatch/carriers/declared"
	"parcelwatch/internal/app"
	"parcelwatch/internal/cli"
	"parcelwatch/internal/textx"
	"parcelwatch/parcel/number"
)

type carriersTryCmd struct {
	File   string `arg:""`
	Number string `arg:""`
	Answer string `help:"${help_try_answer}" placeholder:"FILE"`
	Save   string `help:"${help_try_save}"   placeholder:"FILE"`
}

// Run asks for a number by a definition, or reads an answer from a file, and prints each
// field as it was read.
func (c *carriersTryCmd) Run(ctx context.Context, e *env) error {
	n, err := e.number(c.Number)
	if err != nil {
		return err
	}
	m, err := c.member(ctx, e, n)
	if err != nil {
		return err
	}
	var answer []byte
	if c.Answer != "" {
		if answer, err = readAnswer(c.Answer); err != nil {
			return err
		}
	}
	res, trace, err := declared.Try(ctx, m.Carrier, n, answer)
	if trace.Answer != nil && c.Save != "" {
		if err := c.save(e, trace, n); err != nil {
			return err
		}
	}
	return e.triedOut(m, n, res, trace, err)
}

// member returns the carrier of the file that is tried: the first that claims the
// number, or else the first of all.
func (c *carriersTryCmd) member(ctx context.Context, e *env, n number.Number) (*carriers.Member, error) {
	members, broken, err := app.Defined(ctx, e.anyConfig(), c.File)
	if err != nil {
		return nil, err
	}
	m := &members[0]
	for i := range members {
		if members[i].Carrier.Match(n) != carriers.No {
			m = &members[i]
			break
		}
	}
	if m.Carrier.Match(n) == carriers.No {
		e.note(e.say.T("try_unclaimed", "Name", m.Info.Name, "Number", string(n)))
	}
	if why := broken[m.Info.Name]; why != nil {
		e.note(e.say.T("note_secret", "Carrier", m.Info.Name, "Reason", e.words(why)))
	}
	return m, nil
}

// maxAnswer is the size of a kept answer, in bytes. Longer ones are refused when they
// are read.
const maxAnswer = 2 << 20

func readAnswer(path string) ([]byte, error) {
	f, err := os.Open(path) //nolint:gosec // the person names the file
	if err != nil {
		return nil, fmt.Errorf("open the answer: %w", err)
	}
	defer shut(f)
	data, err := io.ReadAll(io.LimitReader(f, maxAnswer))
	if err != nil {
		return nil, fmt.Errorf("read the answer: %w", err)
	}
	return data, nil
}

// save writes the answer without personal data, so that it is still read as before.
func (c *carriersTryCmd) save(e *env, trace *declared.Trace, n number.Number) error {
	data, invented := declared.Fixture(trace, n)
	if err := os.WriteFile(c.Save, data, 0o600); err != nil {
		return fmt.Errorf("write the answer: %w", err)
	}
	e.note(e.say.T("try_saved", "Path", c.Save, "Number", string(invented)))
	return nil
}

// triedOut prints how an answer was read.
func (e *env) triedOut(m *carriers.Member, n number.Number, res *carriers.Result, trace *declared.Trace, err error) error {
	e.print(e.say.T("try_head", "Name", m.Info.Name, "Number", string(n), "Status", trace.Status, "Bytes", len(trace.Answer)))
	t := cli.NewTable(44)
	for i, r := range trace.Rows {
		t.Row(strconv.Itoa(i+1), e.say.T("try_time"), textx.Line(r.Time, 60)+" → "+clockOf(r, e))
		t.Row("", e.say.T("try_status"), e.statusOf(r))
		for _, one := range [][2]string{{"try_text", r.Event.Text}, {"try_place", r.Event.Place}, {"try_country", r.Event.Country}} {
			if one[1] != "" {
				t.Row("", e.say.T(one[0]), one[1])
			}
		}
		if why := skipped(r); why != "" {
			t.Row("", e.say.T("try_skipped"), e.say.T(why))
		}
	}
	if t.Empty() && err == nil {
		e.print(e.say.T("try_nothing"))
	} else if err := e.section("try_events", t); err != nil {
		return err
	}
	if err != nil {
		return e.unread(m, trace, err)
	}
	return e.section("try_parcel", parcelTable(e, res))
}

// unread returns the error of an answer that could not be read.
func (e *env) unread(m *carriers.Member, trace *declared.Trace, err error) error {
	text := e.words(err)
	if f := carriers.Fault(m.Info.Name, err); f != nil {
		text = e.say.Text(f)
	}
	if trace.Why != nil {
		text = e.say.Text(trace.Why)
	}
	if errors.Is(err, carriers.ErrNotFound) {
		return nothing(e.say.T("try_not_found", "Reason", text))
	}
	return failed(e.say.T("try_failed", "Reason", text))
}

func clockOf(r *declared.Row, e *env) string {
	switch {
	case !r.Timed:
		return "?"
	case r.Event.ZoneKnown:
		return r.Event.Time.Format(time.RFC3339)
	default:
		return r.Event.Time.Format("2006-01-02T15:04:05") + " " + e.say.T("try_no_zone")
	}
}

func (e *env) statusOf(r *declared.Row) string {
	words := e.say.Status(r.Event.Status)
	if r.Event.Guess {
		words = e.say.T("try_guess", "Status", words)
	}
	if r.Event.Code != "" {
		words += " (" + r.Event.Code + ")"
	}
	return words
}

// skipped returns the id of the reason why a row is no event, or "".
func skipped(r *declared.Row) string {
	switch {
	case !r.Timed:
		return "try_no_time"
	case r.Event.Text == "":
		return "try_no_words"
	case r.Event.Status == declared.Ignored:
		return "try_ignored"
	default:
		return ""
	}
}

func parcelTable(e *env, res *carriers.Result) *cli.Table {
	t := cli.NewTable(44)
	tr := &res.Tracking
	row := func(id, value string) {
		if value != "" {
			t.Row(e.say.T(id), value)
		}
	}
	row("try_origin", tr.Origin)
	row("try_destination", tr.Destination)
	row("try_eta", string(tr.ETA))
	row("try_pickup_place", tr.PickupPlace)
	row("try_pickup_until", string(tr.PickupUntil))
	for _, a := range tr.Aliases {
		row("try_alias", string(a.Number))
	}
	for _, code := range res.Unmapped {
		row("try_unmapped", code)
	}
	return t
}

type carriersExportCmd struct {
	Name string `arg:""`
}

// Run prints the definition of a built-in carrier.
func (c *carriersExportCmd) Run(e *env) error {
	text, ok := declared.Builtin(c.Name)
	if !ok {
		return nothing(e.say.T("export_none", "Name", textx.Line(c.Name, 40), "Names", declared.BuiltinNames()))
	}
	_, err := io.Copy(e.out, bytes.NewReader(text))
	return err
}
