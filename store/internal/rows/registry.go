package rows

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"parcelwatch/parcel"
	"parcelwatch/parcel/number"
	"parcelwatch/store"
)

// removedTime is how long nothing is stored for a household after its removal.
const removedTime = time.Minute

// Removed is the condition that the household of parameter 1 was removed after the moment
// of parameter 2, which is [RemovedSince].
const Removed = `EXISTS (SELECT 1 FROM household WHERE name = $1 AND removed AND changed > $2)`

// RemovedSince returns the moment since which removed households are refused.
func RemovedSince(now time.Time) int64 { return now.Add(-removedTime).UnixMilli() }

var (
	errHome   = errors.New("the configuration file's own household is not kept in the store")
	errNoName = errors.New("a household without a name")
)

// Revision returns a number that changes with the households.
func (db *Installation) Revision(ctx context.Context) (revision int64, err error) {
	err = db.db.Ask(ctx, "read the revision of the households", func(tx Tx) error {
		revision, err = first(list(ctx, tx, column[int64], `SELECT revision FROM registry WHERE name = 'household'`))
		return err
	})
	return revision, err
}

// HouseholdDocs returns the households, sorted by name.
func (db *Installation) HouseholdDocs(ctx context.Context) (docs []store.HouseholdDoc, err error) {
	err = db.db.Read(ctx, "list the households", func(tx Tx) error {
		docs, err = list(ctx, tx, scanHousehold, `SELECT name, doc, changed FROM household WHERE NOT removed ORDER BY name`)
		return err
	})
	return docs, err
}

// PutHousehold adds or replaces the document of one household.
func (db *Installation) PutHousehold(ctx context.Context, d store.HouseholdDoc) error {
	return db.db.Write(ctx, "", "store household "+d.Name, func(tx Tx) error {
		switch d.Name {
		case "":
			return errNoName
		case store.Home:
			return errHome
		}
		if _, err := tx.ExecContext(ctx,
			`INSERT INTO household (name, doc, changed, removed) VALUES ($1, $2, $3, FALSE)
			 ON CONFLICT (name) DO UPDATE SET doc = excluded.doc, changed = excluded.changed, removed = FALSE`,
			d.Name, append([]byte{}, d.Doc...), db.db.Now().UnixMilli()); err != nil {
			return err
		}
		return revise(ctx, tx)
	})
}

// RemoveHousehold deletes the document and all rows of one household.
func (db *Installation) RemoveHousehold(ctx context.Context, name string) error {
	return db.db.Write(ctx, "", "remove household "+name, func(tx Tx) error {
		for _, statement := range db.db.Dialect().Leave {
			if _, err := tx.ExecContext(ctx, statement, name); err != nil {
				return wrap(err, "end its transactions")
			}
		}
		n, err := tx.ExecContext(ctx, `UPDATE household SET doc = $2, changed = $3, removed = TRUE WHERE name = $1 AND NOT removed`,
			name, []byte{}, db.db.Now().UnixMilli())
		if err == nil && n == 0 {
			err = parcel.ErrNotFound
		}
		if err != nil {
			return err
		}
		for _, t := range slices.Backward(Tables()) {
			if t.Key[0] != "home" {
				continue
			}
			if _, err := tx.ExecContext(ctx, fmt.Sprintf(`DELETE FROM %s WHERE home = $1`, t.Name), name); err != nil {
				return wrap(err, "empty table %s", t.Name)
			}
		}
		return revise(ctx, tx)
	})
}

// revise counts a change of the households.
func revise(ctx context.Context, tx Tx) error {
	_, err := tx.ExecContext(ctx,
		`INSERT INTO registry (name, revision) VALUES ('household', 1) ON CONFLICT (name) DO UPDATE SET revision = registry.revision + 1`)
	return wrap(err, "count the change")
}

func scanHousehold(s Scanner) (d store.HouseholdDoc, err error) {
	err = s.Scan(&d.Name, &d.Doc, moment{&d.Changed})
	return d, err
}

// Follow is the query for those of the households of parameter 1 that follow the number of
// parameter 2. A number has few followers, so that a database with an index of numbers must
// not look it up in each household.
func Follow(d *Dialect) string {
	return `SELECT DISTINCT n.home FROM (SELECT home, parcel_id FROM number WHERE number = $2 ` + d.Fence + `) n JOIN parcel p ON p.home = n.home AND p.id = n.parcel_id
		WHERE n.home IN (SELECT value FROM ` + d.Texts + ` AS wanted) AND p.active ORDER BY n.home`
}

// Followers returns which of the households have an active parcel of the number, sorted.
func (db *Installation) Followers(ctx context.Context, n number.Number, households []string) (out []string, err error) {
	among, err := json.Marshal(append([]string{}, households...))
	if err != nil {
		return nil, fmt.Errorf("tell who follows a number: %w", err)
	}
	err = db.db.Ask(ctx, "tell who follows a number", func(tx Tx) error {
		out = nil
		return tx.Each(ctx, func(s Scanner) error {
			home, err := column[string](s)
			out = append(out, home)
			return err
		}, Follow(db.db.Dialect()), string(among), string(n))
	})
	return out, err
}
