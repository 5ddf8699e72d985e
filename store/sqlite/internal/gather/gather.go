// Package gather adds a layer to SQLite's files that writes the pages of a transaction to
// the write-ahead log in one piece. SQLite writes the header and the content of each page
// one after the other, which makes 60 writes of an email. The layer does not know what is
// stored.
package gather

import (
	"errors"
	"fmt"
	"sync"

	"modernc.org/libc"
	sqlite3 "modernc.org/sqlite/lib"
)

// Name is the name of the layer, for the parameter vfs of a DSN.
const Name = "parcelwatch-gather"

var (
	errNoFiles  = errors.New("SQLite has no layer for the files of this system")
	errNoMemory = errors.New("SQLite has no memory for a layer")
)

// registered is the one layer. SQLite keeps a list of layers for the whole process, and the
// functions in it must not be collected.
var registered = sync.OnceValues(register) //nolint:gochecknoglobals // see above

// Register makes the layer known to SQLite. Registering again does nothing.
func Register() error {
	if _, err := registered(); err != nil {
		return fmt.Errorf("gather writes: %w", err)
	}
	return nil
}

type opener = func(tls *libc.TLS, vfs, name, file uintptr, flags int32, out uintptr) int32

// layer is the layer below, that of the system, with our functions for logs.
type layer struct {
	base uintptr
	open opener // of the base
	own  methods
	made opener // ours, referred to by SQLite

	mu     sync.Mutex
	tables map[uintptr]*table // by the address of the base's table
	logs   map[uintptr]*log   // by the address of the file
}

// table is a table of functions for logs.
type table struct {
	usual methods
	at    uintptr
}

func register() (*layer, error) {
	tls := libc.NewTLS()
	defer tls.Close()
	l := &layer{base: sqlite3.Xsqlite3_vfs_find(tls, 0), tables: map[uintptr]*table{}, logs: map[uintptr]*log{}}
	if l.base == 0 {
		return nil, errNoFiles
	}
	vfs := *at[sqlite3.Tsqlite3_vfs](l.base)
	l.open = function[opener](vfs.FxOpen)
	l.made = l.opened
	l.own = methods{l.closed, l.read, l.write, l.truncate, l.sync, l.size}
	name, err := libc.CString(Name)
	if err != nil {
		return nil, fmt.Errorf("name a layer: %w", err)
	}
	vfs.FzName, vfs.FpNext, vfs.FxOpen = name, 0, pointer(&l.made)
	place := keep(tls, vfs)
	if place == 0 || sqlite3.Xsqlite3_vfs_register(tls, place, 0) != sqlite3.SQLITE_OK {
		return nil, errNoMemory
	}
	return l, nil
}

// opened opens a file, and gives our functions to a write-ahead log.
func (l *layer) opened(tls *libc.TLS, _, name, file uintptr, flags int32, out uintptr) int32 { //nolint:revive // as SQLite calls it
	rc := l.open(tls, l.base, name, file, flags, out)
	if rc != sqlite3.SQLITE_OK || flags&sqlite3.SQLITE_OPEN_WAL == 0 {
		return rc
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	f := at[sqlite3.Tsqlite3_file](file)
	t := l.tables[f.FpMethods]
	if t == nil {
		if t = l.table(tls, f.FpMethods); t.at == 0 {
			return rc // without memory the log is written as usual
		}
		l.tables[f.FpMethods] = t
	}
	l.logs[file] = &log{usual: t.usual, file: file}
	f.FpMethods = t.at
	return rc
}

// table copies the base's table of functions and replaces those of [methods].
func (l *layer) table(tls *libc.TLS, base uintptr) *table {
	m := *at[sqlite3.Tsqlite3_io_methods](base)
	t := &table{usual: methods{
		function[closer](m.FxClose), function[mover](m.FxRead), function[mover](m.FxWrite),
		function[resizer](m.FxTruncate), function[syncer](m.FxSync), function[sizer](m.FxFileSize),
	}}
	m.FxClose, m.FxRead, m.FxWrite = pointer(&l.own.close), pointer(&l.own.read), pointer(&l.own.write)
	m.FxTruncate, m.FxSync, m.FxFileSize = pointer(&l.own.truncate), pointer(&l.own.sync), pointer(&l.own.size)
	t.at = keep(tls, m)
	return t
}

// log returns what is known of an open log.
func (l *layer) log(file uintptr) *log {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.logs[file]
}

func (l *layer) closed(tls *libc.TLS, file uintptr) int32 {
	g := l.log(file)
	rc := g.flush(tls)
	l.mu.Lock()
	delete(l.logs, file)
	l.mu.Unlock()
	if closed := g.usual.close(tls, file); closed != sqlite3.SQLITE_OK {
		return closed
	}
	return rc
}

func (l *layer) write(tls *libc.TLS, file, from uintptr, n int32, offset int64) int32 {
	return l.log(file).write(tls, from, n, offset)
}

func (l *layer) read(tls *libc.TLS, file, to uintptr, n int32, offset int64) int32 {
	g := l.log(file)
	return g.then(tls, func() int32 { return g.usual.read(tls, file, to, n, offset) })
}

func (l *layer) truncate(tls *libc.TLS, file uintptr, size int64) int32 {
	g := l.log(file)
	return g.then(tls, func() int32 { return g.usual.truncate(tls, file, size) })
}

func (l *layer) sync(tls *libc.TLS, file uintptr, flags int32) int32 {
	g := l.log(file)
	return g.then(tls, func() int32 { return g.usual.sync(tls, file, flags) })
}

func (l *layer) size(tls *libc.TLS, file, to uintptr) int32 {
	g := l.log(file)
	return g.then(tls, func() int32 { return g.usual.size(tls, file, to) })
}
