package postgres_test

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5"

	"parcelwatch/store"
	"parcelwatch/store/internal/rows"
	"parcelwatch/store/postgres"
	"parcelwatch/store/storetest"
)

// landed returns the SHA-256 sums of the schema steps.
func landed() map[string]string {
	return map[string]string{
		"0001_first.sql":     "4564c939211741fc7182e350d437d8afac96a2897aa307fdbf4a876c7b691b00",
		"0002_waits.sql":     "a08af3203fc640ef97e130c5227a06d3a80b73bc6c2cb30712da3fb97991a7ea",
		"0003_nodes.sql":     "fd37bdf9ce9b1bf8599e094fb114549e614538ae11c55c207afe46a3ea1b6fd3",
		"0004_followers.sql": "318c289127e24e40fa08a25175f50dca431358b35f157cc750eecf4336bc5de1",
		"0005_counts.sql":    "b9fab2832beb31c8c2fc01f21c9e787461db9e609bd305ea6f7a61c3f805aed1",
	}
}

func TestALandedStepIsNeverChanged(t *testing.T) {
	t.Parallel()
	names, err := fs.Glob(postgres.Steps(), "*.sql")
	if err != nil || len(names) != len(landed()) {
		t.Errorf("%d steps and %d sums, %v", len(names), len(landed()), err)
	}
	for _, name := range names {
		script, err := fs.ReadFile(postgres.Steps(), name)
		if err != nil {
			t.Fatal(err)
		}
		sum := sha256.Sum256([]byte(strings.ReplaceAll(string(script), "\r\n", "\n")))
		switch got := hex.EncodeToString(sum[:]); landed()[name] {
		case got:
		case "":
			t.Errorf("a new step needs its sum here: %q: %q,", name, got)
		default:
			t.Errorf("%s has changed. Databases already have what it did: restore it and add a new step (sum %s)", name, got)
		}
	}
}

// TestOlderSchemas upgrades databases of older schemas with contents to the newest one.
func TestOlderSchemas(t *testing.T) {
	t.Parallel()
	names, err := fs.Glob(postgres.Steps(), "*.sql")
	if err != nil || len(names) < 2 {
		t.Fatalf("steps %v, %v", names, err)
	}
	fresh := database(t)
	storetest.Fill(t, open(t, fresh))
	for n := 1; n < len(names); n++ {
		t.Run("from "+names[n-1], func(t *testing.T) {
			t.Parallel()
			cluster.Need(t)
			older := cluster.Database(t, "")
			db, err := postgres.OpenSteps(t.Context(), older, only(t, names[:n]))
			if err != nil {
				t.Fatal(err)
			}
			if err := db.Close(); err != nil {
				t.Fatal(err)
			}
			carry(t, fresh, older)
			upgraded := open(t, older)
			if diff := cmp.Diff(shape(t, fresh), shape(t, older)); diff != "" {
				t.Errorf("shape (-fresh +upgraded):\n%s", diff)
			}
			if diff := cmp.Diff(contents(t, open(t, fresh)), contents(t, upgraded)); diff != "" {
				t.Errorf("contents (-filled +upgraded):\n%s", diff)
			}
			if c := claim(t, upgraded, store.Home); len(c.Held) != 1 {
				t.Errorf("a daemon holds %v", c.Held)
			}
			found(t, upgraded)
		})
	}
}

// only returns some of the steps.
func only(t *testing.T, names []string) fs.FS {
	t.Helper()
	steps := fstest.MapFS{}
	for _, name := range names {
		script, err := fs.ReadFile(postgres.Steps(), name)
		if err != nil {
			t.Fatal(err)
		}
		steps[name] = &fstest.MapFile{Data: script}
	}
	return steps
}

// carry copies the rows of all tables that an older schema has, with the columns that it
// has, and lets it go on numbering.
func carry(t *testing.T, from, to string) {
	t.Helper()
	known := columnsOf(t, to)
	source, err := pgx.Connect(t.Context(), from)
	if err != nil {
		t.Fatal(err)
	}
	defer source.Close(t.Context())
	target, err := pgx.Connect(t.Context(), to)
	if err != nil {
		t.Fatal(err)
	}
	defer target.Close(t.Context())
	for _, table := range rows.Tables() {
		var columns []string
		for _, c := range table.Columns {
			if slices.ContainsFunc(known[table.Name], func(has string) bool { return strings.Fields(has)[0] == c.Name }) {
				columns = append(columns, c.Name)
			}
		}
		if columns == nil {
			continue
		}
		found, err := source.Query(t.Context(), fmt.Sprintf(`SELECT %s FROM %s`, strings.Join(columns, ", "), table.Name))
		if err != nil {
			t.Fatal(err)
		}
		all, err := pgx.CollectRows(found, func(row pgx.CollectableRow) ([]any, error) { return row.Values() })
		if err != nil {
			t.Fatal(err)
		}
		n, err := target.CopyFrom(t.Context(), pgx.Identifier{table.Name}, columns, pgx.CopyFromRows(all))
		if err != nil || n == 0 {
			t.Fatalf("table %s: %d rows, %v", table.Name, n, err)
		}
		if table.Serial != "" {
			if _, err := target.Exec(t.Context(), fmt.Sprintf(`SELECT setval('%[1]s_%[2]s_seq', max(%[2]s)) FROM %[1]s`, table.Name, table.Serial)); err != nil {
				t.Fatal(err)
			}
		}
	}
}

// shape returns the columns with their types and defaults, and the indexes and constraints.
func shape(t *testing.T, url string) (all []string) {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(t.Context())
	found, err := conn.Query(t.Context(), `
		SELECT concat_ws(' ', table_name, column_name, data_type, is_nullable, collation_name, column_default) FROM information_schema.columns WHERE table_schema = 'public'
		UNION ALL SELECT pg_get_indexdef(i.indexrelid) FROM pg_index i JOIN pg_class c ON c.oid = i.indrelid WHERE c.relnamespace = 'public'::regnamespace
		UNION ALL SELECT conrelid::regclass::text || ' ' || pg_get_constraintdef(oid) FROM pg_constraint WHERE connamespace = 'public'::regnamespace
		UNION ALL SELECT relname || ' ' || reloptions::text FROM pg_class WHERE relnamespace = 'public'::regnamespace AND reloptions IS NOT NULL
		ORDER BY 1`)
	if err != nil {
		t.Fatal(err)
	}
	if all, err = pgx.CollectRows(found, pgx.RowTo[string]); err != nil || len(all) < 100 {
		t.Fatalf("%d lines, %v", len(all), err)
	}
	return all
}
