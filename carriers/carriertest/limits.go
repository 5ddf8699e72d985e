package carriertest

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"go.uber.org/goleak"

	"parcelwatch/carriers"
	"parcelwatch/parcel"
	"parcelwatch/parcel/number"
	"parcelwatch/store"
)

// cancelled cancels the context before and during a call.
func cancelled(ctx context.Context, s Suite) error {
	before := goleak.IgnoreCurrent()
	errs := []error{cancelledBefore(ctx, s), cancelledDuring(ctx, s)}
	if err := goleak.Find(before); err != nil {
		errs = append(errs, fmt.Errorf("goroutines are left: %w", err))
	}
	return errors.Join(errs...)
}

func cancelledBefore(ctx context.Context, s Suite) error {
	b, err := open(s, 10*time.Second, fixed(200, nil, "{}"))
	if err != nil {
		return err
	}
	defer b.close()
	ctx, stop := context.WithCancel(ctx)
	stop()
	var errs []error
	if _, err := track(ctx, b.carrier, s.Known[0].Number); !errors.Is(err, context.Canceled) {
		errs = append(errs, fmt.Errorf("cancelled before, and the error is: %w", orNone(err)))
	}
	if n := len(b.requests()); n > 0 {
		errs = append(errs, fmt.Errorf("cancelled before, and %d requests", n))
	}
	return errors.Join(errs...)
}

func cancelledDuring(ctx context.Context, s Suite) error {
	arrived, over := make(chan struct{}, 16), make(chan struct{})
	b, err := open(s, 10*time.Second, func(_ http.ResponseWriter, r *http.Request, _ string) {
		arrived <- struct{}{}
		select {
		case <-r.Context().Done():
		case <-over: // for carriers that ignore the context
		}
	})
	if err != nil {
		return err
	}
	defer b.close()
	defer close(over)
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	ended := make(chan error, 1)
	go func() {
		_, err := track(ctx, b.carrier, s.Known[0].Number)
		ended <- err
	}()
	var errs []error
	select {
	case <-arrived:
	case <-time.After(5 * time.Second):
		errs = append(errs, errors.New("no request within 5 s"))
	}
	stop()
	select {
	case err := <-ended:
		if !errors.Is(err, context.Canceled) {
			errs = append(errs, fmt.Errorf("cancelled during, and the error is: %w", orNone(err)))
		}
	case <-time.After(2 * time.Second):
		errs = append(errs, errors.New("cancelled during, and not back after 2 s"))
	}
	return errors.Join(errs...)
}

var errNone = errors.New("none")

func orNone(err error) error {
	if err == nil {
		return errNone
	}
	return err
}

// tooLong is more than any answer may have, in bytes.
const tooLong = 12 << 20

// bounded sends answers that would be valid if they were not endless or slow.
func bounded(ctx context.Context, s Suite) error {
	body, err := s.body()
	if err != nil {
		return err
	}
	blanks := bytes.Repeat([]byte{' '}, 1<<20)
	endless := func(w http.ResponseWriter, _ *http.Request, _ string) {
		_, err := w.Write(body)
		for n := 0; n < tooLong && err == nil; n += len(blanks) {
			_, err = w.Write(blanks)
		}
	}
	bomb := func(w http.ResponseWriter, r *http.Request, body string) {
		if !strings.Contains(r.Header.Get("Accept-Encoding"), "gzip") {
			endless(w, r, body)
			return
		}
		w.Header().Set("Content-Encoding", "gzip")
		z := gzip.NewWriter(w)
		endless(zipped{w, z}, r, body)
		_ = z.Close()
	}
	errs := []error{s.meet(ctx, []situation{
		{name: "endless answer", want: carriers.ErrChanged, answer: endless},
		{name: "endless answer, compressed", want: carriers.ErrChanged, answer: bomb},
	})}
	b, err := open(s, 200*time.Millisecond, func(w http.ResponseWriter, r *http.Request, _ string) {
		drip(r.Context(), w, body)
	})
	if err != nil {
		return err
	}
	defer b.close()
	_, err = track(ctx, b.carrier, s.Known[0].Number)
	if err := wants(err, carriers.ErrTemporary); err != nil {
		errs = append(errs, fmt.Errorf("slow answer: %w", err))
	}
	return errors.Join(errs...)
}

type zipped struct {
	http.ResponseWriter
	z *gzip.Writer
}

// Write compresses.
func (z zipped) Write(b []byte) (int, error) { return z.z.Write(b) }

// drip sends spaces for far longer than the deadline and then the answer, so that
// only carriers without a deadline accept it.
func drip(ctx context.Context, w http.ResponseWriter, body []byte) {
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for range 75 {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		_, _ = w.Write([]byte{' '})
		if f, ok := w.(http.Flusher); ok {
			f.Flush()
		}
	}
	_, _ = w.Write(body)
}

// parallel calls the carrier from many goroutines at once.
func parallel(ctx context.Context, s Suite) error {
	b, err := open(s, 20*time.Second, s.replay(s.Known[0]))
	if err != nil {
		return err
	}
	defer b.close()
	const many = 16
	var wg sync.WaitGroup
	got, failed := make([][]byte, many), make([]error, many)
	for i := range many {
		wg.Go(func() { got[i], failed[i] = look(ctx, b.carrier, s.Known[0]) })
	}
	wg.Wait()
	for i := range many {
		if failed[i] != nil {
			return fmt.Errorf("lookup %d of %d: %w", i, many, failed[i])
		}
		if !bytes.Equal(got[i], got[0]) {
			return fmt.Errorf("lookup %d of %d answers otherwise than the first", i, many)
		}
	}
	return nil
}

// paced compares the requests of each call with those that the ledger has counted.
func paced(ctx context.Context, s Suite) error {
	for _, c := range slices.Concat(s.Known, s.NotFound) {
		b, err := open(s, 20*time.Second, s.replay(c))
		if err != nil {
			return err
		}
		noon := time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)
		ledger := &counting{Ledger: carriers.NewMemoryLedger()}
		keeper := carriers.NewKeeper(quick{b.carrier}, ledger, func() time.Time { return noon }, slog.New(slog.DiscardHandler))
		_, err = keeper.Track(ctx, carriers.Turn{Wait: 20 * time.Second}, append([]number.Number{c.Number}, c.Also...))
		b.close()
		if err != nil {
			return err
		}
		if made := len(b.requests()); made != ledger.counted {
			return fmt.Errorf("%s: %d requests are made and %d counted", c.name(), made, ledger.counted)
		}
	}
	return nil
}

// counting is a ledger that remembers how many requests were counted.
type counting struct {
	store.Ledger

	counted int
}

// Take counts requests.
func (l *counting) Take(ctx context.Context, carrier string, day parcel.Date, count, budget int) (bool, error) {
	l.counted += count
	return l.Ledger.Take(ctx, carrier, day, count, budget)
}

// quick is a carrier whose calls may follow each other after a millisecond.
type quick struct{ carriers.Carrier }

// Info returns the facts of the carrier.
func (q quick) Info() carriers.Info {
	info := q.Carrier.Info()
	info.Interval = time.Millisecond
	return info
}

// wicked is not a valid number, as might come from another program's list. It must
// stay data in every part of a request.
const wicked number.Number = `AB1&planted=1/../planted?planted#<planted a="b">,'"%00`
