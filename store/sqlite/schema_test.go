package sqlite_test

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"parcelwatch/internal/message"
	"parcelwatch/parcel"
	"parcelwatch/parcel/number"
	"parcelwatch/store"
	"parcelwatch/store/sqlite"
	"parcelwatch/store/storetest"
)

var update = flag.Bool("update", false, "write the dump of a schema that has none yet, and what is read from each")

var schemas = filepath.Join("..", "..", "testdata", "schema")

// Every past schema is kept as a dump of a store with contents, made by the program
// of its time and never changed again.
func TestOldSchemas(t *testing.T) {
	t.Parallel()
	steps, err := fs.Glob(sqlite.Steps(), "*.sql")
	if err != nil || len(steps) == 0 {
		t.Fatalf("schema steps = %v, %v", steps, err)
	}
	fresh := filepath.Join(t.TempDir(), "fresh.db")
	fill(t, open(t, fresh))
	newest := filepath.Join(schemas, steps[len(steps)-1])
	if _, err := os.Stat(newest); *update && errors.Is(err, fs.ErrNotExist) {
		write(t, newest, []byte(dump(t, fresh)))
	}
	want := shape(t, fresh)
	for _, step := range steps {
		t.Run("upgrades to the shape of a fresh one: "+step, func(t *testing.T) {
			t.Parallel()
			script, err := os.ReadFile(filepath.Join(schemas, step))
			if err != nil {
				t.Fatalf("a schema without its dump (make one with -update): %v", err)
			}
			path := filepath.Join(t.TempDir(), "old.db")
			runScript(t, path, string(script))
			db := open(t, path)
			if diff := cmp.Diff(want, shape(t, path)); diff != "" {
				t.Errorf("shape (-fresh +upgraded):\n%s", diff)
			}
			for i, p := range get(t, db.FollowedParcels) {
				if diff := cmp.Diff(sqlite.Outline(p), get(t, db.Outlines)[i], cmpopts.EquateEmpty()); diff != "" {
					t.Errorf("outline of parcel %d (-saved +upgraded):\n%s", p.ID, diff)
				}
			}
			golden(t, strings.TrimSuffix(step, ".sql")+".json", contents(t, db))
			if err := db.Check(t.Context()); err != nil {
				t.Error(err)
			}
		})
	}
}

