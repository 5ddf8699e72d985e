package declared

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"parcelwatch/carriers"
	"parcelwatch/carriers/internal/adapter"
	"parcelwatch/parcel"
	"parcelwatch/parcel/number"
)

const (
	maxEvents = 1000            // rows of one answer
	readTime  = 5 * time.Second // to read one answer
)

// reading is the state while one answer is read.
type reading struct {
	*carrier

	ctx   context.Context //nolint:containedctx // bounds the work between two selectors
	ans   adapter.Answer
	n     number.Number
	root  node
	trace *Trace
}

// read reads an answer.
func (c *carrier) read(ctx context.Context, ans adapter.Answer, n number.Number, trace *Trace) (*carriers.Result, error) {
	limited, cancel := context.WithTimeout(ctx, c.readTime)
	defer cancel()
	r := &reading{carrier: c, ctx: limited, ans: ans, n: n, trace: trace}
	res, err := r.result()
	switch {
	case errors.Is(ctx.Err(), context.DeadlineExceeded):
		return nil, failure(carriers.ErrTemporary, "no time was left to read the answer", ctx.Err())
	case ctx.Err() != nil:
		return nil, ctx.Err()
	case limited.Err() != nil:
		return nil, trace.why("try_slow", c.Changed(ans, "its selectors take too long for this answer"))
	}
	return res, err
}

func (r *reading) result() (*carriers.Result, error) {
	if err := r.parse(); err != nil {
		return nil, err
	}
	if err := r.refused(); err != nil {
		return nil, err
	}
	f, at, rows, other := r.pick()
	unknown := r.any(r.notFound)
	switch {
	case unknown && len(rows) > 0:
		return nil, r.changed("try_both", "events, and a sign that the number is not known")
	case unknown:
		return nil, r.unknown("try_unknown", "not_found")
	case slices.Contains(r.notFoundOn, r.ans.Status):
		return nil, r.Fail(carriers.ErrNotFound, "HTTP %d", r.ans.Status)
	case r.ans.Status >= 300 || r.ans.Status == 204:
		return nil, r.Changed(r.ans, "HTTP %d", r.ans.Status)
	case len(rows) == 0 && r.hasEmpty():
		return nil, r.unknown("try_empty", "an empty list")
	case len(rows) == 0 && other:
		return nil, r.changed("try_other", "the answer is of another number")
	case len(rows) == 0:
		return nil, r.changed("try_no_events", "no events, and no sign that the number is not known")
	case r.complete != "" && !strings.Contains(string(r.ans.Body), r.complete):
		return nil, r.changed("try_no_end", "the answer has no end")
	}
	return r.tracking(f, at, rows)
}

// changed returns the failure of an answer that was not understood. id is the message that
// tells why.
func (r *reading) changed(id, detail string) error {
	return r.trace.why(id, r.Changed(r.ans, "%s", detail))
}

// unknown returns the failure of an answer that says that the number is not known.
func (r *reading) unknown(id, detail string) error {
	return r.trace.why(id, r.Fail(carriers.ErrNotFound, "%s", detail))
}

// parse parses the answer.
func (r *reading) parse() (err error) {
	text := strings.TrimSpace(string(r.ans.Body))
	switch {
	case len(r.ans.Body) > maxAnswer:
		return r.Changed(r.ans, "answer is longer than %d MB", maxAnswer>>20)
	case text == "" && (r.blank || slices.Contains(r.notFoundOn, r.ans.Status)):
		return r.unknown("try_blank", "an empty answer")
	case text == "":
		return r.changed("try_blank", "answer is empty")
	case r.page:
		if err := r.Captcha(r.ans); err != nil {
			return err
		}
		r.root, err = parsePage(r.ans.Body)
	default:
		if err := r.Page(r.ans); err != nil {
			return err
		}
		r.root, err = parseJSON(r.ans.Body)
	}
	if err != nil {
		return r.changed("try_form", "not the answer that was expected: "+err.Error())
	}
	return nil
}

func (r *reading) whole() *scope { return &scope{[]node{r.root}, r.n, r.trace} }

// over reports whether the time to read is over.
func (r *reading) over() bool { return r.ctx.Err() != nil }

