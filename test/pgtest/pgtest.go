// Package pgtest starts throw-away PostgreSQL servers for tests. It must not know what
// is stored in them.
package pgtest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"net/url"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"slices"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
)

// User is the owner of all databases; it needs no password.
const User = "parcelwatch"

// Cluster is a server that is started when the first database is asked for. Its zero
// value can be used. The test's main function must call Stop.
type Cluster struct {
	// Settings are more settings of the server, such as "max_connections=20".
	Settings []string
	// Port of 127.0.0.1; a free one if 0.
	Port int

	start   sync.Once
	ready   sync.Once
	err     error
	dir     string
	process *exec.Cmd
	exited  chan struct{}
	made    atomic.Int64
}

// Run runs the tests of a package and stops the cluster.
func (c *Cluster) Run(m *testing.M) int {
	defer c.Stop()
	return m.Run()
}

// Database makes a database and returns its URL. A template is copied unless its name is
// empty. The test is skipped where PostgreSQL is not installed.
func (c *Cluster) Database(tb testing.TB, template string) string {
	tb.Helper()
	c.Need(tb)
	name := fmt.Sprintf("db%d", c.made.Add(1))
	query := "CREATE DATABASE " + name
	if template != "" {
		query += " TEMPLATE " + template + " STRATEGY FILE_COPY" // else all of it goes through the log
	}
	c.Exec(tb, query)
	return c.URL(name)
}

// Ready returns the URL of a new copy of a database that prepare has filled, once for all
// tests.
func (c *Cluster) Ready(tb testing.TB, prepare func(url string) error) string {
	tb.Helper()
	c.Need(tb)
	c.ready.Do(func() {
		c.Exec(tb, "CREATE DATABASE ready")
		if err := prepare(c.URL("ready")); err != nil {
			tb.Fatal(err)
		}
	})
	return c.Database(tb, "ready")
}

// Need skips the test where PostgreSQL is not installed, and starts the server.
func (c *Cluster) Need(tb testing.TB) {
	tb.Helper()
	bin, ok := installed()
	if !ok {
		tb.Skip("PostgreSQL is not installed (apt-get install postgresql-15)")
	}
	// A database is 300 files. As they are never synced to a disk, they need not be on one.
	c.start.Do(func() { c.err = c.run(context.Background(), bin, Memory()) })
	if c.err != nil {
		tb.Fatalf("start PostgreSQL: %v", c.err)
	}
}

// URL returns the URL of a database.
func (c *Cluster) URL(database string) string {
	addr := net.JoinHostPort("127.0.0.1", strconv.Itoa(c.Port))
	u := url.URL{Scheme: "postgres", User: url.User(User), Host: addr, Path: "/" + database, RawQuery: "sslmode=disable"}
	return u.String()
}

// Exec runs a statement in the database of the administrator.
func (c *Cluster) Exec(tb testing.TB, query string, args ...any) {
	tb.Helper()
	if err := c.exec(tb.Context(), query, args...); err != nil {
		tb.Fatalf("%s: %v", query, err)
	}
}

// Crash ends the server at once, without a clean shutdown.
func (c *Cluster) Crash() {
	_ = c.process.Process.Signal(quit)
	<-c.exited
}

// Up starts a crashed server again.
func (c *Cluster) Up(tb testing.TB) {
	tb.Helper()
	if err := c.Again(tb.Context()); err != nil {
		tb.Fatal(err)
	}
}

// Stop ends the server and removes its files.
func (c *Cluster) Stop() {
	if c.process != nil {
		c.Crash()
	}
	if c.dir != "" {
		_ = os.RemoveAll(c.dir)
	}
}

// Cut ends all connections to a database but the administrator's.
func (c *Cluster) Cut(tb testing.TB, database string) {
	tb.Helper()
	u, err := url.Parse(database)
	if err != nil {
		tb.Fatal(err)
	}
	c.Exec(tb, `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1`, u.Path[1:])
}

// Demand makes the server ask the user for the password.
func (c *Cluster) Demand(tb testing.TB, user string) {
	tb.Helper()
	file := filepath.Join(c.data(), "pg_hba.conf")
	was, err := os.ReadFile(file)
	if err != nil {
		tb.Fatal(err)
	}
	if err := os.WriteFile(file, append([]byte("host all "+user+" all scram-sha-256\n"), was...), 0o600); err != nil {
		tb.Fatal(err)
	}
	c.Exec(tb, `SELECT pg_reload_conf()`)
}