func TestANewStoreIsWhatTheStepsMake(t *testing.T) {
	t.Parallel()
	stepwise := filepath.Join(t.TempDir(), "steps.db")
	db, err := sqlite.OpenSteps(t.Context(), stepwise, sqlite.Steps(), sqlite.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	if *update {
		write(t, "schema.sql", []byte(tables(t, stepwise)))
		t.Skip("written: the next build of the program has it")
	}
	if diff := cmp.Diff(string(read(t, "schema.sql")), tables(t, stepwise)); diff != "" {
		t.Fatalf("schema.sql (-file +steps), -update writes it:\n%s", diff)
	}
	whole := filepath.Join(t.TempDir(), "whole.db")
	if err := open(t, whole).Close(); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(shape(t, stepwise), shape(t, whole)); diff != "" {
		t.Errorf("shape (-steps +whole):\n%s", diff)
	}
	withoutTimes := func(path string) string {
		return regexp.MustCompile(`'\d{4}-\d\d-\d\d \d\d:\d\d:\d\d'`).ReplaceAllString(dump(t, path), "''")
	}
	if diff := cmp.Diff(withoutTimes(stepwise), withoutTimes(whole)); diff != "" {
		t.Errorf("contents (-steps +whole):\n%s", diff)
	}
}

// get returns a list of followed parcels.
func get(t *testing.T, list func(context.Context, []int64) ([]parcel.Parcel, error)) []parcel.Parcel {
	t.Helper()
	parcels, err := list(t.Context(), nil)
	if err != nil || len(parcels) == 0 {
		t.Fatalf("%d parcels: %v", len(parcels), err)
	}
	return parcels
}

func TestUpgrade(t *testing.T) {
	t.Parallel()
	t.Run("why a mail was not understood becomes messages", func(t *testing.T) {
		t.Parallel()
		script, err := os.ReadFile(filepath.Join(schemas, "0002_faults.sql"))
		if err != nil {
			t.Fatal(err)
		}
		path := filepath.Join(t.TempDir(), "old.db")
		runScript(t, path, string(script)+`
			DELETE FROM not_understood;
			INSERT INTO not_understood (mail, subject, why, at) VALUES
				('home/INBOX/2', '', 'no order and no tracking number was found', 2),
				('home/INBOX/1', '', 'something "else"', 1);`)
		h, err := open(t, path).Health(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		var got [][]message.Text
		for _, n := range h.NotUnderstood {
			got = append(got, n.Why)
		}
		want := [][]message.Text{{message.New("why_nothing_found")}, {message.Raw(`something "else"`)}}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("reasons (-want +got):\n%s", diff)
		}
	})
	t.Run("a parcel and an order get a set of mailboxes", func(t *testing.T) {
		t.Parallel()
		script, err := os.ReadFile(filepath.Join(schemas, "0008_freshness.sql"))
		if err != nil {
			t.Fatal(err)
		}
		path := filepath.Join(t.TempDir(), "old.db")
		runScript(t, path, string(script)+`
			INSERT INTO parcel (id, doc, status, active, first_seen, origin, destination) VALUES
				(70, '{"title":"Лампа <1>","mailbox":"Дом \"2\""}', 'import', TRUE, 1, '', ''), (71, '{"title":"typed"}', 'import', TRUE, 2, '', '');
			INSERT INTO shop_order (id, doc, closed, first_seen) VALUES ('1', '{"id":"1","mailbox":"home"}', FALSE, 1), ('2', '{"id":"2"}', FALSE, 2);`)
		db := open(t, path)
		orders, err := db.FollowedOrders(t.Context(), nil)
		if err != nil || len(orders) < 2 || !slices.Equal(orders[0].Mailboxes, []string{"home"}) || orders[1].Mailboxes != nil {
			t.Errorf("orders %+v, error %v", orders, err)
		}
		parcels, err := db.FollowedParcels(t.Context(), nil)
		if err != nil || !slices.Equal(parcels[0].Mailboxes, []string{`Дом "2"`}) || parcels[0].Title != "Лампа <1>" || parcels[1].Mailboxes != nil {
			t.Errorf("parcels %+v, error %v", parcels, err)
		}
		if got, err := db.Unwatched(t.Context(), []string{"home"}); err != nil || len(got) != 1 || got[0] != (store.Unwatched{Mailbox: `Дом "2"`, Parcels: 1}) {
			t.Errorf("unwatched mailboxes %+v, error %v", got, err)
		}
	})
	t.Run("keeps what is there and a copy of what was", func(t *testing.T) {
		t.Parallel()
		path := filepath.Join(t.TempDir(), "p.db")
		put(t, open(t, path), "RB123456785CN")
		last := steps(t)
		for version := last + 1; version <= last+3; version++ {
			db, err := sqlite.OpenSteps(t.Context(), path, later(t, version, "CREATE TABLE t%d (x TEXT);"), sqlite.Options{})
			if err != nil {
				t.Fatal(err)
			}
			if _, err := db.ParcelByNumber(t.Context(), "RB123456785CN"); err != nil {
				t.Errorf("after step %d: %v", version, err)
			}
			if err := db.Close(); err != nil {
				t.Fatal(err)
			}
		}
		copies, err := filepath.Glob(path + ".schema-*.bak")
		if err != nil || len(copies) != 2 {
			t.Fatalf("copies = %v, %v; want those of the last two steps", copies, err)
		}
		old, err := sqlite.OpenSteps(t.Context(), copies[0], later(t, last+3, "CREATE TABLE t%d (x TEXT);"), sqlite.Options{})
		if err != nil {
			t.Fatal(err)
		}
		defer old.Close()
		if _, err := old.ParcelByNumber(t.Context(), "RB123456785CN"); err != nil {
			t.Errorf("in the copy: %v", err)
		}
	})

	t.Run("a step that fails leaves the store as it was", func(t *testing.T) {
		t.Parallel()
		path := filepath.Join(t.TempDir(), "p.db")
		db := open(t, path)
		put(t, db, "RB123456785CN")
		before := shape(t, path)
		_, err := sqlite.OpenSteps(t.Context(), path, later(t, steps(t)+1, "CREATE TABLE t%d (x TEXT); INSERT INTO nowhere VALUES (1);"), sqlite.Options{})
		if err == nil || !strings.Contains(err.Error(), fmt.Sprintf("schema %d to %d", steps(t), steps(t)+1)) {
			t.Errorf("Open = %v, want the failed step named", err)
		}
		if diff := cmp.Diff(before, shape(t, path)); diff != "" {
			t.Errorf("shape after a failed step (-before +after):\n%s", diff)
		}
		if _, err := open(t, path).ParcelByNumber(t.Context(), "RB123456785CN"); err != nil {
			t.Error(err)
		}
	})
}

func TestAChangeRecordedUnderItsOldKeyIsNotRecordedAgain(t *testing.T) {
	t.Parallel()
	script, err := os.ReadFile(filepath.Join(schemas, "0002_faults.sql"))
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "old.db")
	runScript(t, path, string(script)+`
		INSERT INTO change (key, parcel_id, quiet, at, doc) VALUES ('RB123456785CN@2026-03-01|moved|export|2026-03-02', 7, FALSE, 0, '{"kind":"moved"}');
		INSERT INTO change (key, parcel_id, quiet, at, doc) VALUES ('8190000000000117|order|shipped', 0, FALSE, 0, '{"kind":"order_step"}');`)
	db := open(t, path)
	count := func() (n int) {
		for _, id := range []int64{0, 7, 8} {
			changes, err := db.Changes(t.Context(), id)
			if err != nil {
				t.Fatal(err)
			}
			n += len(changes)
		}
		return n
	}
	before := count()
	for _, c := range []struct {
		change parcel.Change
		more   int
	}{
		{parcel.Change{Kind: parcel.ChangeMoved, Parcel: 7, Key: "moved/export/2026-03-02"}, 0},
		{parcel.Change{Kind: parcel.ChangeOrderStep, Key: "order/8190000000000117/shipped"}, 0},
		{parcel.Change{Kind: parcel.ChangeMoved, Parcel: 8, Key: "moved/export/2026-03-02"}, 1},
	} {
		if err := db.Tell(t.Context(), []parcel.Change{c.change}); err != nil {
			t.Fatal(err)
		}
		if got := count() - before; got != c.more {
			t.Errorf("after %s of parcel %d there are %d more changes, want %d", c.change.Key, c.change.Parcel, got, c.more)
		}
	}
}

