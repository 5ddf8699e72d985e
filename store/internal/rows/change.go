package rows

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"strconv"
	"time"

	"parcelwatch/parcel"
)

var errNoKey = errors.New("a change without a key cannot be recorded")

// Pending returns the changes not yet announced to the audience that were learned at
// since or later, oldest first, and never quiet ones. For a new audience these are all
// changes.
func (db *Household) Pending(ctx context.Context, audience string, since time.Time) ([]parcel.Change, error) {
	from := int64(math.MinInt64)
	if !since.IsZero() {
		from = since.UnixMilli()
	}
	return query(ctx, db.to("list pending changes"), scanChange,
		`SELECT id, doc, parcel_id FROM change WHERE home = $3 AND NOT quiet AND at >= $2
		 AND NOT EXISTS (SELECT 1 FROM told WHERE told.home = $3 AND told.change_id = change.id AND told.audience = $1)
		 ORDER BY at, id`, audience, from)
}

// Tell records changes that neither a mail nor a carrier caused.
func (db *Household) Tell(ctx context.Context, changes []parcel.Change) error {
	return db.write(ctx, "record changes", func(tx homeTx) error {
		for _, c := range changes {
			c.At = cmp.Or(c.At, db.db.Now())
			if err := recordChange(ctx, tx, c); err != nil {
				return err
			}
		}
		return nil
	})
}

// Changes returns the changes of a parcel, including quiet ones, oldest first.
func (db *Household) Changes(ctx context.Context, id int64) ([]parcel.Change, error) {
	return query(ctx, db.to("list changes"), scanChange,
		`SELECT id, doc, parcel_id FROM change WHERE home = $2 AND parcel_id = $1 ORDER BY at, id`, id)
}

func recordChange(ctx context.Context, tx homeTx, c parcel.Change) error {
	if c.Key == "" {
		return fmt.Errorf("%w: %s", errNoKey, c.Kind)
	}
	key := c.Key
	if c.Parcel != 0 {
		key = strconv.FormatInt(c.Parcel, 10) + "/" + key
	}
	doc, err := json.Marshal(c)
	if err != nil {
		return fmt.Errorf("write change %s: %w", c.Key, err)
	}
	_, err = tx.ExecContext(ctx,
		`INSERT INTO change (key, parcel_id, quiet, at, doc, home) VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (home, key) DO NOTHING`,
		key, c.Parcel, c.Quiet, c.At.UnixMilli(), string(doc), tx.home)
	return wrap(err, "record change %s", c.Key)
}

func scanChange(s Scanner) (parcel.Change, error) {
	var of int64
	id, c, err := document[int64, parcel.Change](s, "change", &of)
	c.ID, c.Parcel = id, of // a merge moves changes to another parcel
	return c, err
}
