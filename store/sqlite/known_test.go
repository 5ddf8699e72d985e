package sqlite_test

import (
	"database/sql"
	"path/filepath"
	"testing"

	"parcelwatch/store/sqlite"
)

// TestAStoreThatIsMadeMeanwhileIsNeverSeenHalf has one program create and drop the
// tables while another checks whether the database is empty or a store.
func TestAStoreThatIsMadeMeanwhileIsNeverSeenHalf(t *testing.T) {
	t.Parallel()
	file := "file:" + filepath.ToSlash(filepath.Join(t.TempDir(), "p.db")) + "?_pragma=journal_mode(wal)&_pragma=busy_timeout(10000)&_pragma=synchronous(off)"
	open := func() *sql.DB {
		pool, err := sql.Open("sqlite", file)
		if err != nil {
			t.Fatal(err)
		}
		pool.SetMaxOpenConns(1)
		t.Cleanup(func() { _ = pool.Close() })
		return pool
	}
	maker, looker := open(), open()
	if _, err := maker.ExecContext(t.Context(), `SELECT 1`); err != nil {
		t.Fatal(err)
	}
	made := make(chan error, 1)
	go func() {
		for range 300 {
			for _, step := range []string{
				`BEGIN; CREATE TABLE schema_version (version_id, is_applied); INSERT INTO schema_version VALUES (1, 1); CREATE TABLE parcels (x); COMMIT`,
				`BEGIN; DROP TABLE schema_version; DROP TABLE parcels; COMMIT`,
			} {
				if _, err := maker.ExecContext(t.Context(), step); err != nil {
					made <- err
					return
				}
			}
		}
		made <- nil
	}()
	for looks := 0; ; looks++ {
		select {
		case err := <-made:
			if err != nil || looks == 0 {
				t.Fatalf("%d looks, %v", looks, err)
			}
			return
		default:
		}
		if have, err := sqlite.Known(t.Context(), looker); err != nil {
			t.Fatalf("look %d: version %d, %v", looks, have, err)
		}
	}
}
