package carriertest

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/google/go-cmp/cmp"

	"parcelwatch/carriers"
	"parcelwatch/carriers/internal/adapter"
	"parcelwatch/internal/textx"
	"parcelwatch/parcel/number"
)

var nameForm = regexp.MustCompile(`^[a-z0-9][a-z0-9-]*$`)

// names checks the fields of Info that the configuration, the output and the
// folders depend on.
func names(_ context.Context, s Suite) error {
	var errs []error
	fail := func(format string, args ...any) { errs = append(errs, fmt.Errorf(format, args...)) }
	info := s.Info
	if !nameForm.MatchString(info.Name) {
		fail("name %q: lower-case letters, digits and dashes are wanted", info.Name)
	}
	if folder := filepath.Base(s.Dir); folder != info.Name {
		fail("name %q is not the folder's, %q", info.Name, folder)
	}
	if info.Title == "" || info.Site == "" || info.Role == "" || info.Interval <= 0 || info.PerNumber <= 0 {
		fail("title, site, role, interval or time between asks is missing")
	}
	if info.Batch < 1 {
		fail("batch is %d", info.Batch)
	}
	if info.Page != "" && strings.Count(info.Page, "%s") > 1 {
		fail("page %q wants one number", info.Page)
	}
	if _, err := carriers.ParseEndpoint(info.BaseURL); err != nil {
		fail("base URL: %v", err)
	}
	b, err := open(s, time.Second, fixed(200, nil, "{}"))
	if err != nil {
		return errors.Join(append(errs, err)...)
	}
	defer b.close()
	if diff := cmp.Diff(info, b.carrier.Info(), cmp.Comparer(func(a, b *time.Location) bool { return (a == nil) == (b == nil) && a.String() == b.String() })); diff != "" {
		fail("the carrier says other facts of itself (-suite +carrier):\n%s", diff)
	}
	if _, err := s.New(carriers.Config{BaseURL: "ftp://127.0.0.1", HTTP: b.client}); err == nil {
		fail("New takes an ftp address")
	}
	if _, err := s.New(carriers.Config{HTTP: b.client}); err != nil {
		fail("New wants a credential: %v", err)
	}
	return errors.Join(errs...)
}

// matches checks Match on known, foreign and random numbers.
func matches(_ context.Context, s Suite) error {
	b, err := open(s, time.Second, fixed(200, nil, "{}"))
	if err != nil {
		return err
	}
	defer b.close()
	var errs []error
	for _, c := range append(append([]Case{}, s.Known...), s.NotFound...) {
		for _, n := range append([]number.Number{c.Number}, c.Also...) {
			if m, err := claim(b.carrier, n); m == carriers.No || err != nil {
				errs = append(errs, err, fmt.Errorf("%s is its own and not claimed", n))
			}
		}
	}
	junk := []number.Number{"", "A", "HELLO", "-----", "ABCDEFGHIJKLMNOPQRSTUVWXYZABCDEFGHIJKLMN", "LP", "12345", "1-2-3-4-5"}
	for _, n := range append(junk, s.Foreign...) {
		if m, err := claim(b.carrier, n); m != carriers.No || err != nil {
			errs = append(errs, err, fmt.Errorf("%q is not its own and claimed (%d)", n, m))
		}
	}
	return errors.Join(append(errs, fuzzMatch(b.carrier))...)
}

// claim returns the carrier's match; a panic becomes an error.
func claim(c carriers.Carrier, n number.Number) (m carriers.Match, err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("match of %q: panic: %v", n, r)
		}
	}()
	m = c.Match(n)
	if m != c.Match(n) || m < carriers.No || m > carriers.Yes {
		return m, fmt.Errorf("match of %q: %d, then something else or no match at all", n, m)
	}
	return m, nil
}

// fuzzMatch tries random texts. They are the same in every run, so that a failure
// can be reproduced.
func fuzzMatch(c carriers.Carrier) error {
	const alphabet = "0123456789ABCDEFGHLNPRSTUXYZ-аé\x00\xff "
	random := rand.New(rand.NewPCG(1, 2))
	for range 2000 {
		text := make([]byte, random.IntN(42))
		for i := range text {
			text[i] = alphabet[random.IntN(len(alphabet))]
		}
		if _, err := claim(c, number.Number(text)); err != nil {
			return err
		}
	}
	return nil
}