func TestRefused(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name  string
		want  error
		words string
		spoil func(t *testing.T, path string)
	}{
		{"a newer schema", store.ErrNewer, "install the newer program", func(t *testing.T, path string) {
			t.Helper()
			db, err := sqlite.OpenSteps(t.Context(), path, later(t, steps(t)+1, "CREATE TABLE t%d (x TEXT);"), sqlite.Options{})
			if err != nil {
				t.Fatal(err)
			}
			if err := db.Close(); err != nil {
				t.Fatal(err)
			}
		}},
		{"another program's database", store.ErrForeign, "another file", func(t *testing.T, path string) {
			t.Helper()
			if err := os.Remove(path); err != nil {
				t.Fatal(err)
			}
			runScript(t, path, "CREATE TABLE bookmarks (url TEXT)")
		}},
		{"a text", store.ErrCorrupt, "restore a backup", func(t *testing.T, path string) {
			t.Helper()
			write(t, path, bytes.Repeat([]byte("no database at all\n"), 100))
		}},
		{"a file cut short", store.ErrCorrupt, "restore a backup", func(t *testing.T, path string) {
			t.Helper()
			write(t, path, read(t, path)[:9000])
		}},
		{"a page of zeros", store.ErrCorrupt, "restore a backup", func(t *testing.T, path string) {
			t.Helper()
			b := read(t, path)
			clear(b[2*4096 : 3*4096])
			write(t, path, b)
		}},
		{"pages of noise", store.ErrCorrupt, "restore a backup", func(t *testing.T, path string) {
			t.Helper()
			b := read(t, path)
			for i := 5 * 4096; i < len(b); i++ {
				b[i] = byte(i * 7)
			}
			write(t, path, b)
		}},
	} {
		t.Run(tc.name+" is refused in words and stays untouched", func(t *testing.T) {
			t.Parallel()
			path := filled(t)
			tc.spoil(t, path)
			before, files := read(t, path), names(t, filepath.Dir(path))
			_, err := sqlite.Open(t.Context(), path, sqlite.Options{})
			if !errors.Is(err, tc.want) {
				t.Fatalf("Open = %v, want %v", err, tc.want)
			}
			for _, word := range []string{path, tc.words} {
				if !strings.Contains(err.Error(), word) {
					t.Errorf("%q does not say %q", err, word)
				}
			}
			if !bytes.Equal(before, read(t, path)) {
				t.Error("the file was written to")
			}
			if got := names(t, filepath.Dir(path)); got != files {
				t.Errorf("files = %s, want %s", got, files)
			}
			if err := briefly(t, path); !errors.Is(err, tc.want) {
				t.Errorf("opened briefly and checked: %v, want %v", err, tc.want)
			}
		})
	}
}

