package postgres

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"

	"parcelwatch/store"
	"parcelwatch/store/internal/rows"
)

const (
	// A transaction that fails because of others or of the connection is repeated for
	// this long.
	patience = 10 * time.Second
	pauseMin = 20 * time.Millisecond
	pauseMax = time.Second

	// Rows of a list of which few may be needed are fetched this many at a time.
	batch = 64
)

// tables implements [rows.Database].
type tables struct{ *core }

// Write runs f in a transaction that holds the row of the household. If that fails
// because of others or of the connection, it is repeated.
func (db tables) Write(ctx context.Context, household, doing string, f func(tx rows.Tx) error) error {
	return db.said(ctx, doing, db.patient(ctx, func() error { return db.once(ctx, household, f) }))
}

// Read runs f on one snapshot.
func (db tables) Read(ctx context.Context, doing string, f func(tx rows.Tx) error) error {
	return db.said(ctx, doing, db.snapshot(ctx, f))
}

// Ask runs f on a connection without a transaction.
func (db tables) Ask(ctx context.Context, doing string, f func(tx rows.Tx) error) error {
	return db.said(ctx, doing, db.patient(ctx, func() error {
		return db.pool.AcquireFunc(ctx, func(c *pgxpool.Conn) error { return f(transaction{c}) })
	}))
}

// Explain wraps an error of PostgreSQL.
func (db tables) Explain(err error) error { return db.explain(err) }

// Dialect returns the statements of PostgreSQL.
func (db tables) Dialect() *rows.Dialect { return db.sql }

// Scrub removes dead rows. Their bytes stay in pages until these are used again, and in
// the write-ahead log, its archive and backups.
func (db tables) Scrub(ctx context.Context) error {
	for _, table := range rows.Tables() {
		if _, err := db.pool.Exec(ctx, `VACUUM `+table.Name); err != nil {
			return db.said(ctx, "remove what was deleted", err)
		}
	}
	return nil
}

// Now returns the time.
func (db tables) Now() time.Time { return db.now() }

// patient repeats f while its failure may pass.
func (db *core) patient(ctx context.Context, f func() error) error {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	pause := time.NewTimer(0)
	defer pause.Stop()
	for wait := pauseMin; ; wait = min(2*wait, pauseMax) {
		err := f()
		if !again(err) {
			return err
		}
		pause.Reset(wait)
		select {
		case <-pause.C:
		case <-ctx.Done():
			return err
		}
	}
}

// once runs f in one transaction.
func (db *core) once(ctx context.Context, household string, f func(tx rows.Tx) error) error {
	tx, err := db.pool.Begin(ctx)
	if err != nil {
		return err
	}
	defer tx.Rollback(ctx) //nolint:errcheck // after a commit it does nothing, and before it the first error counts
	begun, err := db.enter(ctx, tx, household)
	if err != nil {
		return err
	}
	if err := f(transaction{tx}); err != nil {
		return err
	}
	if err = tx.Commit(ctx); lost(err) {
		return db.outcome(ctx, begun, err)
	}
	return err
}

// beginning identifies a transaction: its id, and when its server was started. After a crash
// the server may reuse the ids of transactions that never reached its log.
type beginning struct{ id, server string }

// enter begins a transaction: it takes the row of the household, which is made if it is
// missing, and checks that this program may write.
func (db *core) enter(ctx context.Context, tx pgx.Tx, household string) (begun beginning, err error) {
	node := db.node.id.Load()
	if node == noNode {
		return begun, store.ErrLeaseLost
	}
	query, args := entry(household, node, db.lease.token(), rows.RemovedSince(db.now()))
	var removed, mine bool
	scan := func() error {
		return tx.QueryRow(ctx, query, args...).Scan(&begun.id, &begun.server, &removed, &mine)
	}
	err = scan()
	if household != "" && errors.Is(err, pgx.ErrNoRows) {
		if _, err := tx.Exec(ctx, `INSERT INTO home_lock (home) VALUES ($1) ON CONFLICT DO NOTHING`, household); err != nil {
			return begun, err
		}
		err = scan()
	}
	switch {
	case node > 0 && errors.Is(err, pgx.ErrNoRows):
		return begun, store.ErrLeaseLost
	case err != nil:
		return begun, err
	case removed:
		return begun, fmt.Errorf("%w: %s", store.ErrRemoved, household)
	case !mine:
		return begun, fmt.Errorf("%w and has taken over: this one was not heard for longer than %s; stop one of them", store.ErrInUse, leaseTime)
	}
	return begun, nil
}

// entry is the statement with which a transaction begins. It has no row if the household
// has none to lock, or if the program is a node whose lease has ended or that does not
// hold the household. What it locks is not deleted before the transaction ends: the row of
// a node by those who take over from it, the claim by whoever gives it back.
func entry(household string, node, token, removedSince int64) (query string, args []any) {
	const id = `SELECT pg_current_xact_id()::text, pg_postmaster_start_time()::text, `
	lease := `$1::bigint = 0 OR EXISTS (SELECT 1 FROM lease WHERE name = 'daemon' AND token = $1)`
	pause := boundPauses()
	removed := `EXISTS (SELECT 1 FROM household WHERE name = $2 AND removed AND changed > $3)`
	switch {
	case household == "" && node == 0:
		return id + `FALSE, ` + lease, []any{token}
	case household == "":
		return id + `FALSE, ` + pause + ` FROM node WHERE id = $1 AND until > clock_timestamp() FOR KEY SHARE`, []any{node}
	case node == 0:
		return id + removed + `, ` + lease + ` FROM home_lock WHERE home = $2 FOR UPDATE`, []any{token, household, removedSince}
	}
	return id + removed + `, ` + pause + ` FROM home_lock h, node n, claim c
		WHERE h.home = $2 AND n.id = $1 AND n.until > clock_timestamp() AND c.home = h.home AND c.node = n.id
		FOR UPDATE OF h FOR KEY SHARE OF n, c`, []any{node, household, removedSince}
}

