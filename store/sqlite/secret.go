package sqlite

import (
	"context"
	"database/sql"
	"fmt"
)

// Secret is what was kept under the name, such as a login's rotated token, and
// parcel.ErrNotFound where nothing was. The file is its only protection.
func (db *DB) Secret(ctx context.Context, name string) (value string, err error) {
	err = db.read(ctx, "read secret "+name, func(tx *sql.Tx) error {
		return tx.QueryRowContext(ctx, `SELECT value FROM secret WHERE name = $1`, name).Scan(&value)
	})
	return value, err
}

// SetSecret keeps the value under the name, or drops it where it is empty. The
// value is in no error.
func (db *DB) SetSecret(ctx context.Context, name, value string) error {
	return db.write(ctx, "keep secret "+name, func(tx *sql.Tx) error {
		if value == "" {
			_, err := tx.ExecContext(ctx, `DELETE FROM secret WHERE name = $1`, name)
			return err
		}
		_, err := tx.ExecContext(ctx,
			`INSERT INTO secret (name, value, at) VALUES ($1, $2, $3)
			 ON CONFLICT (name) DO UPDATE SET value = excluded.value, at = excluded.at`,
			name, value, db.now().UnixMilli())
		if err != nil {
			return fmt.Errorf("write: %w", err)
		}
		return nil
	})
}
