package postgres_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"parcelwatch/parcel"
	"parcelwatch/store"
	"parcelwatch/store/postgres"
	"parcelwatch/store/storetest"
	"parcelwatch/test/pgtest"
)

// exec runs a statement in a database, beside the store.
func exec(t *testing.T, url, query string) {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(t.Context())
	if _, err := conn.Exec(t.Context(), query); err != nil {
		t.Fatal(err)
	}
}

func TestWhatCannotBeOpenedIsNamed(t *testing.T) {
	t.Parallel()
	const secret = "hunter2-hunter2"
	for name, tc := range map[string]struct {
		prepare func(t *testing.T, url string) string
		want    error
		says    string
	}{
		"newer": {func(t *testing.T, url string) string {
			t.Helper()
			exec(t, url, `INSERT INTO schema_version (version_id, is_applied) VALUES (99, TRUE)`)
			return url
		}, store.ErrNewer, "99"},
		"foreign": {func(t *testing.T, _ string) string {
			t.Helper()
			url := cluster.Database(t, "")
			exec(t, url, `CREATE TABLE wp_posts (id INT)`)
			return url
		}, store.ErrForeign, "empty database"},
		"other encoding": {func(t *testing.T, _ string) string {
			t.Helper()
			cluster.Exec(t, `DROP DATABASE IF EXISTS latin`)
			cluster.Exec(t, `CREATE DATABASE latin ENCODING 'SQL_ASCII' LOCALE 'C' TEMPLATE template0`)
			return cluster.URL("latin")
		}, store.ErrForeign, "SQL_ASCII"},
		"no such database": {func(*testing.T, string) string { return cluster.URL("nowhere") }, store.ErrAway, "create it"},
		"no such user": {func(_ *testing.T, url string) string {
			return strings.Replace(url, pgtest.User+"@", "nobody@", 1)
		}, store.ErrAway, "login"},
		"no server":    {func(*testing.T, string) string { return "postgres://parcelwatch@127.0.0.1:1/x" }, store.ErrAway, "127.0.0.1:1"},
		"no such host": {func(*testing.T, string) string { return "postgres://parcelwatch@db.invalid/x" }, store.ErrAway, "db.invalid"},
		"a standby": {func(t *testing.T, url string) string {
			t.Helper()
			fresh := cluster.Database(t, "")
			exec(t, fresh, fmt.Sprintf(`ALTER DATABASE %s SET default_transaction_read_only = on`, fresh[strings.LastIndex(fresh, "/")+1:strings.Index(fresh, "?")]))
			return fresh
		}, store.ErrReadOnly, "primary"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			url := tc.prepare(t, database(t))
			_, err := postgres.Open(t.Context(), url, func(context.Context) (string, error) { return secret, nil }, store.Options{})
			if !errors.Is(err, tc.want) || !strings.Contains(err.Error(), tc.says) {
				t.Errorf("error %v, want %v with %q", err, tc.want, tc.says)
			}
			if err != nil && strings.Contains(err.Error(), secret) {
				t.Errorf("the error contains the password: %v", err)
			}
		})
	}
}

// TestAPasswordIsAskedForAndNeverShown uses a server that wants one.
func TestAPasswordIsAskedForAndNeverShown(t *testing.T) {
	t.Parallel()
	url := database(t)
	cluster.Exec(t, `DROP ROLE IF EXISTS locked`) // of an earlier -count
	cluster.Exec(t, `CREATE ROLE locked LOGIN PASSWORD 'right'`)
	cluster.Demand(t, "locked")
	url = strings.Replace(url, pgtest.User+"@", "locked@", 1)
	for password, want := range map[string]error{"right": nil, "wrong-one": store.ErrAway} {
		db, err := postgres.Open(t.Context(), url, func(context.Context) (string, error) { return password, nil }, store.Options{})
		if want == nil && err != nil && !errors.Is(err, store.ErrReadOnly) || want != nil && !errors.Is(err, want) {
			t.Errorf("%s: %v", password, err)
		}
		if want != nil && err != nil && (strings.Contains(err.Error(), password) || !strings.Contains(err.Error(), "login")) {
			t.Errorf("the error does not say what is wrong, or shows the password: %v", err)
		}
		if db != nil {
			_ = db.Close()
		}
	}
	failing := errors.New("the file of the password is missing")
	if _, err := postgres.Open(t.Context(), url, func(context.Context) (string, error) { return "", failing }, store.Options{}); !errors.Is(err, failing) {
		t.Errorf("a password that cannot be read: %v", err)
	}
}

func TestWhatPostgreSQLCannotStoreIsReplacedAndFoundAgain(t *testing.T) {
	t.Parallel()
	db := open(t, database(t))
	for i, odd := range []string{"IN\x00BOX", "Entw\xfcrfe", "\xff\xfe", "Ящик"} {
		want := store.Checkpoint{UIDValidity: 1, UID: uint32(i + 1)}
		if err := db.SaveCheckpoint(t.Context(), "home", odd, want); err != nil {
			t.Fatalf("%q: %v", odd, err)
		}
		if got, err := db.Checkpoint(t.Context(), "home", odd); err != nil || got != want {
			t.Errorf("%q: %v, %v", odd, got, err)
		}
		if err := db.SetAside(t.Context(), parcel.MailRef{Mailbox: odd, Folder: odd}, odd, nil, storetest.Now()); err != nil {
			t.Errorf("%q: %v", odd, err)
		}
	}
	for _, odd := range []string{"a\x00b", "\xff"} {
		if err := db.SetSecret(t.Context(), "oauth/home", odd); err == nil || !strings.Contains(err.Error(), "oauth/home") || strings.Contains(err.Error(), odd) {
			t.Errorf("a secret that cannot be stored: %v", err)
		}
	}
}
