package story_test

import (
	"context"
	"os"
	"runtime/debug"
	"slices"
	"testing"
	"time"

	"parcelwatch/store"
	"parcelwatch/store/postgres"
	"parcelwatch/store/sqlite"
	"parcelwatch/test/pgtest"
)

// PARCELWATCH_STORE=postgres plays the stories on a real PostgreSQL.
var cluster = pgtest.Cluster{Settings: []string{"max_connections=500"}}

func TestMain(m *testing.M) {
	if dir := pgtest.Memory(); dir != "" {
		_ = os.Setenv("TMPDIR", dir) // else each of a story's thousands of writes goes to a disk
	}
	debug.SetGCPercent(400) // weeks of mail are much garbage and little memory
	os.Exit(cluster.Run(m))
}

// kept is an open store.
type kept interface {
	store.Store
	Close() error
}

// database returns the URL of a new database, or "" for a file.
func database(t *testing.T) string {
	t.Helper()
	if os.Getenv("PARCELWATCH_STORE") != "postgres" {
		return ""
	}
	return cluster.Ready(t, func(url string) error {
		db, err := postgres.Open(t.Context(), url, nil, store.Options{})
		if err != nil {
			return err
		}
		return db.Close()
	})
}

func openStore(ctx context.Context, url, path string, now func() time.Time) (kept, error) {
	if url != "" {
		return postgres.Open(ctx, url, nil, store.Options{Now: now})
	}
	return sqlite.Open(ctx, path, sqlite.Options{Now: now})
}

// kept returns the store as the program sees it.
func (w *world) kept() store.Store {
	s := silent{w.db, w}
	if w.url != "" {
		return timeless{s}
	}
	return s
}

// timeless is a database without what goes by its own clock, which is not the story's.
type timeless struct{ silent }

func (timeless) Claim(_ context.Context, _ store.Node, households []string) (store.Claims, error) {
	return store.Claims{Held: slices.Clone(households)}, nil
}

func (timeless) Release(context.Context, ...string) error { return nil }

func (timeless) Reserve(_ context.Context, _ string, _ time.Duration, now time.Time) (time.Time, error) {
	return now, nil
}