func (c *Cluster) exec(ctx context.Context, query string, args ...any) error {
	conn, err := pgx.Connect(ctx, c.URL("postgres"))
	if err != nil {
		return err
	}
	_, err = conn.Exec(ctx, query, args...)
	return errors.Join(err, conn.Close(ctx))
}

// run makes a server in a new folder within another one, and starts it.
func (c *Cluster) run(ctx context.Context, bin, within string) (err error) {
	if c.dir, err = os.MkdirTemp(within, "pg"); err != nil {
		return err
	}
	if err := give(c.dir); err != nil {
		return err
	}
	initdb := as(exec.Command(filepath.Join(bin, "initdb"), "-D", c.data(), "-U", User, "-A", "trust", "--no-sync", "-E", "UTF8", "--locale=C.UTF-8")) //nolint:noctx // bounded by itself
	if out, err := initdb.CombinedOutput(); err != nil {
		return fmt.Errorf("initdb: %w: %s", err, out)
	}
	if c.Port == 0 {
		if c.Port, err = FreePort(); err != nil {
			return err
		}
	}
	return c.up(ctx, bin)
}

func (c *Cluster) data() string { return filepath.Join(c.dir, "data") }

func (c *Cluster) up(ctx context.Context, bin string) error {
	args := []string{"-D", c.data(), "-p", strconv.Itoa(c.Port), "-k", c.dir}
	for _, s := range append([]string{
		"listen_addresses=127.0.0.1", "max_connections=200", "fsync=off", "synchronous_commit=off", "full_page_writes=off",
		"shared_buffers=32MB", "log_min_messages=fatal", "autovacuum=off",
	}, c.Settings...) {
		args = append(args, "-c", s)
	}
	var log bytes.Buffer
	c.process = as(exec.Command(filepath.Join(bin, "postgres"), args...)) //nolint:noctx // ended by Stop
	c.process.Stderr = &log
	c.exited = make(chan struct{})
	if err := launch(c.process, c.exited); err != nil {
		return err
	}
	// Until then the server refuses connections.
	return await(ctx, c.exited, &log, func(ctx context.Context) error { return c.exec(ctx, "SELECT 1") })
}

// await tries until that succeeds, the process ends or a minute has passed.
func await(ctx context.Context, exited <-chan struct{}, log *bytes.Buffer, try func(context.Context) error) error {
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for {
		err := try(ctx)
		if err == nil {
			return nil
		}
		select {
		case <-exited:
			return fmt.Errorf("it ended: %s", log.Bytes())
		case <-ctx.Done():
			return err
		case <-tick.C:
		}
	}
}

// account returns the ids of the account that runs PostgreSQL, which refuses root.
func account() (uid, gid int, err error) {
	u, err := user.Lookup("postgres")
	if err != nil {
		return 0, 0, err
	}
	uid, err = strconv.Atoi(u.Uid)
	gid, gerr := strconv.Atoi(u.Gid)
	return uid, gid, errors.Join(err, gerr)
}

// give makes the account the owner of a folder.
func give(dir string) error {
	if os.Geteuid() != 0 {
		return nil
	}
	uid, gid, err := account()
	return errors.Join(err, os.Chown(dir, uid, gid))
}

// FreePort returns a port of 127.0.0.1 that nothing uses now.
func FreePort() (int, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0") //nolint:noctx // at once
	if err != nil {
		return 0, err
	}
	addr, ok := l.Addr().(*net.TCPAddr)
	if err := l.Close(); err != nil || !ok {
		return 0, errors.Join(err, errors.ErrUnsupported)
	}
	return addr.Port, nil
}

// installed returns the folder of PostgreSQL's programs.
func installed() (bin string, ok bool) {
	found, err := filepath.Glob("/usr/lib/postgresql/*/bin/initdb")
	if err != nil || len(found) == 0 {
		return "", false
	}
	slices.Sort(found)
	return filepath.Dir(found[len(found)-1]), true
}
