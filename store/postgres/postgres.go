// Package postgres implements the store in a PostgreSQL database, for installations
// that one machine does not carry. It must not know who uses the store or what a row
// means. Nothing depends on advisory locks or NOTIFY, which poolers and failovers lose.
package postgres

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net"
	"strconv"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"parcelwatch/store"
	"parcelwatch/store/internal/rows"
)

// connectTime bounds one attempt to connect, unless the URL does.
const connectTime = 5 * time.Second

var errText = errors.New("it contains a NUL character or is not UTF-8, which PostgreSQL cannot store")

// DB is an open store. Its household methods are those of [store.Home].
type DB struct {
	household
	rows.Installation
}

// household is the view of one household.
type household struct {
	*core
	rows.Household
}

// core is the database.
type core struct {
	where string // without a password
	sql   *rows.Dialect
	log   *slog.Logger
	now   func() time.Time
	pool  *pgxpool.Pool
	lease *lease
	node  membership
}

// Open opens the store at the URL. It makes the tables in an empty database and
// upgrades older ones.
func Open(ctx context.Context, url string, password Password, o store.Options) (*DB, error) {
	return open(ctx, &driver{url: url, password: password}, migrations(), o)
}

// Password returns the password of the user in a URL. It is asked for at each
// connection; nil is none.
type Password func(context.Context) (string, error)

func open(ctx context.Context, d *driver, steps fs.FS, o store.Options) (*DB, error) {
	c, err := d.connect(ctx)
	if err != nil {
		return nil, err
	}
	c.log, c.now = cmp.Or(o.Log, slog.New(slog.DiscardHandler)), o.Now
	if c.now == nil {
		c.now = time.Now //nolint:forbidigo // the default clock
	}
	if err := c.migrate(ctx, steps); err != nil {
		c.close()
		return nil, fmt.Errorf("open store %s: %w", c.where, c.said(ctx, "", err))
	}
	return &DB{c.view(store.Home), rows.NewInstallation(tables{c})}, nil
}

// connect makes the pool. It connects once, so that what is wrong is known.
func (d *driver) connect(ctx context.Context) (*core, error) {
	cfg, err := pgxpool.ParseConfig(d.url)
	if err != nil {
		return nil, fmt.Errorf("read the URL of the store: %w", err)
	}
	if cfg.ConnConfig.ConnectTimeout == 0 || !strings.Contains(d.url, "connect_timeout") {
		cfg.ConnConfig.ConnectTimeout = connectTime
	}
	if cfg.ConnConfig.RuntimeParams["application_name"] == "" {
		cfg.ConnConfig.RuntimeParams["application_name"] = "parcelwatch"
	}
	if d.password != nil {
		cfg.BeforeConnect = func(ctx context.Context, c *pgx.ConnConfig) (err error) {
			c.Password, err = d.password(ctx)
			return err
		}
	}
	c := &core{where: location(cfg.ConnConfig), sql: dialect(), lease: &d.lease}
	if c.pool, err = pgxpool.NewWithConfig(ctx, cfg); err != nil {
		return nil, fmt.Errorf("connect to the store: %w", err)
	}
	one := cfg.Copy()
	one.MinConns, one.MinIdleConns, one.MaxConns = 0, 0, 1
	if c.node.beats, err = pgxpool.NewWithConfig(ctx, one); err != nil {
		c.pool.Close()
		return nil, fmt.Errorf("connect to the store: %w", err)
	}
	if err := c.pool.Ping(ctx); err != nil {
		c.close()
		return nil, fmt.Errorf("connect to the store: %w", c.said(ctx, "", err))
	}
	return c, nil
}

// location names the database without its password.
func location(c *pgx.ConnConfig) string {
	host := c.Host
	if !strings.HasPrefix(host, "/") {
		host = net.JoinHostPort(host, strconv.Itoa(int(c.Port)))
	}
	return fmt.Sprintf("postgres://%s@%s/%s", c.User, host, c.Database)
}

// Household returns the view of one household.
func (db *DB) Household(name string) store.Household {
	h := db.view(name)
	return &h
}

// Unclaimed returns the store as it is for a program that never claims.
func (db *DB) Unclaimed() store.Store {
	c := &core{where: db.where, sql: db.sql, log: db.log, now: db.now, pool: db.pool, lease: db.lease}
	c.node.beats = db.node.beats
	return &DB{c.view(store.Home), rows.NewInstallation(tables{c})}
}

// Location names the database without its password.
func (db *DB) Location() string { return db.where }

// Close closes the connections. Closing again does nothing.
func (db *DB) Close() error {
	db.close()
	return nil
}

func (db *core) close() {
	db.node.beats.Close()
	db.pool.Close()
}

// SetSecret stores the value, or deletes it if the value is empty. A value that
// PostgreSQL cannot store is refused, because a changed one is worthless.
func (db *household) SetSecret(ctx context.Context, name, value string) error {
	if !plain(value) {
		return fmt.Errorf("keep secret %s: %w", name, errText)
	}
	return db.Household.SetSecret(ctx, name, value)
}

func (db *core) view(name string) household {
	return household{db, rows.NewHousehold(tables{db}, name)}
}