// events checks what every event of every recording must contain, and that the
// table holds every code.
func events(ctx context.Context, s Suite) error {
	var errs []error
	for _, c := range s.Known {
		b, err := open(s, 10*time.Second, s.replay(c))
		if err != nil {
			return err
		}
		results, err := b.carrier.Track(ctx, append([]number.Number{c.Number}, c.Also...))
		b.close()
		if err != nil {
			errs = append(errs, fmt.Errorf("%s: %w", c.name(), err))
			continue
		}
		if len(results) == 0 || len(results[0].Tracking.Events) == 0 {
			errs = append(errs, fmt.Errorf("%s: no events", c.name()))
		}
		for _, r := range results {
			for _, code := range r.Unmapped {
				if !slices.Contains(c.Unmapped, code) {
					errs = append(errs, fmt.Errorf("%s: %s: code %q has no mapping", c.name(), r.Number, code))
				}
			}
			if err := s.timeline(r); err != nil {
				errs = append(errs, fmt.Errorf("%s: %s: %w", c.name(), r.Number, err))
			}
		}
	}
	return errors.Join(append(errs, s.table())...)
}

func (s Suite) timeline(r carriers.Result) error {
	var errs []error
	fail := func(format string, args ...any) { errs = append(errs, fmt.Errorf(format, args...)) }
	keys := make(map[string]bool)
	var before time.Time
	for i, e := range r.Tracking.Events {
		if e.Time.Before(before) {
			fail("event %d is older than the one before it", i)
		}
		before = e.Time
		switch {
		case !adapter.Plausible(e.Time):
			fail("event %d: time %s", i, e.Time)
		case !e.ZoneKnown && !s.excepted("zone"):
			fail("event %d: zone is not known", i)
		case !e.ZoneKnown && e.Time.Location() != time.UTC:
			fail("event %d: a wall clock without a zone is kept in UTC", i)
		}
		if !e.Status.Known() {
			fail("event %d: code %q: status %q", i, e.Code, e.Status)
		}
		if e.Text == "" || e.Text != textx.Line(e.Text, 500) || e.Place != textx.Line(e.Place, 500) {
			fail("event %d: text %q place %q: one clean line is wanted", i, e.Text, e.Place)
		}
		if e.Country != adapter.Country(e.Country) {
			fail("event %d: country %q", i, e.Country)
		}
		key := e.Time.String() + "|" + e.Code + "|" + e.Text + "|" + e.Place
		if keys[key] {
			fail("event %d stands twice", i)
		}
		keys[key] = true
	}
	return errors.Join(errs...)
}

// table checks that the adapter's table parses, says of each row where it is known
// from, and is not a stub.
func (s Suite) table() error {
	if s.Codes == "" {
		return nil
	}
	tsv, err := os.ReadFile(filepath.Clean(s.Codes))
	if err != nil {
		return fmt.Errorf("code table: %w", err)
	}
	table, err := adapter.ParseTable(string(tsv))
	if err != nil {
		return err
	}
	// A row is known from a list or description that the service published, from its
	// answers, from public clients, or from the words alone.
	sureness := []string{"documented", "seen", "clients", "inferred"}
	for _, c := range table.Codes() {
		if c.Meaning == "" {
			return fmt.Errorf("code table: %s %s has no meaning", c.Code, c.Sub)
		}
		if kind, what, _ := strings.Cut(c.Source, ": "); !slices.Contains(sureness, kind) || what == "" {
			return fmt.Errorf("code table: %s %s is known from %q, want one of %v before a colon and words", c.Code, c.Sub, c.Source, sureness)
		}
	}
	return nil
}

// notFound checks the numbers that are not known (yet).
func notFound(ctx context.Context, s Suite) error {
	if len(s.NotFound) == 0 {
		return errors.New("no recording of a number that is not found")
	}
	var errs []error
	for _, c := range s.NotFound {
		_, res, err := s.ask(ctx, c.Number, s.replay(c))
		if err := wants(err, carriers.ErrNotFound); err != nil {
			errs = append(errs, fmt.Errorf("%s: %w", c.name(), err))
		}
		if len(res.Tracking.Events) > 0 {
			errs = append(errs, fmt.Errorf("%s: not found, and %d events", c.name(), len(res.Tracking.Events)))
		}
	}
	return errors.Join(errs...)
}
