package sqlite

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"

	"parcelwatch/parcel"
)

var errNoKey = errors.New("a change without a key cannot be recorded")

// Pending returns the changes not yet announced to the audience, oldest first, and
// never quiet ones. For a new audience these are all changes.
func (db *household) Pending(ctx context.Context, audience string) (out []parcel.Change, err error) {
	err = db.read(ctx, "list pending changes", func(tx homeTx) error {
		out, err = list(ctx, tx, scanChange,
			`SELECT id, parcel_id, doc FROM change WHERE home = $2 AND NOT quiet
			 AND NOT EXISTS (SELECT 1 FROM told WHERE told.change_id = change.id AND told.audience = $1)
			 ORDER BY at, id`, audience, tx.home)
		return err
	})
	return out, err
}

// Tell records changes that neither a mail nor a carrier caused.
func (db *household) Tell(ctx context.Context, changes []parcel.Change) error {
	return db.write(ctx, "record changes", func(tx homeTx) error {
		for _, c := range changes {
			c.At = orNow(c.At, db.now())
			if err := recordChange(ctx, tx, c); err != nil {
				return err
			}
		}
		return nil
	})
}

// Changes returns the changes of a parcel, including quiet ones, oldest first.
func (db *household) Changes(ctx context.Context, id int64) (out []parcel.Change, err error) {
	err = db.read(ctx, "list changes", func(tx homeTx) error {
		out, err = list(ctx, tx, scanChange,
			`SELECT id, parcel_id, doc FROM change WHERE home = $2 AND parcel_id = $1 ORDER BY at, id`, id, tx.home)
		return err
	})
	return out, err
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
	if _, err := tx.ExecContext(ctx,
		`INSERT INTO change (key, parcel_id, quiet, at, doc, home) VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (home, key) DO NOTHING`,
		key, c.Parcel, c.Quiet, c.At.UnixMilli(), string(doc), tx.home); err != nil {
		return fmt.Errorf("record change %s: %w", c.Key, err)
	}
	return nil
}

func scanChange(s scanner) (parcel.Change, error) {
	var (
		id, of int64
		doc    string
		c      parcel.Change
	)
	if err := s.Scan(&id, &of, &doc); err != nil {
		return c, err
	}
	if err := json.Unmarshal([]byte(doc), &c); err != nil {
		return c, fmt.Errorf("read change %d: %w", id, err)
	}
	c.ID, c.Parcel = id, of // a merge moves changes to another parcel
	return c, nil
}