// any reports whether a field finds something in the whole answer.
func (r *reading) any(f *field) bool {
	return slices.ContainsFunc(f.nodes(r.whole()), func(n node) bool {
		r.trace.saw(kindWord, n.text())
		return n.says()
	})
}

// hasEmpty reports whether a list that tells of an unknown number is empty. An answer
// that is an empty object says nothing.
func (r *reading) hasEmpty() (found bool) {
	r.empty.each(func(s *selector) {
		found = found || slices.ContainsFunc(s.nodes(r.whole()), func(n node) bool { return n.empty(s.text != "$") })
	})
	return found
}

// refused returns the failure that the answer reports.
func (r *reading) refused() error {
	for _, one := range r.refusals {
		words := one.find.value(r.whole())
		switch {
		case one.status != 0 && one.status != r.ans.Status, r.over():
			continue
		case one.words != nil && (words == "" || !one.words.MatchString(words)):
			continue
		case one.words == nil && !one.find.none() && !r.any(one.find):
			continue
		}
		r.trace.refusal(r.ans.Status, words)
		said := fmt.Sprintf("service says: HTTP %d %s", r.ans.Status, adapter.Line(words, 200))
		switch {
		case errors.Is(one.means, carriers.ErrChanged):
			return r.Changed(r.ans, "%s", said)
		case errors.Is(one.means, carriers.ErrThrottled):
			return r.Throttled(r.ans, "%s", said)
		default:
			return r.Fail(one.means, "%s", said)
		}
	}
	return nil
}

// pick returns the first form of answer that has events, with the item of the number
// and the scopes of the events. other says that an item has another number.
func (r *reading) pick() (f *form, item *scope, rows []*scope, other bool) {
	for _, f := range r.forms {
		item, wrong := r.item(f)
		other = other || wrong
		if wrong || item == nil || r.over() {
			continue
		}
		if rows := r.rowsOf(f, item); len(rows) > 0 {
			return f, item, rows, false
		}
	}
	return nil, nil, nil, other
}

// item returns the part of the answer that is about the number. wrong says that the
// answer names other numbers only.
func (r *reading) item(f *form) (found *scope, wrong bool) {
	items := []*scope{r.whole()}
	if !f.item.none() {
		items = nil
		for _, n := range f.item.nodes(r.whole()) {
			items = append(items, r.whole().in(n))
		}
	}
	var unnamed []*scope
	for _, at := range items {
		if r.over() {
			return nil, false
		}
		switch named, own := r.names(f, at); {
		case own:
			return at, false
		case !named:
			unnamed = append(unnamed, at)
		}
	}
	switch {
	case len(items) == 0:
		return nil, false
	case len(unnamed) == 1 && len(items) == 1 && !r.namesAnother():
		return unnamed[0], false
	default:
		return nil, true
	}
}

// names reports whether an item names numbers, and whether that of the question is
// among them.
func (r *reading) names(f *form, at *scope) (named, own bool) {
	f.number.each(func(s *selector) {
		for _, v := range s.values(at) {
			if v == "" {
				continue
			}
			r.trace.saw(kindNumber, v)
			named = true
			own = own || adapter.Same(r.n, v) || slices.ContainsFunc(strings.FieldsFunc(v, notOfNumber), func(s string) bool { return adapter.Same(r.n, s) })
		}
	})
	return named, own
}

func notOfNumber(r rune) bool {
	return (r < '0' || r > '9') && (r < 'A' || r > 'Z') && (r < 'a' || r > 'z')
}

// namesAnother reports whether the answer to a question about an international number
// names such numbers, but not that one.
func (r *reading) namesAnother() bool {
	if !r.n.S10() {
		return false
	}
	another := false
	for _, item := range itemForm.FindAllString(string(r.ans.Body), 1000) {
		n := number.Number(item)
		if n == r.n {
			return false
		}
		another = another || n.S10() && n.Check() == number.CheckOK
	}
	return another
}

