package command

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"parcelwatch/carriers"
	"parcelwatch/config"
	"parcelwatch/internal/cli"
	"parcelwatch/internal/locale"
	"parcelwatch/internal/ordered"
	"parcelwatch/internal/status"
	"parcelwatch/internal/textx"
	"parcelwatch/parcel"
	"parcelwatch/parcel/number"
	"parcelwatch/store"
	"parcelwatch/tracker"
)

// trackTime is the documented 30 seconds minus the time to print.
const trackTime = 28 * time.Second

type trackCmd struct {
	Number  string `arg:""`
	Carrier string `help:"${help_track_carrier}" placeholder:"NAME"`
	JSON    bool   `help:"${help_json}"`
}

// Run asks the carriers about a number and prints the result.
func (c *trackCmd) Run(ctx context.Context, e *env) error {
	ctx, cancel := context.WithTimeout(ctx, trackTime)
	defer cancel()
	n, err := e.number(c.Number)
	if err != nil {
		return err
	}
	cfg := e.anyConfig()
	set, broken, err := e.carriers(ctx, cfg)
	if err != nil {
		e.note(e.say.T("note_without_config", "Reason", e.words(err)))
		cfg = config.Default()
		if set, broken, err = e.carriers(ctx, cfg); err != nil {
			return err
		}
	}
	e.doubt(n, cfg.Destination)
	e.noteFaults(broken)
	for _, name := range slices.Sorted(maps.Keys(broken)) {
		if _, why := config.Problems(broken[name]); why != nil && (c.Carrier == "" || c.Carrier == name) {
			e.note(e.say.T("note_secret", "Carrier", name, "Reason", e.words(why)))
		}
	}
	if _, known := set.Get(c.Carrier); c.Carrier != "" && !known {
		return usage(e.say.T("err_carrier", "Name", textx.Line(c.Carrier, 40), "Names", names(set)))
	}
	ledger, closeLedger := e.trackLedger(ctx, cfg)
	defer closeLedger()
	t := tracking{env: e, set: set, engine: tracker.NewEngine(set, cfg.Destination, ledger, e.now, e.quiet())}
	p, asked, err := t.ask(ctx, n, c.Carrier)
	if err != nil {
		return err
	}
	e.progress.Clear()
	doc := status.Document(p, n, askedDocs(asked, set), e.now())
	if c.JSON {
		err = cli.WriteJSON(e.out, doc)
	} else {
		err = cli.WriteParcel(e.out, e.say, doc, p.StatusSince, e.now())
	}
	if err != nil {
		return err
	}
	return t.verdict(n, doc)
}

// tracking is the state of one run of track.
type tracking struct {
	env    *env
	set    *carriers.Set
	engine *tracker.Engine
}

func (t tracking) ask(ctx context.Context, n number.Number, only string) (parcel.Parcel, []carriers.Asked, error) {
	now := t.env.now()
	p := parcel.Parcel{FirstSeen: now, AddedByUser: true}
	p.AddLink(parcel.Link{Number: n, Since: now, Reason: "typed", Certainty: parcel.Certain})
	done := 0
	seen := func(carriers.Asked) {
		done++
		t.env.progress.Show(t.env.say.T("track_asking", "Done", done, "Total", max(done, len(t.set.Carriers()))))
	}
	if only == "" {
		p, asked, err := t.engine.Follow(ctx, p, seen)
		p.Settle(t.engine.Home, t.env.now())
		p.StatusSince = since(p)
		return p, asked, err
	}
	m, _ := t.set.Get(only)
	ask := carriers.Ask{Carrier: only, Number: n, Link: m.Link(n)}
	if m.Off {
		ask.Skip = parcel.ResultSkipped
	} else if len(m.Missing) > 0 {
		ask.Skip = parcel.ResultNoCredential
	}
	if ask.Skip != "" {
		return p, []carriers.Asked{{Ask: ask, Result: ask.Skip}}, nil
	}
	asked, err := t.engine.Ask(ctx, []carriers.Ask{ask}, trackTime, seen)
	for _, a := range asked {
		tracker.Record(&p, a, t.env.now())
	}
	p.Settle(t.engine.Home, t.env.now())
	p.StatusSince = since(p)
	return p, asked, err
}

