package postgres

import (
	"context"
	"database/sql"
	"embed"
	"fmt"
	"io/fs"

	"github.com/jackc/pgx/v5/stdlib"
	"github.com/pressly/goose/v3"

	"parcelwatch/store"
)

//go:embed migrations/*.sql
var embedded embed.FS

const versionTable = "schema_version"

func migrations() fs.FS {
	sub, err := fs.Sub(embedded, "migrations")
	if err != nil {
		return embedded // unreachable: the name is a constant
	}
	return sub
}

// migrate brings the schema up to date, step by step, each in a separate transaction.
func (db *core) migrate(ctx context.Context, steps fs.FS) error {
	have, err := db.version(ctx)
	if err != nil {
		return err
	}
	pool := stdlib.OpenDBFromPool(db.pool)
	defer pool.Close()
	p, err := provider(pool, steps)
	if err != nil {
		return err
	}
	want := newest(p)
	switch {
	case have > want:
		return fmt.Errorf("%w: its schema is %d and this program knows up to %d; install the newer program again",
			store.ErrNewer, have, want)
	case have == want:
		return nil
	}
	var standby bool
	if err := db.pool.QueryRow(ctx, `SELECT current_setting('transaction_read_only')::bool`).Scan(&standby); err != nil {
		return fmt.Errorf("look whether the database can be written: %w", err)
	}
	if standby {
		hint, _ := reason(readOnly)
		return fmt.Errorf("%w: %s", store.ErrReadOnly, hint)
	}
	if err := db.up(ctx, p, want); err != nil {
		return fmt.Errorf("bring schema %d to %d: %w", have, want, err)
	}
	if have > 0 {
		db.log.InfoContext(ctx, "store brought up to date", "from", have, "to", want)
	}
	return nil
}

// up runs the steps. If several programs open a store at the same moment, all but one
// fail at a step and then find it done, which may happen at each.
func (db *core) up(ctx context.Context, p *goose.Provider, want int64) error {
	var err error
	for range want + 2 {
		if _, err = p.Up(ctx); err == nil {
			return nil
		}
		if have, verr := db.version(ctx); verr == nil && have >= want {
			return nil
		}
	}
	return err
}

func provider(pool *sql.DB, steps fs.FS) (*goose.Provider, error) {
	p, err := goose.NewProvider(goose.DialectPostgres, pool, steps,
		goose.WithTableName(versionTable), goose.WithDisableGlobalRegistry(true))
	if err != nil {
		return nil, fmt.Errorf("read schema steps: %w", err)
	}
	return p, nil
}

func newest(p *goose.Provider) int64 {
	var v int64
	for _, s := range p.ListSources() {
		v = max(v, s.Version)
	}
	return v
}

// version returns the version of the schema, or 0 in a database without tables. It
// refuses the database of another program.
func (db *core) version(ctx context.Context) (have int64, err error) {
	var encoding string
	var tables, ours int
	err = db.pool.QueryRow(ctx,
		`SELECT getdatabaseencoding()::text, count(*), count(*) FILTER (WHERE c.relname = $1)
		 FROM pg_class c WHERE c.relkind IN ('r', 'p') AND c.relnamespace = current_schema()::regnamespace`, versionTable).Scan(&encoding, &tables, &ours)
	switch {
	case err != nil:
		return 0, fmt.Errorf("look at the tables: %w", err)
	case encoding != "UTF8":
		return 0, fmt.Errorf("%w: its encoding is %s; create it with ENCODING 'UTF8' TEMPLATE template0", store.ErrForeign, encoding)
	case ours == 0 && tables > 0:
		return 0, fmt.Errorf("%w: it has tables of another program; name an empty database in [store] url", store.ErrForeign)
	case ours == 0:
		return 0, nil
	}
	var v *int64
	if err := db.pool.QueryRow(ctx, `SELECT max(version_id) FROM schema_version WHERE is_applied`).Scan(&v); err != nil {
		return 0, fmt.Errorf("read schema version: %w", err)
	}
	if v == nil {
		return 0, nil
	}
	return *v, nil
}
