package rows

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
func (db *Installation) Take(ctx context.Context, carrier string, day parcel.Date, count, budget int) (ok bool, err error) {
	err = db.db.Write(ctx, "", "book a call of "+carrier, func(tx Tx) error {
		if count < 0 {
			return errCount
		}
		// One statement, because others may book at the same time.
		booked, err := tx.ExecContext(ctx,
			`INSERT INTO budget (carrier, day, used, budget) SELECT $1, $2, $3, $4 WHERE $4 = 0 OR $3 <= $4
			 ON CONFLICT (carrier, day) DO UPDATE SET used = budget.used + excluded.used, budget = excluded.budget
			   WHERE excluded.budget = 0 OR budget.used + excluded.used <= excluded.budget`,
			carrier, string(day), int64(count), int64(max(budget, 0)))
		ok = booked > 0
		return err
	})
	return ok && err == nil, err
}

// Reserve books and returns the host's next free slot: at least interval after the
// one booked before, and never earlier than now. If the clock was set back since
// then, the earlier booking moves back with it.
func (db *Installation) Reserve(ctx context.Context, host string, interval time.Duration, now time.Time) (at time.Time, err error) {
	err = db.db.Write(ctx, "", "book a moment of "+host, func(tx Tx) error {
		// The times are whole milliseconds, and rounded up where a slot is computed.
		return tx.QueryRowContext(ctx,
			`INSERT INTO host_slot AS s (host, slot_at, booked_at) VALUES ($1, $2, $3)
			 ON CONFLICT (host) DO UPDATE SET booked_at = excluded.booked_at, slot_at = CASE
			   WHEN s.booked_at > $3 AND s.slot_at - s.booked_at + $5 > $2 THEN s.slot_at - s.booked_at + $5
			   WHEN s.booked_at <= $3 AND s.slot_at + $4 > $2 THEN s.slot_at + $4
			   ELSE $2 END
			 RETURNING slot_at`,
			host, wholeMilli(now).UnixMilli(), now.UnixMilli(), WholeMillis(interval),
			wholeMilli(now.Add(interval)).UnixMilli()).Scan(moment{&at})
	})
	return at, err
}

// CarrierHealth returns the last recorded health of the carrier. If there is none,
// it returns the zero value with its name.
func (db *Installation) CarrierHealth(ctx context.Context, carrier string) (h parcel.CarrierHealth, err error) {
	h.Name = carrier
	err = db.db.Ask(ctx, "read health of "+carrier, func(tx Tx) error {
		found, err := list(ctx, tx, scanCarrier, carrierStates(`SELECT $2 AS name`), today(db.db.Now()), carrier)
		if len(found) > 0 {
			h = found[0]
		}
		return wrap(err, "carrier %s", carrier)
	})
	return h, err
}

// SetCarrierHealth records everything except Today and Budget, which come from
// Take.
func (db *Installation) SetCarrierHealth(ctx context.Context, h parcel.CarrierHealth) error {
	return db.db.Write(ctx, "", "record health of "+h.Name, func(tx Tx) error {
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
func (db *Installation) KeepAnswer(ctx context.Context, carrier string, raw []byte, at time.Time) error {
	return db.db.Write(ctx, "", "keep an answer of "+carrier, func(tx Tx) error {
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
func (db *Installation) Answers(ctx context.Context, carrier string) (out []store.Answer, err error) {
	err = db.db.Read(ctx, "list answers of "+carrier, func(tx Tx) error {
		out, err = list(ctx, tx, scanAnswer, `SELECT carrier, at, raw FROM answer WHERE carrier = $1 ORDER BY id DESC`, carrier)
		return err
	})
	return out, err
}

// carrierHealths joins the recorded health with the bookings. Days are in the
// carriers' zones, which are at or ahead of UTC, so the count of a day is shown
// until that day is over in UTC, too.
func carrierHealths(ctx context.Context, tx Tx, now time.Time) ([]parcel.CarrierHealth, error) {
	out, err := list(ctx, tx, scanCarrier, carrierStates(`SELECT name FROM carrier_state UNION SELECT carrier FROM budget`), today(now))
	if err != nil {
		return nil, fmt.Errorf("list carriers: %w", err)
	}
	return out, nil
}

func today(now time.Time) string { return string(parcel.DateOf(now.UTC())) }

// carrierStates is the statement of the states of carriers that a query names, with
// today as its first argument.
func carrierStates(names string) string {
	return `SELECT n.name, coalesce(s.state, ''), s.since, s.until, coalesce(s.fails, 0), s.last_success,
		   coalesce(s.error, ''), coalesce(s.fault, ''), coalesce(s.note, ''), coalesce(b.used, 0), coalesce(b.budget, 0),
		   s.last_events, coalesce(s.recent, ''), coalesce(s.unknown, '')
		 FROM (` + names + `) n
		 LEFT JOIN carrier_state s ON s.name = n.name
		 LEFT JOIN budget b ON b.carrier = n.name AND b.day >= $1
		   AND b.day = (SELECT max(day) FROM budget WHERE carrier = n.name)
		 ORDER BY n.name`
}

func scanCarrier(s Scanner) (h parcel.CarrierHealth, err error) {
	err = s.Scan(&h.Name, &h.State, moment{&h.Since}, moment{&h.Until}, &h.Fails, moment{&h.LastSuccess},
		&h.Error, decode(&h.Fault), &h.Note, &h.Today, &h.Budget, moment{&h.LastEvents}, &h.Recent, decode(&h.Unknown))
	return h, err
}

func scanAnswer(s Scanner) (a store.Answer, err error) {
	err = s.Scan(&a.Carrier, moment{&a.At}, &a.Raw)
	return a, err
}

// WholeMillis returns a duration in milliseconds, rounded up.
func WholeMillis(d time.Duration) int64 { return wholeMilli(time.UnixMilli(0).Add(d)).UnixMilli() }

// wholeMilli returns the first whole millisecond not before t.
func wholeMilli(t time.Time) time.Time {
	r := t.Truncate(time.Millisecond)
	if r.Before(t) {
		r = r.Add(time.Millisecond)
	}
	return r.UTC()
}
