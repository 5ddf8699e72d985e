package gather_test

import (
	"bytes"
	"database/sql"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"testing"

	_ "modernc.org/sqlite" // the driver

	"parcelwatch/store/sqlite/internal/gather"
)

// connect opens a database through the layer, or the usual way.
func connect(t *testing.T, path, layer string) *sql.DB {
	t.Helper()
	if err := gather.Register(); err != nil {
		t.Fatal(err)
	}
	name := "file:" + path + "?_pragma=journal_mode(WAL)&_pragma=synchronous(FULL)"
	if layer != "" {
		name += "&vfs=" + layer
	}
	db, err := sql.Open("sqlite", name)
	if err != nil {
		t.Fatal(err)
	}
	db.SetMaxOpenConns(1)
	t.Cleanup(func() { _ = db.Close() })
	return db
}

func do(t *testing.T, db interface {
	Exec(query string, args ...any) (sql.Result, error)
}, query string, args ...any,
) {
	t.Helper()
	if _, err := db.Exec(query, args...); err != nil {
		t.Fatalf("%s: %v", query, err)
	}
}

// written is how many calls to write the process has made.
func written(t *testing.T) int {
	t.Helper()
	text, err := os.ReadFile("/proc/self/io")
	if err != nil {
		t.Skip("skipped: this system does not count the writes of a process")
	}
	_, rest, _ := strings.Cut(string(text), "syscw: ")
	number, _, _ := strings.Cut(rest, "\n")
	n, err := strconv.Atoi(number)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// touch changes pages of twenty tables in one transaction.
func touch(t *testing.T, db *sql.DB, value int) {
	t.Helper()
	tx, err := db.BeginTx(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	for i := range 20 {
		do(t, tx, fmt.Sprintf("INSERT INTO t%d VALUES (?)", i), value)
	}
	if err := tx.Commit(); err != nil {
		t.Fatal(err)
	}
}

func tables(t *testing.T, db *sql.DB) {
	t.Helper()
	for i := range 20 {
		do(t, db, fmt.Sprintf("CREATE TABLE t%d (v)", i))
	}
}

func TestATransactionIsWrittenInOnePiece(t *testing.T) {
	counts := map[string]int{}
	for name, layer := range map[string]string{"gathered": gather.Name, "usual": ""} {
		db := connect(t, filepath.Join(t.TempDir(), "p.db"), layer)
		tables(t, db)
		touch(t, db, 0)
		before := written(t)
		touch(t, db, 1)
		counts[name] = written(t) - before
	}
	// The count is the process's; the runtime may write a byte to wake a thread.
	if counts["gathered"] > 4 || counts["usual"] < 40 {
		t.Errorf("20 pages took %d writes, and %d without the layer; want at most 4, and at least 40", counts["gathered"], counts["usual"])
	}
}

func TestWhatIsGatheredIsWhatSQLiteWritesByItself(t *testing.T) {
	files := map[string][]byte{}
	for name, layer := range map[string]string{"gathered": gather.Name, "usual": ""} {
		path := filepath.Join(t.TempDir(), "p.db")
		db := connect(t, path, layer)
		do(t, db, `PRAGMA cache_size = 8`)
		tables(t, db)
		for i := range 30 {
			touch(t, db, i)
		}
		do(t, db, `CREATE TABLE big (id INTEGER PRIMARY KEY, v)`)
		// More than the cache and the layer hold: pages are spilled, read again and rewritten.
		tx, err := db.BeginTx(t.Context(), nil)
		if err != nil {
			t.Fatal(err)
		}
		for i := range 400 {
			do(t, tx, `INSERT INTO big (v) VALUES (?)`, strings.Repeat(strconv.Itoa(i), 900))
		}
		do(t, tx, `UPDATE big SET v = v || 'x' WHERE id % 3 = 0`)
		do(t, tx, `DELETE FROM big WHERE id % 5 = 0`)
		if err := tx.Commit(); err != nil {
			t.Fatal(err)
		}
		tx, err = db.BeginTx(t.Context(), nil)
		if err != nil {
			t.Fatal(err)
		}
		do(t, tx, `UPDATE big SET v = v || 'y'`)
		if err := tx.Rollback(); err != nil {
			t.Fatal(err)
		}
		touch(t, db, 31)
		var verdict string
		if err := db.QueryRowContext(t.Context(), `PRAGMA integrity_check`).Scan(&verdict); err != nil || verdict != "ok" {
			t.Errorf("%s: %s, error %v", name, verdict, err)
		}
		do(t, db, `PRAGMA wal_checkpoint(TRUNCATE)`)
		raw, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		files[name] = raw
	}
	if !bytes.Equal(files["gathered"], files["usual"]) {
		t.Errorf("%d bytes and %d bytes are not the same database", len(files["gathered"]), len(files["usual"]))
	}
}

func TestOthersSeeATransactionAsSoonAsItHasEnded(t *testing.T) {
	for _, synchronous := range []string{"FULL", "NORMAL", "OFF"} {
		path := filepath.Join(t.TempDir(), "p.db")
		db := connect(t, path, gather.Name)
		do(t, db, "PRAGMA synchronous = "+synchronous)
		do(t, db, `CREATE TABLE t (v)`)
		other := connect(t, path, "")
		for i := range 200 {
			do(t, db, `INSERT INTO t VALUES (?)`, strings.Repeat("v", i*40))
			var n int
			if err := other.QueryRowContext(t.Context(), `SELECT count(*) FROM t`).Scan(&n); err != nil || n != i+1 {
				t.Fatalf("synchronous %s: another connection sees %d rows of %d, error %v", synchronous, n, i+1, err)
			}
		}
	}
}

func TestALayerOutlivesACollection(t *testing.T) {
	db := connect(t, filepath.Join(t.TempDir(), "p.db"), gather.Name)
	tables(t, db)
	for i := range 20 {
		runtime.GC()
		touch(t, db, i)
	}
}