// filled returns the path of a store with something in it, closed.
func filled(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "p.db")
	db := open(t, path)
	fill(t, db)
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	return path
}

// briefly opens a store without reading it whole, and checks it.
func briefly(t *testing.T, path string) error {
	t.Helper()
	db, err := sqlite.Open(t.Context(), path, sqlite.Options{Brief: true})
	if err != nil {
		return err
	}
	defer db.Close()
	return db.Check(t.Context())
}

func TestABriefOpenReadsAFileWholeOnlyBeforeAStep(t *testing.T) {
	t.Parallel()
	path := filled(t)
	spoilt := read(t, path)
	clear(spoilt[len(spoilt)-4096:])
	write(t, path, spoilt)
	if _, err := sqlite.Open(t.Context(), path, sqlite.Options{}); !errors.Is(err, store.ErrCorrupt) {
		t.Errorf("opened to stay: %v, want ErrCorrupt", err)
	}
	newer := later(t, steps(t)+1, "CREATE TABLE t%d (x TEXT);")
	if _, err := sqlite.OpenSteps(t.Context(), path, newer, sqlite.Options{Brief: true}); !errors.Is(err, store.ErrCorrupt) {
		t.Errorf("before a step of the schema: %v, want ErrCorrupt", err)
	}
	db, err := sqlite.Open(t.Context(), path, sqlite.Options{Brief: true})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if err := db.Check(t.Context()); !errors.Is(err, store.ErrCorrupt) {
		t.Errorf("checked: %v, want ErrCorrupt", err)
	}
}

// steps returns the number of schema steps.
func steps(t *testing.T) int64 {
	t.Helper()
	names, err := fs.Glob(sqlite.Steps(), "*.sql")
	if err != nil {
		t.Fatal(err)
	}
	return int64(len(names))
}

// later returns the real steps and one more for each version after them.
func later(t *testing.T, version int64, statement string) fs.FS {
	t.Helper()
	out := fstest.MapFS{}
	names, err := fs.Glob(sqlite.Steps(), "*.sql")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range names {
		b, err := fs.ReadFile(sqlite.Steps(), name)
		if err != nil {
			t.Fatal(err)
		}
		out[name] = &fstest.MapFile{Data: b}
	}
	for v := int64(len(names)) + 1; v <= version; v++ {
		out[fmt.Sprintf("%04d_later.sql", v)] = &fstest.MapFile{Data: fmt.Appendf(nil, "-- +goose Up\n"+statement+"\n", v)}
	}
	return out
}

// fill writes to every table that an upgrade must keep.
func fill(t *testing.T, db *sqlite.DB) {
	t.Helper()
	storetest.Fill(t, db)
}