// since returns when the status began, or zero if no event shows it.
func since(p parcel.Parcel) time.Time {
	if p.LastEvent.IsZero() {
		return time.Time{}
	}
	return p.StatusSince
}

// verdict returns the error that sets the exit status.
func (t tracking) verdict(n number.Number, d status.Parcel) error {
	if len(d.Events) > 0 {
		return nil
	}
	tried, answered := 0, 0
	for _, a := range d.Asked {
		switch a.Result {
		case parcel.ResultOK, parcel.ResultNotFound:
			tried, answered = tried+1, answered+1
		case parcel.ResultSkipped, parcel.ResultNoCredential:
		default:
			tried++
		}
	}
	if tried > 0 && answered == 0 {
		return failed(t.env.say.T("err_all_failed", "Number", n))
	}
	return nothing(t.env.say.T("err_nothing_tracked", "Number", n))
}

// askedDocs returns the results of all carriers, those that answered first.
func askedDocs(asked []carriers.Asked, set *carriers.Set) []status.Asked {
	out := make([]status.Asked, 0, len(asked))
	for _, a := range asked {
		d := status.Asked{Carrier: a.Carrier, Number: a.Number, Result: a.Result, Link: a.Link}
		if a.Err != nil {
			d.Error, d.Detail, d.Why = a.Err.Error(), detail(a.Err), carriers.Cause(a.Err)
		} else if a.Result == parcel.ResultSkipped {
			d.Note, d.Why = locale.English(a.Why), a.Why
		}
		if a.Result == parcel.ResultNoCredential {
			m, _ := set.Get(a.Carrier)
			d.Why = m.CredentialHelp()
			d.Note = locale.English(d.Why)
		}
		out = append(out, d)
	}
	ordered.Sort(out, func(a, b status.Asked) int {
		return cmp.Compare(order(a.Result), order(b.Result))
	})
	return out
}

// detail returns the part of an error that its kind does not say.
func detail(err error) string {
	e, ok := errors.AsType[*carriers.Error](err)
	if !ok {
		return ""
	}
	if e.Detail == "" && e.Cause != nil {
		return e.Cause.Error()
	}
	return e.Detail
}

// order ranks results: answers first, those that could not be asked last.
func order(r parcel.Result) int {
	return map[parcel.Result]int{
		parcel.ResultOK: -2, parcel.ResultNotFound: -1, parcel.ResultNoCredential: 1, parcel.ResultSkipped: 2,
	}[r]
}

// trackLedger returns a ledger that counts against the daemon's daily budgets if
// there is a store, and that ignores its circuit breakers.
func (e *env) trackLedger(ctx context.Context, c *config.Config) (store.Ledger, func()) {
	memory := carriers.NewMemoryLedger()
	if _, err := continueAsOwner(c.Store.Path); err != nil {
		return memory, func() {}
	}
	if !storeAt(c).Exists(ctx) {
		return memory, func() {}
	}
	ctx, cancel := context.WithTimeout(ctx, time.Second)
	defer cancel()
	db, err := storeAt(c).Open(ctx, store.Options{Now: e.now, Brief: true})
	if err != nil {
		return memory, func() {}
	}
	return budgets{Ledger: memory, db: db}, func() { shut(db) }
}

// budgets is a ledger in memory that uses the budgets of the store.
type budgets struct {
	store.Ledger
	db store.Store
}

// Take books in the store, or in memory if the store is busy.
func (b budgets) Take(ctx context.Context, carrier string, day parcel.Date, count, budget int) (bool, error) {
	short, cancel := context.WithTimeout(ctx, time.Second)
	defer cancel()
	ok, err := b.db.Take(short, carrier, day, count, budget)
	if err != nil {
		ok, err = b.Ledger.Take(ctx, carrier, day, count, budget)
	}
	if err != nil {
		return false, fmt.Errorf("book a call: %w", err)
	}
	return ok, nil
}

// names lists the carriers.
func names(s *carriers.Set) string {
	var out []string
	for _, m := range s.Members() {
		out = append(out, m.Info.Name)
	}
	return strings.Join(out, ", ")
}
