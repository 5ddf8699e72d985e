package rig

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"testing"
	"time"

	"parcelwatch/store/sqlite"
)

// Main runs a package's tests with the path of the program, built once, in
// binary. Without PARCELWATCH_RIG nothing is built, since every test skips.
func Main(m *testing.M, binary *string) int {
	if os.Getenv("PARCELWATCH_RIG") == "" {
		return m.Run()
	}
	dir, err := os.MkdirTemp("", "parcelwatch-test-")
	if err == nil {
		defer func() { _ = os.RemoveAll(dir) }()
		*binary, err = Build(context.Background(), dir, "")
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return m.Run()
}

// Program is the real program in a test, which it does not outlive.
type Program struct {
	*Daemon

	tb testing.TB
}

// NewProgram writes the configuration into a folder of its own and returns the
// program on it, not yet started.
func NewProgram(tb testing.TB, binary string, c Config) *Program {
	tb.Helper()
	c.Dir = tb.TempDir()
	site, err := c.Write()
	if err != nil {
		tb.Fatal(err)
	}
	p := &Program{Daemon: NewDaemon(binary, site), tb: tb}
	tb.Cleanup(func() {
		p.Close()
		if tb.Failed() {
			tb.Logf("the end of the program's log:\n%s", p.Journal.Tail(40))
		}
	})
	return p
}

// Run starts the program.
func (p *Program) Run() {
	p.tb.Helper()
	if err := p.Start(p.tb.Context()); err != nil {
		p.tb.Fatal(err)
	}
}

// End stops the program as the system does.
func (p *Program) End() {
	p.tb.Helper()
	if _, err := p.Stop(10 * time.Second); err != nil {
		p.tb.Error(err)
	}
}

// Say returns what another command of the program prints, whatever its exit
// status.
func (p *Program) Say(args ...string) string {
	p.tb.Helper()
	ctx, cancel := context.WithTimeout(p.tb.Context(), 30*time.Second)
	defer cancel()
	out, err := exec.CommandContext(ctx, p.Binary, append(args, "--config", p.Site.Config)...).Output()
	if exit := (*exec.ExitError)(nil); err != nil && !errors.As(err, &exit) {
		p.tb.Fatal(err)
	}
	return string(out)
}

// Memory opens the program's store once the program has made it.
func (p *Program) Memory() *sqlite.DB {
	p.tb.Helper()
	Await(p.tb, "the store is made", 20*time.Second, func() bool { _, err := os.Stat(p.Site.Store); return err == nil })
	db, err := sqlite.Open(p.tb.Context(), p.Site.Store, sqlite.Options{})
	if err != nil {
		p.tb.Fatal(err)
	}
	p.tb.Cleanup(func() { _ = db.Close() })
	return db
}

// Await polls look until it returns true and fails the test after the limit.
func Await(tb testing.TB, what string, limit time.Duration, look func() bool) {
	tb.Helper()
	for began := time.Now(); !look(); time.Sleep(5 * time.Millisecond) {
		if time.Since(began) > limit {
			tb.Fatalf("still waiting after %v: %s", limit, what)
		}
	}
}