// contents returns what is read from a filled store.
func contents(t *testing.T, db *sqlite.DB) map[string]any {
	t.Helper()
	out := map[string]any{}
	keep := func(name string, v any, err error) {
		if err != nil {
			t.Errorf("%s: %v", name, err)
		}
		out[name] = v
	}
	ctx := t.Context()
	parcels, err := db.Parcels(ctx)
	keep("parcels", parcels, err)
	orders, err := db.Orders(ctx)
	keep("orders", orders, err)
	pending, err := db.Pending(ctx, "me", time.Time{})
	keep("pending", pending, err)
	messages, err := db.DueMessages(ctx, storetest.Now().AddDate(1, 0, 0), 10)
	keep("messages", messages, err)
	health, err := db.Health(ctx)
	keep("health", health, err)
	answers, err := db.Answers(ctx, "upu")
	keep("answers", answers, err)
	beat, err := db.Heartbeat(ctx)
	keep("beat", beat, err)
	secret, err := db.Secret(ctx, "oauth/home")
	keep("secret", secret, err)
	var pos store.Checkpoint
	pos, err = db.Checkpoint(ctx, "home", "INBOX")
	keep("position", pos, err)
	moment, err := db.Reserve(ctx, "a.example", 0, storetest.Now())
	keep("moment", moment, err)
	keep("forgotten", forgotten(t, db), nil)
	return out
}

func forgotten(t *testing.T, db *sqlite.DB) []string {
	t.Helper()
	var out []string
	err := db.Apply(t.Context(), store.Scope{Numbers: []number.Number{storetest.ForgottenNumber}, Now: storetest.Now()},
		func(st *store.State) error {
			out = slices.Sorted(maps.Keys(st.Forgotten))
			return nil
		})
	if err != nil {
		t.Error(err)
	}
	return out
}

// shape returns the schema as SQLite keeps it, without the differences that
// altering a table leaves in the text.
func shape(t *testing.T, path string) []string {
	t.Helper()
	var out []string
	query(t, path, `SELECT type || ' ' || name || ' ' || coalesce(sql, '') FROM sqlite_schema ORDER BY type, name`, func(s string) {
		out = append(out, strings.Join(strings.Fields(s), " "))
	})
	return out
}

// dump returns the store as an SQL script.
func dump(t *testing.T, path string) string {
	t.Helper()
	var b strings.Builder
	b.WriteString(tables(t, path))
	var names []string
	query(t, path, `SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY rowid`, func(s string) {
		names = append(names, s)
	})
	for _, table := range names {
		var columns []string
		query(t, path, `SELECT name FROM pragma_table_info('`+table+`')`, func(s string) { columns = append(columns, s) })
		values := "quote(" + strings.Join(columns, ") || ', ' || quote(") + ")"
		query(t, path, `SELECT `+values+` FROM `+table, func(s string) {
			fmt.Fprintf(&b, "INSERT INTO %s VALUES (%s);\n", table, s)
		})
	}
	return b.String()
}

// tables returns the statements that make the tables and indexes of a store.
func tables(t *testing.T, path string) string {
	t.Helper()
	var b strings.Builder
	query(t, path, `SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite_%' ORDER BY rowid`, func(s string) {
		b.WriteString(s + ";\n")
	})
	return b.String()
}

func runScript(t *testing.T, path, script string) {
	t.Helper()
	raw(t, path, func(ctx context.Context, db *sql.DB) error {
		_, err := db.ExecContext(ctx, script)
		return err
	})
}

func query(t *testing.T, path, q string, each func(string)) {
	t.Helper()
	raw(t, path, func(ctx context.Context, db *sql.DB) error {
		rows, err := db.QueryContext(ctx, q)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var s string
			if err := rows.Scan(&s); err != nil {
				return err
			}
			each(s)
		}
		return rows.Err()
	})
}

func raw(t *testing.T, path string, f func(context.Context, *sql.DB) error) {
	t.Helper()
	db, err := sql.Open("sqlite", path)
	if err == nil {
		err = errors.Join(f(t.Context(), db), db.Close())
	}
	if err != nil {
		t.Fatal(err)
	}
}

func golden(t *testing.T, name string, v any) {
	t.Helper()
	got, err := json.MarshalIndent(v, "", " ")
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(schemas, name)
	if *update {
		write(t, file, append(got, '\n'))
	}
	if diff := cmp.Diff(string(bytes.TrimSpace(read(t, file))), string(got)); diff != "" {
		t.Errorf("%s (-want +got):\n%s", name, diff)
	}
}

func read(t *testing.T, file string) []byte {
	t.Helper()
	b, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func write(t *testing.T, file string, b []byte) {
	t.Helper()
	if err := os.WriteFile(file, b, 0o600); err != nil {
		t.Fatal(err)
	}
}
