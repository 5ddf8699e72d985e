package postgres_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net"
	"net/url"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"parcelwatch/store"
)

// freezer is a way to the database that stops passing anything on when a program is about
// to commit, without ending a connection, as when the program is frozen.
type freezer struct {
	to       string
	listener net.Listener
	armed    atomic.Bool
	once     sync.Once
	frozen   chan struct{} // closed when a commit was held back
	thawed   chan struct{} // closed by the test
}

// freezing returns a freezer and the URL of the database through it.
func freezing(t *testing.T, database string) (*freezer, string) {
	t.Helper()
	u, err := url.Parse(database)
	if err != nil {
		t.Fatal(err)
	}
	listener, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	f := &freezer{to: u.Host, listener: listener, frozen: make(chan struct{}), thawed: make(chan struct{})}
	ctx, stop := context.WithCancel(context.Background())
	var work sync.WaitGroup
	work.Go(func() { f.serve(ctx, &work) })
	t.Cleanup(func() {
		stop()
		_ = listener.Close()
		work.Wait()
	})
	u.Host = listener.Addr().String()
	return f, u.String()
}

func (f *freezer) serve(ctx context.Context, work *sync.WaitGroup) {
	for {
		client, err := f.listener.Accept()
		if err != nil {
			return
		}
		server, err := (&net.Dialer{}).DialContext(ctx, "tcp", f.to)
		if err != nil {
			_ = client.Close()
			continue
		}
		closing := func() {
			_ = client.Close()
			_ = server.Close()
		}
		context.AfterFunc(ctx, closing)
		for _, way := range [][2]net.Conn{{client, server}, {server, client}} {
			work.Go(func() {
				defer closing()
				f.pass(ctx, way[0], way[1], way[0] == client)
			})
		}
	}
}

// pass passes on what one side says, as long as nothing is frozen.
func (f *freezer) pass(ctx context.Context, from io.Reader, to io.Writer, commits bool) {
	buf := make([]byte, 64<<10)
	for {
		n, err := from.Read(buf)
		if commits && f.armed.Load() && bytes.Contains(buf[:n], []byte("commit")) {
			f.once.Do(func() { close(f.frozen) })
		}
		select {
		case <-f.frozen:
			if f.hold(ctx) {
				return
			}
		default:
		}
		if _, werr := to.Write(buf[:n]); err != nil || werr != nil {
			return
		}
	}
}

// hold reports whether a connection was held until the test thawed it, so that it ends.
func (f *freezer) hold(ctx context.Context) bool {
	select {
	case <-f.thawed:
		return false
	default:
	}
	select {
	case <-f.thawed:
	case <-ctx.Done():
	}
	return true
}

// TestADaemonFrozenInATransactionIsReplaced freezes a daemon before the commit of a beat
// and of a write. The server ends that transaction, although the connection lasts.
func TestADaemonFrozenInATransactionIsReplaced(t *testing.T) {
	t.Parallel()
	for name, freeze := range map[string]func(ctx context.Context, db store.Store){
		"in a beat": func(ctx context.Context, db store.Store) {
			_, _ = db.Claim(ctx, store.Node{Name: "frozen"}, names(1))
		},
		"in a write": func(ctx context.Context, db store.Store) { _ = sign(ctx, db, names(1)[0], "old") },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			direct := database(t)
			way, through := freezing(t, direct)
			old, other := open(t, through), open(t, direct)
			begin(t, other, names(1))
			claim(t, old, names(1)...)
			way.armed.Store(true)
			var work sync.WaitGroup
			work.Go(func() { freeze(t.Context(), old) })
			<-way.frozen
			beat := time.NewTicker(store.NodeBeat / 8)
			defer beat.Stop()
			for len(claim(t, other, names(1)...).Held) == 0 {
				<-beat.C
			}
			if err := sign(t.Context(), other, names(1)[0], "new"); err != nil {
				t.Error(err)
			}
			if got := history(t, other, names(1)[0]); got != "new" {
				t.Errorf("history %q", got)
			}
			close(way.thawed)
			work.Wait()
			if err := sign(t.Context(), old, names(1)[0], "old"); !errors.Is(err, store.ErrLeaseLost) {
				t.Errorf("the frozen daemon writes later: %v", err)
			}
		})
	}
}
