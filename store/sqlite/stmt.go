package sqlite

import (
	"context"
	"database/sql"
	sqldriver "database/sql/driver"
	"errors"
	"sync"

	"parcelwatch/store/internal/rows"
)

// maxKept bounds the statements that a connection keeps compiled. The package has fewer,
// apart from those whose text depends on their arguments.
const maxKept = 256

// pool lends connections. They stay open and keep their statements compiled, because
// compiling a statement costs more than running most of them. [sql.DB] does that, too, but
// starts a goroutine for each query of a transaction, and looks statements up twice.
type pool struct {
	db    *sql.DB
	begin string        // begins a transaction
	turns chan struct{} // one for each connection that is idle
	done  chan struct{}

	mu   sync.Mutex
	idle []*conn // the one used last comes last and is used next, so that few are open
}

// conn is a connection, used by one caller at a time.
type conn struct {
	*sql.Conn // nil until it is used, and after a transaction that could not be ended

	kept map[string]*sql.Stmt
}

// newPool returns a pool of n connections, which are opened when they are needed.
func newPool(db *sql.DB, n int, begin string) *pool {
	p := &pool{db: db, begin: begin, turns: make(chan struct{}, n), done: make(chan struct{})}
	for range n {
		p.giveBack(&conn{})
	}
	return p
}

// Close closes the connections. One that is being used is closed when it is given back.
func (p *pool) Close() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closed() {
		return nil
	}
	close(p.done)
	var errs []error
	for _, c := range p.idle {
		errs = append(errs, c.close(false))
	}
	return errors.Join(append(errs, p.db.Close())...)
}

func (p *pool) closed() bool {
	select {
	case <-p.done:
		return true
	default:
		return false
	}
}

// use waits for a connection and calls f with it.
func (p *pool) use(ctx context.Context, f func(c *conn) error) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	select {
	case <-p.turns:
	case <-p.done:
		return sql.ErrConnDone
	case <-ctx.Done():
		return ctx.Err()
	}
	c := p.take()
	if c == nil {
		return sql.ErrConnDone
	}
	defer p.giveBack(c)
	if c.Conn == nil {
		var err error
		if c.Conn, err = p.db.Conn(ctx); err != nil {
			return err
		}
		c.kept = map[string]*sql.Stmt{}
	}
	return f(c)
}

// take returns an idle connection, or nil if the pool is closed.
func (p *pool) take() *conn {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closed() {
		return nil
	}
	last := len(p.idle) - 1
	c := p.idle[last]
	p.idle = p.idle[:last]
	return c
}

func (p *pool) giveBack(c *conn) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closed() {
		_ = c.close(false) // as [sql.DB.Close] does with a connection that is being used
		return
	}
	p.idle = append(p.idle, c)
	p.turns <- struct{}{}
}

// transact runs f in a transaction. If f fails or panics, what it wrote is rolled back.
func (c *conn) transact(ctx context.Context, begin string, f func() error) error {
	if err := patient(ctx, func() error { return c.run(ctx, begin) }); err != nil {
		if !busy(err) {
			_ = c.close(true) // it may have begun one
		}
		return err
	}
	committed := false
	defer func() {
		if !committed {
			c.rollback(context.WithoutCancel(ctx))
		}
	}()
	if err := f(); err != nil {
		return err
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	err := c.run(context.WithoutCancel(ctx), "COMMIT")
	committed = err == nil
	return err
}

// rollback ends a transaction. If there is none, because SQLite has ended it, the state of the
// connection is not known, and another one takes its place.
func (c *conn) rollback(ctx context.Context) {
	if c.run(ctx, "ROLLBACK") != nil {
		_ = c.close(true)
	}
}

func (c *conn) run(ctx context.Context, statement string) error {
	_, err := c.exec(ctx, statement)
	return err
}

// close closes the statements and gives the connection back to [sql.DB], which is not to use
// it again if it is broken.
func (c *conn) close(broken bool) error {
	if c.Conn == nil {
		return nil
	}
	var errs []error
	for _, s := range c.kept {
		errs = append(errs, s.Close()) // before the connection, which the driver would use after its end
	}
	if broken {
		_ = c.Raw(func(any) error { return sqldriver.ErrBadConn }) // closes it
	} else {
		errs = append(errs, c.Close())
	}
	c.Conn, c.kept = nil, nil
	return errors.Join(errs...)
}

// statement returns the compiled statement, or nil if there are too many.
func (c *conn) statement(ctx context.Context, query string) (*sql.Stmt, error) {
	if s := c.kept[query]; s != nil || len(c.kept) >= maxKept {
		return s, nil
	}
	s, err := c.PrepareContext(ctx, query)
	if err == nil {
		c.kept[query] = s
	}
	return s, err
}

func (c *conn) exec(ctx context.Context, query string, args ...any) (sql.Result, error) {
	switch s, err := c.statement(ctx, query); { //nolint:sqlclosecheck // kept
	case err != nil:
		return nil, err
	case s != nil:
		return s.ExecContext(ctx, args...)
	default:
		return c.ExecContext(ctx, query, args...)
	}
}

func (c *conn) query(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	switch s, err := c.statement(ctx, query); { //nolint:sqlclosecheck // kept
	case err != nil:
		return nil, err
	case s != nil:
		return s.QueryContext(ctx, args...)
	default:
		return c.QueryContext(ctx, query, args...)
	}
}

// transaction is a transaction of a connection.
type transaction struct{ conn *conn }

// ExecContext runs a statement and returns how many rows it wrote.
func (t transaction) ExecContext(ctx context.Context, query string, args ...any) (int64, error) {
	res, err := t.conn.exec(ctx, query, args...)
	if err != nil {
		return 0, err
	}
	return res.RowsAffected()
}

// Each calls visit for each row of a query.
func (t transaction) Each(ctx context.Context, visit func(rows.Scanner) error, query string, args ...any) error {
	found, err := t.conn.query(ctx, query, args...)
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
	s, err := t.conn.statement(ctx, query) //nolint:sqlclosecheck // kept
	switch {
	case err != nil:
		return failed{err}
	case s != nil:
		return s.QueryRowContext(ctx, args...)
	default:
		return t.conn.QueryRowContext(ctx, query, args...)
	}
}

// failed is the row of a query that failed before it ran.
type failed struct{ err error }

// Scan returns the error.
func (f failed) Scan(...any) error { return f.err }
