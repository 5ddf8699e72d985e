package rows

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"hash"
)

// ErrNotEmpty is returned by [Copy] for a target with contents.
var ErrNotEmpty = errors.New("the store to copy into is not empty; name a new one")

var errDiffers = errors.New("the copy differs from its source; nothing was stored")

// copyRows is how many rows one statement adds.
const copyRows = 64

// Copy copies all rows of a store into an empty one and returns how many rows each table
// has. It reads one snapshot, and keeps a few rows in memory. All rows are added in one
// transaction, in which they are read again and compared, so a copy that fails leaves the
// target empty. Heartbeats and leases are not copied.
func Copy(ctx context.Context, from, to Database) (counts map[string]int, err error) {
	err = to.Write(ctx, "", "copy the store", func(in Tx) error {
		return from.Read(ctx, "read the other one", func(out Tx) error {
			counts = map[string]int{}
			for _, t := range Tables() {
				if full, err := exists(ctx, in, `SELECT 1 FROM `+t.Name+` LIMIT 1`); err != nil || full {
					return errors.Join(err, ErrNotEmpty)
				}
			}
			for _, t := range Tables() {
				c := copying{t, out, in, to.Dialect().Storable}
				if counts[t.Name], err = c.run(ctx, from.Dialect(), to.Dialect()); err != nil {
					return fmt.Errorf("table %s: %w", t.Name, err)
				}
			}
			return nil
		})
	})
	return counts, err
}

// copying is one table being copied.
type copying struct {
	Table

	from, to Tx
	storable func(string) string // nil for any text
}

func (c copying) run(ctx context.Context, from, to *Dialect) (n int, err error) {
	var args []any
	flush := func() error {
		if len(args) == 0 {
			return nil
		}
		_, err := c.to.ExecContext(ctx, c.inserts(len(args)/len(c.Columns)), args...)
		args = args[:0]
		return err
	}
	want := sha256.New()
	err = c.from.Each(ctx, func(s Scanner) error {
		row, err := c.scan(s)
		if err != nil {
			return err
		}
		if c.Name == "secret" && fmt.Sprint(row) != fmt.Sprint(c.stored(row)) {
			return fmt.Errorf("secret %v: its value cannot be stored there", row[1])
		}
		row = c.stored(row)
		n++
		args = append(args, row...)
		if err := sum(want, row); err != nil || len(args) < copyRows*len(row) {
			return err
		}
		return flush()
	}, c.selects())
	if err == nil {
		err = flush()
	}
	if err != nil {
		return n, err
	}
	got, found := sha256.New(), 0
	err = c.to.Each(ctx, func(s Scanner) error {
		row, err := c.scan(s)
		if err != nil {
			return err
		}
		found++
		return sum(got, row)
	}, c.selects())
	if err != nil {
		return n, err
	}
	if found != n || string(got.Sum(nil)) != string(want.Sum(nil)) {
		return n, fmt.Errorf("%w (%d rows, %d copied)", errDiffers, n, found)
	}
	return n, c.number(ctx, from, to)
}

// number lets the target go on numbering where the source is.
func (c copying) number(ctx context.Context, from, to *Dialect) error {
	if c.Serial == "" {
		return nil
	}
	last, err := first(list(ctx, c.from, column[int64], from.Last(c.Table)))
	if err != nil || last == 0 {
		return err
	}
	return to.Continue(ctx, c.to, c.Table, last)
}

func (c copying) scan(s Scanner) ([]any, error) {
	dest := make([]any, len(c.Columns))
	for i, column := range c.Columns {
		switch column.Kind {
		case Number:
			dest[i] = new(*int64)
		case Flag:
			dest[i] = new(bool)
		case Bytes:
			dest[i] = new([]byte)
		case Text:
			dest[i] = new(string)
		}
	}
	if err := s.Scan(dest...); err != nil {
		return nil, err
	}
	row := make([]any, len(dest))
	for i, d := range dest {
		switch v := d.(type) {
		case **int64:
			if *v != nil {
				row[i] = **v
			}
		case *bool:
			row[i] = *v
		case *[]byte:
			row[i] = append([]byte{}, *v...)
		case *string:
			row[i] = *v
		}
	}
	return row, nil
}

// stored returns the row as the target stores it.
func (c copying) stored(row []any) []any {
	if c.storable == nil {
		return row
	}
	out := make([]any, len(row))
	for i, v := range row {
		if s, ok := v.(string); ok {
			v = c.storable(s)
		}
		out[i] = v
	}
	return out
}

// sum adds a row to a hash.
func sum(h hash.Hash, row []any) error {
	exact := make([]any, len(row))
	for i, v := range row {
		exact[i] = v
		if s, ok := v.(string); ok {
			exact[i] = []byte(s) // JSON would replace invalid UTF-8
		}
	}
	raw, err := json.Marshal(exact)
	if err != nil {
		return err
	}
	_, err = h.Write(append(raw, '\n'))
	return err
}
