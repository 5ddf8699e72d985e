package rows

import "context"

// Secret returns the value stored under the name, or parcel.ErrNotFound. It is
// stored in plain text, protected by the mode of the file.
func (db *Household) Secret(ctx context.Context, name string) (value string, err error) {
	err = db.read(ctx, "read secret "+name, func(tx homeTx) error {
		return tx.QueryRowContext(ctx, `SELECT value FROM secret WHERE home = $2 AND name = $1`, name, tx.home).Scan(&value)
	})
	return value, err
}

// SetSecret stores the value, or deletes it if the value is empty. No error
// contains the value.
func (db *Household) SetSecret(ctx context.Context, name, value string) error {
	return db.write(ctx, "keep secret "+name, func(tx homeTx) error {
		if value == "" {
			_, err := tx.ExecContext(ctx, `DELETE FROM secret WHERE home = $2 AND name = $1`, name, tx.home)
			return err
		}
		_, err := tx.ExecContext(ctx,
			`INSERT INTO secret (name, value, at, home) VALUES ($1, $2, $3, $4)
			 ON CONFLICT (home, name) DO UPDATE SET value = excluded.value, at = excluded.at`,
			name, value, db.db.Now().UnixMilli(), tx.home)
		return wrap(err, "write")
	})
}
