//go:build linux

package scale

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/jackc/pgx/v5/pgxpool"

	"parcelwatch/test/pgtest"
	"parcelwatch/test/proof/internal/lab"
	"parcelwatch/test/rig"
)

// world is everything around the daemons, and the daemons.
type world struct {
	size    size
	env     *lab.Env
	log     *slog.Logger
	dir     string
	dovecot *rig.Dovecot
	sink    *rig.Sink
	posts   []*post
	primary *pgtest.Cluster
	standby *pgtest.Cluster
	pooler  *pgtest.Pooler
	ports   int           // of the primary; the next one is the standby's
	db      *pgxpool.Pool // whichever server is the primary
	daemons []*rig.Daemon
	visited []int64 // parcels that were made due
}

// crowded are the lines of a Dovecot that holds thousands of connections.
const crowded = `
default_client_limit = 20000
default_process_limit = 5000
mailbox_idle_check_interval = 1 secs
service imap-login {
  service_count = 0
  process_min_avail = 2
  process_limit = 4
  client_limit = 5000
  vsz_limit = 1G
}
service imap {
  service_count = 0
  client_limit = 200
  process_min_avail = 8
  process_limit = 100
}
`

// settings make the servers durable, as real ones are, which tests need not be.
func settings() []string {
	return []string{
		"fsync=on", "synchronous_commit=on", "full_page_writes=on", "autovacuum=on", "max_wal_size=4GB", "shared_buffers=512MB",
		"default_toast_compression=lz4", "checkpoint_timeout=15min", "wal_keep_size=512MB",
	}
}

// build starts everything but the daemons. close ends what was started, also where build
// has failed.
func (w *world) build(ctx context.Context) error {
	var err error
	if w.dir, err = w.env.Folder("scale"); err != nil {
		return err
	}
	// Not a port that the system gives to others while the server is down.
	if w.ports, err = rig.FreePorts(ctx, 2); err != nil {
		return err
	}
	w.primary = &pgtest.Cluster{Settings: settings(), Port: w.ports}
	if err := w.primary.Start(ctx); errors.Is(err, pgtest.ErrNotInstalled) {
		return fmt.Errorf("%w: %w", rig.ErrNotHere, err)
	} else if err != nil {
		return err
	}
	if err := w.primary.Do(ctx, `CREATE DATABASE `+database); err != nil {
		return err
	}
	if w.db, err = pgxpool.New(ctx, w.url(w.addresses())); err != nil {
		return fmt.Errorf("look at the database: %w", err)
	}
	if w.dovecot, err = rig.NewDovecot(ctx, filepath.Join(w.dir, "dovecot")); err != nil {
		return err
	}
	users, err := lab.AnyUser()
	if err != nil {
		return err
	}
	if err := w.dovecot.Up(ctx, users+crowded); err != nil {
		return err
	}
	if w.sink, err = rig.OpenSink(ctx); err != nil {
		return err
	}
	for i := range w.size.posts {
		w.posts = append(w.posts, openPost(fmt.Sprintf("post%02d", i), share(i)))
	}
	w.posts = append(w.posts, openPost("thrifty", thrifty))
	for i := range daemons {
		d, err := w.newDaemon(fmt.Sprintf("d%d", i+1), w.url(w.addresses()))
		if err != nil {
			return err
		}
		w.daemons = append(w.daemons, d)
	}
	return nil
}

func (w *world) close(ctx context.Context) {
	for _, d := range w.daemons {
		d.Close()
	}
	for _, p := range w.posts {
		p.close()
	}
	if w.sink != nil {
		w.sink.Close()
	}
	if w.dovecot != nil {
		_ = w.dovecot.Down(context.WithoutCancel(ctx))
	}
	if w.db != nil {
		w.db.Close()
	}
	if w.pooler != nil {
		w.pooler.Stop()
	}
	for _, c := range []*pgtest.Cluster{w.standby, w.primary} {
		if c != nil {
			c.Stop()
		}
	}
}

