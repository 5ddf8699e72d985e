package postgres

import (
	"context"
	"math"
	"time"

	"parcelwatch/store/internal/rows"
)

// millis is the time by the clock of the database in whole milliseconds, rounded up.
const millis = `ceil(extract(epoch FROM clock_timestamp()) * 1000)::bigint`

// Reserve books the host's next free slot by the clock of the database, because those of
// the machines differ, and returns it by the caller's clock: never too early, and at most
// slightly late. Slots are a twentieth further apart than interval, which covers the
// uncertainty of the clocks and the time a call takes to reach its host. A booking does not
// wait for the disk: a crash of the database loses the bookings of its last moments.
func (db *DB) Reserve(ctx context.Context, host string, interval time.Duration, now time.Time) (at time.Time, err error) {
	begun := time.Now() //nolint:forbidigo // between the two clocks lies what the booking takes
	var slot int64
	var left remaining
	err = tables{db.core}.Write(ctx, "", "book a moment of "+host, func(tx rows.Tx) error {
		left = unknown()
		return left.read(begun, func(wait *int64) error {
			var off string
			// The clock is read after the row is locked, so that a booking is never earlier
			// than the one before unless the clock was set back.
			return tx.QueryRowContext(ctx,
				`INSERT INTO host_slot AS s (host, slot_at, booked_at)
				 SELECT $1, ms, ms FROM (SELECT `+millis+` AS ms OFFSET 0) AS clock
				 ON CONFLICT (host) DO UPDATE SET (slot_at, booked_at) = (
				   SELECT greatest(ms, s.slot_at + $2 - greatest(s.booked_at - ms, 0)), ms
				   FROM (SELECT `+millis+` AS ms, s.host OFFSET 0) AS clock)
				 RETURNING slot_at, slot_at - booked_at, set_config('synchronous_commit', 'off', TRUE)`,
				host, rows.WholeMillis(interval+interval/20)).Scan(&slot, wait, &off)
		})
	})
	for try := 0; err == nil && interval > leastDoubt && left.most-left.least > max(interval/40, leastDoubt) && try < 3; try++ {
		err = left.read(begun, func(wait *int64) error {
			return db.said(ctx, "read the clock", db.pool.QueryRow(ctx, `SELECT $1::bigint - `+millis, slot).Scan(wait))
		})
	}
	if err != nil {
		return time.Time{}, err
	}
	return now.Add(left.most), nil
}

// leastDoubt is an uncertainty of a slot that is not worth another question.
const leastDoubt = 20 * time.Millisecond

// remaining is the time from the beginning of a booking until the slot, as far as it is
// known: the database has read its clock at some moment between question and answer.
type remaining struct{ least, most time.Duration }

func unknown() remaining { return remaining{least: math.MinInt64, most: math.MaxInt64} }

// read asks how long it is until the slot.
func (r *remaining) read(begun time.Time, ask func(wait *int64) error) error {
	asked := time.Since(begun) //nolint:forbidigo // see Reserve
	var wait int64
	err := ask(&wait)
	until := time.Duration(wait) * time.Millisecond
	r.least = max(r.least, asked+until)
	r.most = min(r.most, time.Since(begun)+until+time.Millisecond) //nolint:forbidigo // see Reserve; the clock was rounded up
	return err
}
