package postgres_test

import (
	"database/sql"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5"

	"parcelwatch/store"
	"parcelwatch/store/internal/rows"
	"parcelwatch/store/sqlite"

	_ "modernc.org/sqlite" // to look at the other driver's file
)

// ownTables are the tables that only a database with many clients needs.
func ownTables() []string {
	return []string{"home_lock", "lease", "heartbeat", "node", "claim", "daemon", "schema_version"}
}

// TestBothDriversHaveTheSameTables compares tables, columns and which of them may be NULL.
func TestBothDriversHaveTheSameTables(t *testing.T) {
	t.Parallel()
	ours := columnsOf(t, database(t))
	for _, table := range ownTables() {
		delete(ours, table)
	}
	theirs := sqliteColumns(t)
	if diff := cmp.Diff(theirs, ours); diff != "" {
		t.Errorf("tables (-sqlite +postgres):\n%s", diff)
	}
	copied := map[string][]string{}
	for _, table := range rows.Tables() {
		for _, c := range table.Columns {
			copied[table.Name] = append(copied[table.Name], c.Name)
		}
		slices.Sort(copied[table.Name])
	}
	for table := range theirs {
		for i, c := range theirs[table] {
			theirs[table][i], _, _ = strings.Cut(c, " ")
		}
	}
	if diff := cmp.Diff(theirs, copied); diff != "" {
		t.Errorf("what is copied (-tables +copied):\n%s", diff)
	}
}

func TestTheHouseholdComesFirstInEveryKey(t *testing.T) {
	t.Parallel()
	conn, err := pgx.Connect(t.Context(), database(t))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(t.Context())
	found, err := conn.Query(t.Context(),
		`SELECT i.indrelid::regclass::text, i.indexrelid::regclass::text, pg_get_indexdef(i.indexrelid, 1, false)
		 FROM pg_index i JOIN pg_class c ON c.oid = i.indrelid
		 WHERE c.relnamespace = 'public'::regnamespace
		   AND EXISTS (SELECT 1 FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attname = 'home')`)
	if err != nil {
		t.Fatal(err)
	}
	defer found.Close()
	n := 0
	for found.Next() {
		var table, index, column string
		if err := found.Scan(&table, &index, &column); err != nil {
			t.Fatal(err)
		}
		// Followers is asked by the installation, of all households.
		if n++; column != "home" && index != "number_followed" {
			t.Errorf("index %s of %s begins with %s", index, table, column)
		}
	}
	if n < 20 {
		t.Errorf("%d indexes were found", n)
	}
}

func columnsOf(t *testing.T, url string) map[string][]string {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(t.Context())
	found, err := conn.Query(t.Context(), `SELECT table_name::text, column_name::text, is_nullable = 'YES' FROM information_schema.columns WHERE table_schema = 'public'`)
	if err != nil {
		t.Fatal(err)
	}
	defer found.Close()
	out := map[string][]string{}
	for found.Next() {
		scanColumn(t, found, out)
	}
	return sorted(out)
}

func sqliteColumns(t *testing.T) map[string][]string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "p.db")
	db, err := sqlite.Open(t.Context(), file, store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	pool, err := sql.Open("sqlite", "file:"+file)
	if err != nil {
		t.Fatal(err)
	}
	defer pool.Close()
	found, err := pool.QueryContext(t.Context(),
		`SELECT t.name, c.name, NOT (c."notnull" OR c.pk) FROM sqlite_schema t, pragma_table_info(t.name) c
		 WHERE t.type = 'table' AND t.name NOT LIKE 'sqlite_%' AND t.name <> 'schema_version'`)
	if err != nil {
		t.Fatal(err)
	}
	defer found.Close()
	out := map[string][]string{}
	for found.Next() {
		scanColumn(t, found, out)
	}
	if err := found.Err(); err != nil {
		t.Fatal(err)
	}
	return sorted(out)
}

func scanColumn(t *testing.T, row rows.Scanner, out map[string][]string) {
	t.Helper()
	var table, column string
	var null bool
	if err := row.Scan(&table, &column, &null); err != nil {
		t.Fatal(err)
	}
	if null {
		column += " or NULL"
	}
	out[table] = append(out[table], column)
}

func sorted(m map[string][]string) map[string][]string {
	for _, list := range m {
		slices.Sort(list)
	}
	return m
}
