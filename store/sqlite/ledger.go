package sqlite

import (
	"context"
	"errors"
	"fmt"
	"time"

	"parcelwatch/parcel"
	"parcelwatch/store"
)

const (
	keepAnswers = 5
	maxAnswer   = 64 << 10
)

var errCount = errors.New("a negative count cannot be booked")

// Take books count units of the carrier's budget for the day and reports whether
// that many were left. A budget of 0 is unlimited.
func (db *DB) Take(ctx context.Context, carrier string, day parcel.Date, count, budget int) (ok bool, err error) {
	err = db.core.write(ctx, "book a call of "+carrier, func(tx transaction) error {
		if count < 0 {
			return errCount
		}
		used, err := first(list(ctx, tx, column[int64], `SELECT used FROM budget WHERE carrier = $1 AND day = $2`, carrier, string(day)))
		if err != nil {
			return err
		}
		if ok = budget <= 0 || used+int64(count) <= int64(budget); !ok {
			return nil
		}
		_, err = tx.ExecContext(ctx,
			`INSERT INTO budget (carrier, day, used, budget) VALUES ($1, $2, $3, $4)
			 ON CONFLICT (carrier, day) DO UPDATE SET used = budget.used + excluded.used, budget = excluded.budget`,
			carrier, string(day), count, max(budget, 0))
		return err
	})
	return ok && err == nil, err
}

// Reserve books and returns the host's next free slot: at least interval after the
// one booked before, and never earlier than now. If the clock was set back since
// then, the earlier booking moves back with it.
func (db *DB) Reserve(ctx context.Context, host string, interval time.Duration, now time.Time) (at time.Time, err error) {
	err = db.core.write(ctx, "book a moment of "+host, func(tx transaction) error {
		last, err := first(list(ctx, tx, scanSlotTimes, `SELECT slot_at, booked_at FROM host_slot WHERE host = $1`, host))
		if err != nil {
			return err
		}
		next := last.at.Add(interval) // long ago if there is none
		if back := last.booked.Sub(now); back > 0 {
			next = next.Add(-back)
		}
		if at = now; next.After(at) {
			at = next
		}
		at = wholeMilli(at)
		_, err = tx.ExecContext(ctx,
			`INSERT INTO host_slot (host, slot_at, booked_at) VALUES ($1, $2, $3)
			 ON CONFLICT (host) DO UPDATE SET slot_at = excluded.slot_at, booked_at = excluded.booked_at`,
			host, at.UnixMilli(), now.UnixMilli())
		return err
	})
	return at, err
}

// CarrierHealth returns the last recorded health of the carrier. If there is none,
// it returns the zero value with its name.
func (db *DB) CarrierHealth(ctx context.Context, carrier string) (h parcel.CarrierHealth, err error) {
	h.Name = carrier
	err = db.core.read(ctx, "read health of "+carrier, func(tx transaction) error {
		all, err := carrierHealths(ctx, tx, db.now())
		for _, c := range all {
			if c.Name == carrier {
				h = c
			}
		}
		return err
	})
	return h, err
}

// SetCarrierHealth records everything except Today and Budget, which come from
// Take.
func (db *DB) SetCarrierHealth(ctx context.Context, h parcel.CarrierHealth) error {
	return db.core.write(ctx, "record health of "+h.Name, func(tx transaction) error {
		_, err := tx.ExecContext(ctx,
			`INSERT INTO carrier_state (name, state, since, until, fails, last_success, error, fault, note, last_events, recent, unknown)
			 VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
			 ON CONFLICT (name) DO UPDATE SET state = excluded.state, since = excluded.since, until = excluded.until,
			   fails = excluded.fails, last_success = excluded.last_success, error = excluded.error, fault = excluded.fault, note = excluded.note,
			   last_events = excluded.last_events, recent = excluded.recent, unknown = excluded.unknown`,
			h.Name, string(h.State), stamp(h.Since), stamp(h.Until), h.Fails, stamp(h.LastSuccess), line(h.Error), encode(h.Fault), line(h.Note),
			stamp(h.LastEvents), line(h.Recent), encode(h.Unknown))
		return err
	})
}