// rowsOf returns the scopes of the events of an item.
func (r *reading) rowsOf(f *form, item *scope) []*scope {
	groups := []*scope{item}
	if !f.group.none() {
		groups = nil
		for _, g := range f.group.nodes(item) {
			groups = append(groups, item.in(g))
		}
	}
	var out []*scope
	for _, g := range groups {
		if r.over() {
			return nil
		}
		for _, n := range f.events.nodes(g) {
			if len(out) < maxEvents {
				out = append(out, g.in(n))
			}
		}
	}
	return out
}

// tracking reads the events and what is said about the parcel.
func (r *reading) tracking(f *form, item *scope, rows []*scope) (*carriers.Result, error) {
	t := parcel.Tracking{
		Origin:      adapter.CountryNamed(f.origin.value(item)),
		Destination: adapter.CountryNamed(f.destination.value(item)),
		PickupPlace: r.clean(f.pickup.value(item)),
		Aliases:     r.aliases(f, item),
	}
	for _, at := range rows {
		if r.over() {
			return nil, r.ctx.Err()
		}
		if ev, ok := r.event(f, at, t); ok {
			t.Events = append(t.Events, ev)
		}
	}
	if k := len(t.Events); k > 1 && t.Events[0].Time.After(t.Events[k-1].Time) {
		slices.Reverse(t.Events) // the newest is listed first
	}
	res, err := r.Result(r.ans, r.n, t, len(rows))
	if err != nil {
		return nil, err
	}
	events := res.Tracking.Events
	if k := len(events); k == 0 || !events[k-1].Status.Final() {
		res.Tracking.ETA = r.day(f, f.eta.value(item))
	}
	if _, waits := adapter.Waiting(events); waits {
		res.Tracking.PickupUntil = r.day(f, f.pickupBy.value(item))
	}
	return &res, nil
}

func (r *reading) aliases(f *form, item *scope) (out []parcel.Alias) {
	f.aliases.each(func(s *selector) {
		for _, v := range s.values(item) {
			r.trace.saw(kindNumber, v)
			for _, a := range adapter.Alias(r.n, v, s.member()) {
				if len(out) < maxParts && !slices.Contains(out, a) {
					out = append(out, a)
				}
			}
		}
	})
	return out
}

// day reads a date.
func (r *reading) day(f *form, text string) parcel.Date {
	if text == "" {
		return ""
	}
	at, _, ok := f.moment(text, "", layoutRFC3339, "2006-01-02T15:04:05", time.DateTime, time.DateOnly)
	r.trace.time(text, ok)
	if ok {
		return parcel.DateOf(at)
	}
	return ""
}

// event reads one event. Events without a time or any word are left out.
func (r *reading) event(f *form, at *scope, t parcel.Tracking) (ev parcel.Event, ok bool) {
	clock := f.time.value(at)
	offset := f.offset.value(at)
	ev.Time, ev.ZoneKnown, ok = f.moment(clock, offset)
	r.trace.time(offset, ok)
	ev.Code = adapter.Line(f.code.value(at), 60)
	words := r.clean(f.text.value(at))
	ev.Place = r.clean(f.place.value(at))
	row := r.status(ev.Code, words)
	ev.Status, ev.Guess = row.Status, row.Guess
	ev.Text = cmp.Or(words, row.Meaning, strings.ReplaceAll(ev.Code, "_", " "))
	ev.Country = cmp.Or(adapter.CountryNamed(f.country.value(at)), row.Country(cmp.Or(t.Origin, r.homeOf(carriers.RoleOrigin)), cmp.Or(t.Destination, r.homeOf(carriers.RoleDestination))))
	r.trace.event(clock, ev, ok)
	return ev, ok && ev.Text != ""
}

// homeOf returns the country of a carrier with one country, if the carrier has this role
// and its country can be that side of the journey.
func (r *reading) homeOf(role carriers.Role) string {
	if r.info.Role != role || len(r.info.Countries) != 1 {
		return ""
	}
	home := r.info.Countries[0]
	if role == carriers.RoleDestination && r.n.Country() == home {
		return "" // outbound: the destination is another country
	}
	return home
}

// clean returns a text of an event without names and without what is to be cut.
func (r *reading) clean(text string) string {
	for _, re := range r.cut {
		text = re.ReplaceAllString(text, "")
	}
	return adapter.Text(text)
}
