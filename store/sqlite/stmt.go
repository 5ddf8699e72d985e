package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"slices"
	"sync"
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
	*sql.Tx

	pool *pool
	news *[]string // statements that are not kept yet
}

// ExecContext runs a statement that returns no rows.
func (t transaction) ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error) {
	if s := t.kept(query); s != nil {
		return t.StmtContext(ctx, s).ExecContext(ctx, args...) //nolint:sqlclosecheck // the transaction closes it
	}
	return t.Tx.ExecContext(ctx, query, args...)
}

// QueryContext returns the rows of a query.
func (t transaction) QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	if s := t.kept(query); s != nil {
		return t.StmtContext(ctx, s).QueryContext(ctx, args...) //nolint:sqlclosecheck // the transaction closes it
	}
	return t.Tx.QueryContext(ctx, query, args...)
}

// QueryRowContext returns the first row of a query.
func (t transaction) QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row {
	if s := t.kept(query); s != nil {
		return t.StmtContext(ctx, s).QueryRowContext(ctx, args...) //nolint:sqlclosecheck // the transaction closes it
	}
	return t.Tx.QueryRowContext(ctx, query, args...)
}

func (t transaction) kept(query string) *sql.Stmt {
	s, room := t.pool.statement(query)
	if s == nil && room && !slices.Contains(*t.news, query) {
		*t.news = append(*t.news, query)
	}
	return s
}