// boundPauses is an expression that lets the server end the transaction if the program
// pauses in it for longer than nodeTime.
func boundPauses() string {
	return fmt.Sprintf(`set_config('idle_in_transaction_session_timeout', '%d', TRUE) <> ''`, nodeTime.Milliseconds())
}

// outcome finds out whether a transaction was committed whose connection was lost during
// the commit. If the server was restarted or replaced meanwhile, "committed" proves nothing,
// because the id may belong to another transaction by then.
func (db *core) outcome(ctx context.Context, begun beginning, cause error) error {
	unknown := fmt.Errorf("whether it was stored is unknown: %w", cause)
	var state *string
	var same bool
	err := db.patient(ctx, func() error {
		row := db.pool.QueryRow(ctx, `SELECT pg_xact_status($1::text::xid8), pg_postmaster_start_time()::text = $2`, begun.id, begun.server)
		if err := row.Scan(&state, &same); err != nil {
			return err
		}
		if state != nil && *state == "in progress" {
			return cause // its session still ends
		}
		return nil
	})
	switch {
	case err != nil || state == nil || *state == "committed" && !same:
		return settled{unknown}
	case *state == "committed":
		return nil
	case *state == "aborted":
		return cause // repeated
	}
	return settled{unknown}
}

// settled is an error after which nothing is repeated. It does not unwrap to its cause, which
// would allow that.
type settled struct{ cause error }

// Error returns the text of the error.
func (e settled) Error() string { return e.cause.Error() }

// Is reports that the database went away.
func (settled) Is(target error) bool { return target == store.ErrAway }

func (db *core) snapshot(ctx context.Context, f func(tx rows.Tx) error) error {
	var tx pgx.Tx
	err := db.patient(ctx, func() (err error) {
		tx, err = db.pool.BeginTx(ctx, pgx.TxOptions{IsoLevel: pgx.RepeatableRead, AccessMode: pgx.ReadOnly})
		return err
	})
	if err != nil {
		return err
	}
	defer tx.Rollback(ctx) //nolint:errcheck // nothing was written
	if err := f(transaction{tx}); err != nil {
		return err
	}
	return tx.Commit(ctx)
}

// transaction implements [rows.Tx] over a transaction, or over a connection for one statement.
type transaction struct {
	tx interface {
		Exec(ctx context.Context, query string, args ...any) (pgconn.CommandTag, error)
		Query(ctx context.Context, query string, args ...any) (pgx.Rows, error)
		QueryRow(ctx context.Context, query string, args ...any) pgx.Row
	}
}

// ExecContext runs a statement and returns how many rows it wrote.
func (t transaction) ExecContext(ctx context.Context, query string, args ...any) (int64, error) {
	tag, err := t.tx.Exec(ctx, query, storable(args)...)
	return tag.RowsAffected(), err
}

// QueryRowContext returns the first row of a query.
func (t transaction) QueryRowContext(ctx context.Context, query string, args ...any) rows.Scanner {
	return t.tx.QueryRow(ctx, query, storable(args)...)
}

// Each calls visit for each row of a query.
func (t transaction) Each(ctx context.Context, visit func(rows.Scanner) error, query string, args ...any) error {
	found, err := t.tx.Query(ctx, query, storable(args)...)
	if err != nil {
		return err
	}
	_, err = visitAll(found, visit)
	return err
}

// Walk fetches the rows in batches, because the rest of a result that was asked for must
// be received even if it is not needed.
func (t transaction) Walk(ctx context.Context, visit func(rows.Scanner) error, query string, args ...any) error {
	if _, err := t.tx.Exec(ctx, `DECLARE walk NO SCROLL CURSOR FOR `+query, storable(args)...); err != nil {
		return err
	}
	walk := func() error {
		for n := batch; n == batch; {
			// Not described ahead: the columns are those of the cursor.
			found, err := t.tx.Query(ctx, fmt.Sprintf(`FETCH %d FROM walk`, batch), pgx.QueryExecModeSimpleProtocol)
			if err != nil {
				return err
			}
			if n, err = visitAll(found, visit); err != nil {
				return err
			}
		}
		return nil
	}
	err := walk()
	if _, closed := t.tx.Exec(ctx, `CLOSE walk`); err == nil {
		err = closed
	}
	return err
}

func visitAll(found pgx.Rows, visit func(rows.Scanner) error) (n int, err error) {
	defer found.Close()
	for found.Next() {
		n++
		if err := visit(found); err != nil {
			return n, err
		}
	}
	return n, found.Err()
}

// storable replaces in texts what PostgreSQL refuses, NUL and invalid UTF-8, by a mark.
// What is looked for is changed alike, so it is found again. JSON has neither.
func storable(args []any) []any {
	for i, arg := range args {
		if s, ok := arg.(string); ok && !plain(s) {
			args[i] = storableText(s)
		}
	}
	return args
}

func storableText(s string) string {
	return strings.ReplaceAll(strings.ToValidUTF8(s, "\ufffd"), "\x00", "\ufffd")
}

// plain reports whether PostgreSQL stores a text as it is.
func plain(s string) bool { return utf8.ValidString(s) && !strings.Contains(s, "\x00") }
