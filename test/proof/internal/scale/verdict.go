//go:build linux

package scale

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"parcelwatch/test/proof/internal/lab"
	"parcelwatch/test/rig"
)

// verdict is what came of all mails, digests and calls.
type verdict struct {
	Lost, Twice, Foreign int // mails: not recorded, more than once, in another household
	Parcels              int // numbers of the mails that are not one parcel of their household
	Late                 time.Duration

	Digests  int // made
	Unsent   int // of them, not arrived
	Unknown  int // arrived, but with a Message-ID that is not on record
	Repeated int // arrivals of a Message-ID after its first
	Untold   int // parcels of the mails that are in no digest
	Retold   int // that are new in more than one

	Calls    int // at the posts
	Thrift   int // calls of the post with a small budget
	Shortest time.Duration
	Closer   int // calls that came too early
	Half     int // of them, earlier than half the interval
	Crowd    int // the most calls of one post within ten intervals
	Stops    []time.Duration
}

// judge waits until everything is recorded and told, stops the daemons and looks.
func (w *world) judge(ctx context.Context, mails []sent) (v verdict, err error) {
	began := time.Now()
	if _, err := rig.Until(ctx, most, "every mail is recorded", func() bool {
		n, err := w.count(ctx, `SELECT count(DISTINCT message_id) FROM mail`)
		return err == nil && n >= len(mails)
	}); err != nil && !errors.Is(err, rig.ErrStillWaiting) {
		return v, err
	}
	v.Late = time.Since(began)
	w.log.InfoContext(ctx, "waiting for the last digests")
	if err := w.told(ctx); err != nil && !errors.Is(err, rig.ErrStillWaiting) {
		return v, err
	}
	for _, d := range w.daemons {
		took, err := d.Stop(20 * time.Second)
		if err != nil {
			return v, err
		}
		v.Stops = append(v.Stops, took)
	}
	if err := w.countMails(ctx, mails, &v); err != nil {
		return v, err
	}
	if err := w.countDigests(ctx, mails, &v); err != nil {
		return v, err
	}
	w.countCalls(&v)
	return v, nil
}

// told waits until all news is told and all digests are sent.
func (w *world) told(ctx context.Context) error {
	_, err := rig.Until(ctx, 2*most, "everything is told", func() bool {
		n, err := w.count(ctx, `SELECT (SELECT count(*) FROM change c WHERE NOT quiet AND NOT EXISTS (SELECT 1 FROM told WHERE home = c.home AND change_id = c.id)) +
			(SELECT count(*) FROM fate WHERE state <> 'sent')`)
		_ = rig.Pause(ctx, time.Second)
		return err == nil && n == 0
	})
	return err
}

// row is one text of one household.
type row struct{ Home, Text string }

func (w *world) rows(ctx context.Context, query string, args ...any) ([]row, error) {
	found, err := w.db.Query(ctx, query, args...)
	if err != nil {
		return nil, fmt.Errorf("look at the database: %w", err)
	}
	return pgx.CollectRows(found, pgx.RowToStructByPos[row])
}

func (w *world) countMails(ctx context.Context, mails []sent, v *verdict) error {
	recorded, err := w.rows(ctx, `SELECT home, trim(both '<>' from message_id) FROM mail`)
	if err != nil {
		return err
	}
	numbers, err := w.rows(ctx, `SELECT home, number FROM number WHERE number >= $1`, string(firstArriving()))
	if err != nil {
		return err
	}
	ids, expected := make([]row, 0, len(mails)), make([]row, 0, len(mails))
	for _, m := range mails {
		ids = append(ids, row{m.home, m.letter.ID()})
		expected = append(expected, row{m.home, m.letter.Number})
	}
	v.Lost, v.Twice, v.Foreign = compare(ids, recorded)
	lost, twice, foreign := compare(expected, numbers)
	v.Parcels = lost + twice + foreign
	return nil
}

// compare counts which of the rows are missing, which are there more than once, and which
// are there although nobody expects them.
func compare(want, have []row) (missing, twice, foreign int) {
	expected, found := map[row]bool{}, map[row]int{}
	for _, r := range want {
		expected[r] = true
	}
	for _, r := range have {
		if found[r]++; !expected[r] {
			foreign++
		}
	}
	for r := range expected {
		switch n := found[r]; {
		case n == 0:
			missing++
		case n > 1:
			twice++
		}
	}
	return missing, twice, foreign
}

func (w *world) countDigests(ctx context.Context, mails []sent, v *verdict) error {
	made, err := w.rows(ctx, `SELECT home, trim(both '<>' from id) FROM message`)
	if err != nil {
		return err
	}
	fresh, named := map[row]int{}, map[row]bool{}
	arrived := map[row]int{}
	for _, m := range w.sink.Mails() {
		name, _, _ := strings.Cut(m.To[0], "@")
		id := row{name, strings.Trim(m.ID, "<>")}
		if arrived[id]++; arrived[id] > 1 {
			v.Repeated++
			continue
		}
		d, err := lab.ReadDigest(m.Raw)
		if err != nil {
			return err
		}
		for _, n := range d.News {
			fresh[row{name, n}]++
		}
		for _, n := range d.Named {
			named[row{name, n}] = true
		}
	}
	distinct := make([]row, 0, len(arrived))
	for id := range arrived {
		distinct = append(distinct, id)
	}
	v.Digests = len(made)
	v.Unsent, _, v.Unknown = compare(made, distinct)
	for _, m := range mails {
		parcel := row{m.home, m.letter.Number}
		if !named[parcel] {
			v.Untold++
		}
		if fresh[parcel] > 1 {
			v.Retold++
		}
	}
	return nil
}

// tolerance is how much of an interval the network and a busy machine may eat up.
const tolerance = 50 * time.Millisecond

func (w *world) countCalls(v *verdict) {
	for _, p := range w.posts {
		calls := p.called()
		v.Calls += len(calls)
		if p.name == "thrifty" {
			v.Thrift = len(calls)
		}
		shortest, closer := closest(calls, interval-tolerance)
		v.Closer += closer
		_, half := closest(calls, interval/2)
		v.Half += half
		v.Crowd = max(v.Crowd, crowd(calls, 10*interval))
		if shortest > 0 && (v.Shortest == 0 || shortest < v.Shortest) {
			v.Shortest = shortest
		}
	}
}
