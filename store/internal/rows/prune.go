package rows

import (
	"context"
	"time"

	"parcelwatch/store"
)

// Days or years for which rows are kept that have no other use.
const (
	BodyDays    = 60 // days for which sent mails keep their bytes
	AnswerDays  = 90
	BudgetDays  = 40
	ChangeYears = 2
)

// Prune deletes the bytes of mails sent long ago (their Message-IDs stay), old
// answers, tallies and budgets, and announced changes of more than two years ago.
func (db *Installation) Prune(ctx context.Context, now time.Time) (p store.Pruned, err error) {
	err = db.db.Write(ctx, "", "prune the store", func(tx Tx) error {
		p = store.Pruned{}
		for _, step := range []struct {
			count *int
			query string
			arg   any
		}{
			{&p.Bodies, `UPDATE message SET raw = '' WHERE made_at < $1 AND length(raw) > 0 AND NOT EXISTS
				(SELECT 1 FROM fate WHERE fate.home = message.home AND message_seq = seq AND state IN ('waiting', 'ambiguous'))`, daysAgo(now, BodyDays)},
			{&p.Answers, `DELETE FROM answer WHERE at < $1`, daysAgo(now, AnswerDays)},
			{
				&p.Changes, `DELETE FROM change WHERE at < $1 AND (quiet OR EXISTS (SELECT 1 FROM told WHERE told.home = change.home AND change_id = change.id))
				AND NOT EXISTS (SELECT 1 FROM parcel WHERE parcel.home = change.home AND parcel.id = change.parcel_id AND parcel.active)`,
				now.AddDate(-ChangeYears, 0, 0).UnixMilli(),
			},
			{&p.Days, `DELETE FROM tally WHERE day < $1`, now.UTC().AddDate(0, 0, -TallyDays).Format(time.DateOnly)},
			{&p.Days, `DELETE FROM budget WHERE day < $1`, now.UTC().AddDate(0, 0, -BudgetDays).Format(time.DateOnly)},
			{new(int), `DELETE FROM household WHERE removed AND changed < $1`, daysAgo(now, 1)},
		} {
			n, err := tx.ExecContext(ctx, step.query, step.arg)
			if err != nil {
				return err
			}
			*step.count += int(n)
		}
		return nil
	})
	if err != nil {
		return store.Pruned{}, err
	}
	return p, nil
}

func daysAgo(now time.Time, days int) int64 { return now.AddDate(0, 0, -days).UnixMilli() }