const database = "households"

// addresses are those of both servers, of which only the first exists in the beginning.
func (w *world) addresses() string {
	return w.primary.Addr() + "," + net.JoinHostPort("127.0.0.1", strconv.Itoa(w.ports+1))
}

func (*world) url(addresses string) string {
	u := url.URL{
		Scheme: "postgres", User: url.User(pgtest.User), Host: addresses, Path: "/" + database,
		RawQuery: "sslmode=disable&target_session_attrs=read-write&connect_timeout=2",
	}
	return u.String()
}

// newDaemon writes the configuration of a daemon into a folder of its own.
func (w *world) newDaemon(name, store string) (*rig.Daemon, error) {
	dir := filepath.Join(w.dir, name)
	if err := os.Mkdir(dir, 0o700); err != nil {
		return nil, fmt.Errorf("make folder: %w", err)
	}
	key := filepath.Join(dir, "key")
	if err := os.WriteFile(key, []byte(strings.Repeat("k", 40)), 0o600); err != nil {
		return nil, fmt.Errorf("write a key: %w", err)
	}
	var more strings.Builder
	fmt.Fprintf(&more, "key = { file = %q }\n", key)
	for _, p := range w.posts {
		budget := 10_000
		if p.name == "thrifty" {
			budget = w.size.thrift
		}
		more.WriteString(p.section(budget))
	}
	more.WriteString("[log]\nlevel = \"info\"\n")
	c := rig.Config{Dir: dir, Database: store, SMTP: w.sink.Addr, Digests: digest(home(0)), More: more.String()}
	for i := range boxes {
		c.Mailboxes = append(c.Mailboxes, rig.Mailbox{
			Name: fmt.Sprintf("box%d", i+1), Host: "127.0.0.1", Port: w.dovecot.Port + 1, User: user(home(0), i), CA: w.dovecot.CA(),
		})
	}
	site, err := c.Write()
	return rig.NewDaemon(w.env.Daemon, site), err
}

// digest is sent every minute if there is something to tell.
func digest(home string) string {
	return fmt.Sprintf("[[digest]]\nto = [\"%s@example.org\"]\ncron = \"* * * * *\"\nurgent = []\n", home)
}

// document is the file of one household.
func (w *world) document(home string) string {
	var b strings.Builder
	b.WriteString("destination = \"RU\"\nlanguage = \"en\"\ntimezone = \"UTC\"\n")
	for i := range boxes {
		fmt.Fprintf(&b, "[[mailbox]]\nname = \"box%d\"\nhost = \"127.0.0.1\"\nport = %d\nusername = %q\npassword = %q\ntls = \"tls\"\nca = %q\ntrusted_authserv = [\"mx.rig.test\"]\n",
			i+1, w.dovecot.Port+1, user(home, i), rig.Password, w.dovecot.CA())
	}
	b.WriteString(strings.Replace(digest(home), "to =", "quiet = \"00:00-00:00\"\nto =", 1))
	return b.String()
}

// apply puts all households but the configuration's own into the store.
func (w *world) apply(ctx context.Context) error {
	dir := filepath.Join(w.dir, "households")
	if err := os.Mkdir(dir, 0o700); err != nil {
		return fmt.Errorf("make folder: %w", err)
	}
	args := []string{"household", "apply"}
	for n := 1; n < w.size.households; n++ {
		file := filepath.Join(dir, home(n)+".toml")
		if err := os.WriteFile(file, []byte(w.document(home(n))), 0o600); err != nil {
			return fmt.Errorf("write a household: %w", err)
		}
		args = append(args, file)
	}
	_, err := w.daemons[0].Command(ctx, args...)
	return err
}

// count asks the database for a number.
func (w *world) count(ctx context.Context, query string, args ...any) (n int, err error) {
	if err := w.db.QueryRow(ctx, query, args...).Scan(&n); err != nil {
		return 0, fmt.Errorf("look at the database: %w", err)
	}
	return n, nil
}
