package rows

import (
	"context"
	"maps"

	"parcelwatch/parcel"
	"parcelwatch/store"
)

// TallyDays is for how many days tallies are kept: as long as a first scan reaches
// back, and some.
const TallyDays = 70

// loadTallies loads the tallies of the scope's days and whether the first scan of the
// mail's folder is complete.
func (a *apply) loadTallies(ctx context.Context) error {
	if a.scope.Mail == nil || len(a.scope.Days) == 0 {
		return nil
	}
	m := a.scope.Mail
	scanned, err := exists(ctx, a.tx, `SELECT 1 FROM position WHERE home = $4 AND mailbox = $1 AND folder = $2 AND uidvalidity = $3 AND scanned`,
		m.Mailbox, m.Folder, m.UIDValidity, a.tx.home)
	if err != nil {
		return wrap(err, "look whether %s/%s is scanned", m.Mailbox, m.Folder)
	}
	a.state.Scanned, a.state.Tallies = scanned, map[parcel.Date]store.Tally{}
	for _, day := range a.scope.Days {
		t, err := first(list(ctx, a.tx, scanTally,
			`SELECT parcels, orders, refused FROM tally WHERE home = $3 AND mailbox = $1 AND day = $2`, m.Mailbox, string(day), a.tx.home))
		if err != nil {
			return wrap(err, "load the tally of %s", day)
		}
		a.state.Tallies[day] = t
	}
	a.tallies = maps.Clone(a.state.Tallies)
	return nil
}

func (a *apply) saveTallies(ctx context.Context) error {
	for day, t := range a.state.Tallies {
		if t == a.tallies[day] {
			continue
		}
		if _, err := a.tx.ExecContext(ctx,
			`INSERT INTO tally (home, mailbox, day, parcels, orders, refused) VALUES ($1, $2, $3, $4, $5, $6)
			 ON CONFLICT (home, mailbox, day) DO UPDATE SET parcels = excluded.parcels, orders = excluded.orders, refused = excluded.refused`,
			a.tx.home, a.scope.Mail.Mailbox, string(day), t.Parcels, t.Orders, t.Refused); err != nil {
			return wrap(err, "save the tally of %s", day)
		}
	}
	return nil
}

func scanTally(s Scanner) (t store.Tally, err error) {
	err = s.Scan(&t.Parcels, &t.Orders, &t.Refused)
	return t, err
}

func scanSurplus(s Scanner) (u parcel.Surplus, err error) {
	err = s.Scan(&u.Mailbox, &u.Refused, &u.Last)
	return u, err
}
