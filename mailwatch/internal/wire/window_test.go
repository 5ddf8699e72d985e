package wire_test

import (
	"bufio"
	"io"
	"net"
	"runtime"
	"strings"
	"sync"
	"testing"
	"testing/synctest"

	"parcelwatch/mailwatch/internal/wire"
)

// TestConnectionsShareBuffers: two servers take turns in the middle of their responses.
func TestConnectionsShareBuffers(t *testing.T) {
	t.Parallel()
	var shared wire.Windows
	var said [2]net.Conn
	var heard [2]*bufio.Reader
	for i := range said {
		server, client := net.Pipe()
		defer server.Close()
		said[i], heard[i] = server, bufio.NewReader(wire.New(wire.NewMender(client, &shared), &shared))
	}
	want := [2]string{"* OK first\r\n* 1 EXISTS\r\n", "* OK second\r\n* 2 EXISTS\r\n"}
	for range 3 {
		for i, text := range want {
			go func() { // ends when it was read
				for piece := range strings.SplitSeq(text, " ") {
					_, _ = io.WriteString(said[i], piece+" ")
				}
			}()
		}
		for line := range 2 {
			for i, text := range want {
				got, err := heard[i].ReadString('\n')
				if wanted := strings.SplitAfter(text, "\n")[line]; err != nil || strings.TrimSpace(got) != strings.TrimSpace(wanted) {
					t.Fatalf("connection %d: %q, %v; want %q", i, got, err, wanted)
				}
			}
		}
	}
}

// TestIdleConnectionsHaveNoBuffers: 500 servers have said something and are silent.
func TestIdleConnectionsHaveNoBuffers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		shared := &wire.Windows{}
		var idle sync.WaitGroup
		var said []*io.PipeWriter
		before := live()
		for range 500 {
			from, server := io.Pipe()
			idle.Go(func() {
				r := wire.New(wire.NewMender(from, shared), shared)
				for p := make([]byte, 64); ; {
					if _, err := r.Read(p); err != nil {
						return
					}
				}
			})
			if _, err := io.WriteString(server, "* OK ready\r\n* 1 EXISTS\r\n"); err != nil {
				t.Fatal(err)
			}
			said = append(said, server)
		}
		synctest.Wait()
		if each := (live() - before) / 500; each > 8<<10 {
			t.Errorf("an idle connection keeps %d bytes", each)
		}
		for _, server := range said {
			_ = server.Close()
		}
		idle.Wait()
	})
}

// live is how many bytes the heap has in use.
func live() int64 {
	var m runtime.MemStats
	for range 2 { // the first one only ages what is lent
		runtime.GC()
	}
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}
