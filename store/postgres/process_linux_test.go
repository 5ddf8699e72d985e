package postgres_test

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"os"
	process "os/exec"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"parcelwatch/store"
	"parcelwatch/store/postgres"
	"parcelwatch/store/storetest"
)

const daemonOf = "PARCELWATCH_TEST_DAEMON_OF"

// report is what a daemon's process says after each Claim.
type report struct {
	Node int64
	Held []string
	Lost bool
}

// daemonProcess is a daemon in a process of its own.
type daemonProcess struct {
	t       *testing.T
	cmd     *process.Cmd
	stdin   io.Closer
	reports chan report
}

// TestDaemonProcess is a daemon that claims households and writes for them until its
// standard input ends. Other tests start it.
func TestDaemonProcess(t *testing.T) {
	t.Parallel()
	url := os.Getenv(daemonOf)
	if url == "" {
		t.Skip("is started by other tests")
	}
	ctx, stop := context.WithCancel(t.Context())
	go func() {
		_, _ = io.Copy(io.Discard, os.Stdin)
		stop()
	}()
	db, err := postgres.Open(t.Context(), url, nil, store.Options{Now: storetest.Now})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	out := json.NewEncoder(os.Stdout)
	var work sync.WaitGroup
	writing := map[string]int64{}
	beat := time.NewTicker(store.NodeBeat / 4)
	defer beat.Stop()
	for ctx.Err() == nil {
		c, err := db.Claim(ctx, store.Node{Name: "a process", Started: storetest.Now()}, names(4))
		switch {
		case errors.Is(err, store.ErrLeaseLost):
			work.Wait() // they are refused, too
			_ = out.Encode(report{Lost: true})
			continue
		case err == nil:
			_ = out.Encode(report{Node: c.Node, Held: c.Held})
			if len(c.Surplus) > 0 {
				_ = db.Release(ctx, c.Surplus...) // while their work goes on
			}
		}
		for _, name := range c.Held {
			if writing[name] != c.Node {
				writing[name] = c.Node
				work.Go(func() { writeAs(ctx, db, name, c.Node) })
			}
		}
		select {
		case <-beat.C:
		case <-ctx.Done():
		}
	}
	work.Wait()
	if err := db.Release(t.Context()); err != nil {
		t.Error(err)
	}
}

// writeAs writes for a household as a node until the store refuses.
func writeAs(ctx context.Context, db store.Store, household string, node int64) {
	for !errors.Is(sign(ctx, db, household, string(rune(0x4e00+node))), store.ErrLeaseLost) && ctx.Err() == nil {
		rest(ctx)
	}
}

func start(t *testing.T, url string) *daemonProcess {
	t.Helper()
	p := &daemonProcess{t: t, reports: make(chan report, 1000)}
	p.cmd = process.CommandContext(t.Context(), os.Args[0], "-test.run=^TestDaemonProcess$")
	p.cmd.Env = append(os.Environ(), daemonOf+"="+url)
	stdin, err := p.cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	p.stdin = stdin
	stdout, err := p.cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := p.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	go func() {
		defer close(p.reports)
		for in := json.NewDecoder(stdout); ; {
			var r report
			if in.Decode(&r) != nil {
				return // the test's own line ends it
			}
			p.reports <- r
		}
	}()
	t.Cleanup(func() {
		_ = p.cmd.Process.Kill()
		_ = p.cmd.Wait()
	})
	return p
}

// until waits for a report.
func (p *daemonProcess) until(what string, is func(report) bool) (last report) {
	p.t.Helper()
	limit := time.NewTimer(time.Minute)
	defer limit.Stop()
	for {
		select {
		case r, ok := <-p.reports:
			if !ok {
				p.t.Fatalf("%s: the process ended after %+v", what, last)
			}
			if last = r; is(r) {
				return last
			}
		case <-limit.C:
			p.t.Fatalf("%s: the last report is %+v", what, last)
		}
	}
}

func (p *daemonProcess) signal(s syscall.Signal) {
	p.t.Helper()
	if err := p.cmd.Process.Signal(s); err != nil {
		p.t.Fatal(err)
	}
}

func holds(n int) func(report) bool { return func(r report) bool { return len(r.Held) == n } }

// TestProcessesTakeOverFromEachOther freezes, kills and stops daemons that write all the
// time.
func TestProcessesTakeOverFromEachOther(t *testing.T) {
	t.Parallel()
	url := database(t)
	db := open(t, url)
	begin(t, db, names(4))
	first := start(t, url)
	before := first.until("alone", holds(4))
	second := start(t, url)
	second.until("half", holds(2))
	first.until("half", holds(2))

	first.signal(syscall.SIGSTOP)
	second.until("all of the frozen one", holds(4))
	first.signal(syscall.SIGCONT)
	first.until("thawed", func(r report) bool { return r.Lost })
	if after := first.until("half again", holds(2)); after.Node == before.Node {
		t.Errorf("it is still node %d", after.Node)
	}
	second.until("half again", holds(2))

	first.signal(syscall.SIGKILL)
	second.until("all of the dead one", holds(4))

	third := start(t, url)
	third.until("half", holds(2))
	if err := second.stdin.Close(); err != nil {
		t.Fatal(err)
	}
	for range second.reports { // until it has ended
	}
	if err := second.cmd.Wait(); err != nil {
		t.Error(err)
	}
	if n := len(nodeIDs(t, db)); n != 1 {
		t.Errorf("%d daemons are alive after one of two has stopped", n)
	}
	third.until("all of the one that stopped", holds(4))

	for _, name := range names(4) {
		all := history(t, db, name)
		if _, ok := orderly(all); !ok || strings.TrimSpace(all) == "" {
			t.Errorf("%s was written by an old holder after a new one: %s", name, all)
		}
	}
}
