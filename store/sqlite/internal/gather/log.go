package gather

import (
	"encoding/binary"
	"unsafe"

	"modernc.org/libc"
	sqlite3 "modernc.org/sqlite/lib"
)

const (
	// most is how many bytes are held before they are written. The unix layer of SQLite cuts
	// off the bits of a length above this and takes a rest of zero for a full disk.
	most = 1<<17 - 1
	// frameHead is the size of the header of a page in the log. Its second number is the
	// size of the database if the page is the last of a transaction, and zero otherwise.
	frameHead = 24
)

// log is an open write-ahead log. SQLite uses a file in one thread at a time.
//
// What it holds is never part of a finished transaction: the last page of one is written
// through before SQLite tells other readers of it.
type log struct {
	usual methods
	file  uintptr
	held  []byte
	start int64 // the place of held in the file
	last  bool  // the header of a transaction's last page was written, and its content is next
}

// write holds a piece that continues what is held, unless it ends a transaction.
func (g *log) write(tls *libc.TLS, from uintptr, n int32, offset int64) int32 {
	if offset != g.start+int64(len(g.held)) || len(g.held)+int(n) > most {
		if rc := g.flush(tls); rc != sqlite3.SQLITE_OK {
			return rc
		}
	}
	if len(g.held) == 0 {
		g.start = offset
	}
	piece := unsafe.Slice(at[byte](from), n)
	g.held = append(g.held, piece...)
	if n == frameHead {
		g.last = binary.BigEndian.Uint32(piece[4:8]) != 0
		return sqlite3.SQLITE_OK
	}
	if g.last || int(n) > most {
		g.last = false
		return g.flush(tls)
	}
	return sqlite3.SQLITE_OK
}

// flush writes what is held. What cannot be written is given up: SQLite then rolls the
// transaction back.
func (g *log) flush(tls *libc.TLS) int32 {
	if len(g.held) == 0 {
		return sqlite3.SQLITE_OK
	}
	held := g.held
	g.held = g.held[:0]
	return g.usual.write(tls, g.file, pointer(&held), int32(len(held)), g.start) //nolint:gosec // bounded by most and a page
}

// then writes what is held and does something else with the file.
func (g *log) then(tls *libc.TLS, do func() int32) int32 {
	if rc := g.flush(tls); rc != sqlite3.SQLITE_OK {
		return rc
	}
	return do()
}
