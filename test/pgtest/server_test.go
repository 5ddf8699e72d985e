package pgtest_test

import (
	"errors"
	"testing"

	"github.com/jackc/pgx/v5"

	"parcelwatch/test/pgtest"
)

// TestAStandbyTakesOver loses the server and finds what was written on its promoted copy,
// directly and through a pooler.
func TestAStandbyTakesOver(t *testing.T) {
	t.Parallel()
	var first pgtest.Cluster
	defer first.Stop()
	if err := first.Start(t.Context()); errors.Is(err, pgtest.ErrNotInstalled) {
		t.Skip(err)
	} else if err != nil {
		t.Fatal(err)
	}
	ctx := t.Context()
	if err := first.Do(ctx, `CREATE TABLE kept AS SELECT 42 AS n`); err != nil {
		t.Fatal(err)
	}
	port, err := pgtest.FreePort()
	if err != nil {
		t.Fatal(err)
	}
	second, err := first.Standby(ctx, port)
	if err != nil {
		t.Fatal(err)
	}
	defer second.Stop()
	if err := second.Do(ctx, `CREATE TABLE more (n int)`); err == nil {
		t.Error("a standby takes writes")
	}
	first.Crash()
	if err := second.Promote(ctx); err != nil {
		t.Fatal(err)
	}
	if err := second.Do(ctx, `INSERT INTO kept VALUES (43)`); err != nil {
		t.Error(err)
	}
	pool, err := second.Pool(ctx)
	if errors.Is(err, pgtest.ErrNotInstalled) {
		t.Skip(err)
	}
	if err != nil {
		t.Fatal(err)
	}
	defer pool.Stop()
	conn, err := pgx.Connect(ctx, "postgres://"+pgtest.User+"@"+pool.Addr()+"/postgres?sslmode=disable&default_query_exec_mode=cache_describe")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close(ctx) }()
	var sum int
	if err := conn.QueryRow(ctx, `SELECT sum(n) FROM kept`).Scan(&sum); err != nil || sum != 85 {
		t.Errorf("the sum is %d, %v", sum, err)
	}
}
