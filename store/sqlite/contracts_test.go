package sqlite_test

import (
	"path/filepath"
	"testing"

	"parcelwatch/store"
	"parcelwatch/store/storetest"
)

func TestStore(t *testing.T) {
	t.Parallel()
	storetest.Run(t, harness)
}

func harness(t *testing.T) storetest.Harness {
	t.Helper()
	path := filepath.Join(t.TempDir(), "parcelwatch.db")
	return storetest.Harness{
		Store:  open(t, path),
		Reopen: func() store.Store { return open(t, path) },
		Dir:    t.TempDir(),
	}
}