// KeepAnswer keeps the start of an answer that was not understood. Only the newest
// few of each carrier are kept.
func (db *DB) KeepAnswer(ctx context.Context, carrier string, raw []byte, at time.Time) error {
	return db.core.write(ctx, "keep an answer of "+carrier, func(tx transaction) error {
		kept := append([]byte{}, raw[:min(len(raw), maxAnswer)]...)
		if _, err := tx.ExecContext(ctx, `INSERT INTO answer (carrier, at, raw) VALUES ($1, $2, $3)`,
			carrier, at.UnixMilli(), kept); err != nil {
			return err
		}
		_, err := tx.ExecContext(ctx,
			`DELETE FROM answer WHERE carrier = $1 AND id NOT IN
			 (SELECT id FROM answer WHERE carrier = $1 ORDER BY id DESC LIMIT $2)`, carrier, keepAnswers)
		return err
	})
}

// Answers returns the kept answers of a carrier, newest first.
func (db *DB) Answers(ctx context.Context, carrier string) (out []store.Answer, err error) {
	err = db.core.read(ctx, "list answers of "+carrier, func(tx transaction) error {
		out, err = list(ctx, tx, scanAnswer, `SELECT carrier, at, raw FROM answer WHERE carrier = $1 ORDER BY id DESC`, carrier)
		return err
	})
	return out, err
}

// carrierHealths joins the recorded health with the bookings. Days are in the
// carriers' zones, which are at or ahead of UTC, so the count of a day is shown
// until that day is over in UTC, too.
func carrierHealths(ctx context.Context, tx transaction, now time.Time) ([]parcel.CarrierHealth, error) {
	out, err := list(ctx, tx, scanCarrier,
		`SELECT n.name, coalesce(s.state, ''), s.since, s.until, coalesce(s.fails, 0), s.last_success,
		   coalesce(s.error, ''), coalesce(s.fault, ''), coalesce(s.note, ''), coalesce(b.used, 0), coalesce(b.budget, 0),
		   s.last_events, coalesce(s.recent, ''), coalesce(s.unknown, '')
		 FROM (SELECT name FROM carrier_state UNION SELECT carrier FROM budget) n
		 LEFT JOIN carrier_state s ON s.name = n.name
		 LEFT JOIN budget b ON b.carrier = n.name AND b.day >= $1
		   AND b.day = (SELECT max(day) FROM budget WHERE carrier = n.name)
		 ORDER BY n.name`, string(parcel.DateOf(now.UTC())))
	if err != nil {
		return nil, fmt.Errorf("list carriers: %w", err)
	}
	return out, nil
}

func scanCarrier(s scanner) (h parcel.CarrierHealth, err error) {
	err = s.Scan(&h.Name, &h.State, moment{&h.Since}, moment{&h.Until}, &h.Fails, moment{&h.LastSuccess},
		&h.Error, decode(&h.Fault), &h.Note, &h.Today, &h.Budget, moment{&h.LastEvents}, &h.Recent, decode(&h.Unknown))
	return h, err
}

func scanAnswer(s scanner) (a store.Answer, err error) {
	err = s.Scan(&a.Carrier, moment{&a.At}, &a.Raw)
	return a, err
}

type slotTimes struct{ at, booked time.Time }

func scanSlotTimes(s scanner) (t slotTimes, err error) {
	err = s.Scan(moment{&t.at}, moment{&t.booked})
	return t, err
}

// wholeMilli returns the first whole millisecond not before t.
func wholeMilli(t time.Time) time.Time {
	r := t.Truncate(time.Millisecond)
	if r.Before(t) {
		r = r.Add(time.Millisecond)
	}
	return r.UTC()
}
