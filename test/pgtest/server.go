package pgtest

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
)

// ErrNotInstalled means that this machine has no PostgreSQL, or no pgbouncer.
var ErrNotInstalled = errors.New("not installed")

// Start starts the server for a program that is no test.
func (c *Cluster) Start(ctx context.Context) error {
	bin, ok := installed()
	if !ok {
		return fmt.Errorf("PostgreSQL: %w (apt-get install postgresql-15)", ErrNotInstalled)
	}
	c.start.Do(func() { c.err = c.run(ctx, bin, "") })
	if c.err != nil {
		return fmt.Errorf("start PostgreSQL: %w", c.err)
	}
	return nil
}

// Again starts a crashed server again and returns when it answers.
func (c *Cluster) Again(ctx context.Context) error {
	bin, _ := installed()
	if err := c.up(ctx, bin); err != nil {
		return fmt.Errorf("start PostgreSQL again: %w", err)
	}
	return nil
}

// Do runs a statement in the database of the administrator.
func (c *Cluster) Do(ctx context.Context, query string, args ...any) error {
	if err := c.exec(ctx, query, args...); err != nil {
		return fmt.Errorf("%s: %w", query, err)
	}
	return nil
}

// Addr returns where the server listens.
func (c *Cluster) Addr() string { return net.JoinHostPort("127.0.0.1", strconv.Itoa(c.Port)) }

// PID returns the server's first process, the parent of all others.
func (c *Cluster) PID() int { return c.process.Process.Pid }

// Standby copies the running server and returns the copy, which follows it by streaming
// replication and listens on a port of 127.0.0.1. Stop the copy too.
func (c *Cluster) Standby(ctx context.Context, port int) (s *Cluster, err error) {
	bin, _ := installed()
	s = &Cluster{Settings: c.Settings, Port: port}
	s.start.Do(func() {}) // it has its data already
	defer func() {
		if err != nil {
			s.Stop()
			err = fmt.Errorf("make a standby: %w", err)
		}
	}()
	if s.dir, err = os.MkdirTemp("", "pg"); err != nil {
		return nil, err
	}
	if err := give(s.dir); err != nil {
		return nil, err
	}
	// A password is not asked for, but a replication connection needs the user's name.
	from := fmt.Sprintf("host=127.0.0.1 port=%d user=%s application_name=standby", c.Port, User)
	backup := as(exec.CommandContext(ctx, filepath.Join(bin, "pg_basebackup"), "-D", s.data(), "-d", from, "-R", "-X", "stream", "-c", "fast", "--no-sync"))
	if out, err := backup.CombinedOutput(); err != nil {
		return nil, fmt.Errorf("pg_basebackup: %w: %s", err, out)
	}
	return s, s.up(ctx, bin)
}

// Promote makes a standby a primary.
func (c *Cluster) Promote(ctx context.Context) error {
	return c.Do(ctx, `SELECT pg_promote(true, 60)`)
}
