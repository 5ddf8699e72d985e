package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"slices"
	"sync"

	"parcelwatch/store/internal/rows"
)

// maxKept bounds the statements that are kept compiled. The package has fewer, apart
// from those whose text depends on their arguments.
const maxKept = 256

// pool is a [sql.DB] that keeps the statements of its transactions compiled, because
// compiling a statement costs more than running most of them.
type pool struct {
	*sql.DB

	mu   sync.Mutex
	kept map[string]*sql.Stmt
}

func keeping(db *sql.DB) *pool { return &pool{DB: db, kept: map[string]*sql.Stmt{}} }

// Close closes the statements and the connections.
func (p *pool) Close() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	var errs []error
	for _, s := range p.kept {
		errs = append(errs, s.Close())
	}
	p.kept = nil
	return errors.Join(append(errs, p.DB.Close())...)
}

// statement returns the kept statement of a query, and whether there is room to keep it.
func (p *pool) statement(query string) (s *sql.Stmt, room bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.kept[query], len(p.kept) < maxKept
}

// keep compiles the statements that a transaction used for the first time. A statement
// that cannot be compiled now is compiled whenever it is used.
func (p *pool) keep(ctx context.Context, queries []string) {
	for _, q := range queries {
		// Not under the lock: the transaction that has the connection may be waiting for it.
		s, err := p.PrepareContext(ctx, q)
		if err != nil {
			return
		}
		if !p.add(q, s) {
			_ = s.Close() //nolint:sqlclosecheck // in a loop
		}
	}
}

func (p *pool) add(query string, s *sql.Stmt) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.kept == nil || p.kept[query] != nil || len(p.kept) >= maxKept {
		return false
	}
	p.kept[query] = s
	return true
}

// transaction is a transaction that runs kept statements.
type transaction struct {
	tx   *sql.Tx
	pool *pool
	news *[]string // statements that are not kept yet
}

// ExecContext runs a statement and returns how many rows it wrote.
func (t transaction) ExecContext(ctx context.Context, query string, args ...any) (int64, error) {
	res, err := t.exec(ctx, query, args...)
	if err != nil {
		return 0, err
	}
	return res.RowsAffected()
}

// Each calls visit for each row of a query.
func (t transaction) Each(ctx context.Context, visit func(rows.Scanner) error, query string, args ...any) error {
	found, err := t.query(ctx, query, args...)
	if err != nil {
		return err
	}
	return visitAll(found, visit)
}

// Walk is Each: SQLite finds a row when it is asked for.
func (t transaction) Walk(ctx context.Context, visit func(rows.Scanner) error, query string, args ...any) error {
	return t.Each(ctx, visit, query, args...)
}

// QueryRowContext returns the first row of a query.
func (t transaction) QueryRowContext(ctx context.Context, query string, args ...any) rows.Scanner {
	if s := t.kept(query); s != nil {
		return t.tx.StmtContext(ctx, s).QueryRowContext(ctx, args...) //nolint:sqlclosecheck // the transaction closes it
	}
	return t.tx.QueryRowContext(ctx, query, args...)
}

func (t transaction) exec(ctx context.Context, query string, args ...any) (sql.Result, error) {
	if s := t.kept(query); s != nil {
		return t.tx.StmtContext(ctx, s).ExecContext(ctx, args...) //nolint:sqlclosecheck // the transaction closes it
	}
	return t.tx.ExecContext(ctx, query, args...)
}

func (t transaction) query(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	if s := t.kept(query); s != nil {
		return t.tx.StmtContext(ctx, s).QueryContext(ctx, args...) //nolint:sqlclosecheck // the transaction closes it
	}
	return t.tx.QueryContext(ctx, query, args...)
}

func (t transaction) kept(query string) *sql.Stmt {
	s, room := t.pool.statement(query)
	if s == nil && room && !slices.Contains(*t.news, query) {
		*t.news = append(*t.news, query)
	}
	return s
}
