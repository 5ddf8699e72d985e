package netx_test

import (
	"bytes"
	"errors"
	"io"
	"net"
	"testing"
	"time"

	"parcelwatch/internal/netx"
)

// said is a connection whose server says something in pieces and hangs up.
type said struct {
	net.Conn

	rest  *bytes.Reader
	piece int
}

func (s said) Read(p []byte) (int, error)     { return s.rest.Read(p[:min(len(p), s.piece)]) }
func (said) SetDeadline(time.Time) error      { return nil }
func (said) SetReadDeadline(time.Time) error  { return nil }
func (said) SetWriteDeadline(time.Time) error { return nil }
func (said) Close() error                     { return nil }

// FuzzGuard checks that a guard passes on what a server says unchanged and never more than
// a step allows, in whatever pieces it comes and is read.
func FuzzGuard(f *testing.F) {
	f.Add([]byte("* OK ready\r\n"), uint16(100), uint8(1), uint8(3))
	f.Add(bytes.Repeat([]byte("250-x\r\n"), 200), uint16(64), uint8(255), uint8(255))
	f.Add([]byte{}, uint16(1), uint8(1), uint8(1))
	f.Fuzz(func(t *testing.T, text []byte, limit uint16, piece, buffer uint8) {
		most := int64(limit) + 1
		conn := said{rest: bytes.NewReader(text), piece: int(piece) + 1}
		g := netx.NewGuard(conn, conn, netx.Limits{Silence: time.Minute, Total: time.Minute, Bytes: most})
		got, err := io.ReadAll(readOnly{g, int(buffer) + 1})
		if int64(len(got)) > most || !bytes.HasPrefix(text, got) {
			t.Fatalf("%d bytes of %d passed, %d are allowed", len(got), len(text), most)
		}
		if tooMuch := int64(len(text)) > most; errors.Is(err, netx.ErrTooMuch) != tooMuch || !tooMuch && len(got) != len(text) {
			t.Errorf("%d bytes of %d passed, %d are allowed: %v", len(got), len(text), most, err)
		}
	})
}

// readOnly reads into a small buffer.
type readOnly struct {
	from io.Reader
	size int
}

func (r readOnly) Read(p []byte) (int, error) { return r.from.Read(p[:min(len(p), r.size)]) }
