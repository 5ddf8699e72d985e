package gather

import (
	"unsafe"

	"modernc.org/libc"
	sqlite3 "modernc.org/sqlite/lib"
)

// The functions of files that are replaced, as SQLite calls them.
type (
	closer  = func(tls *libc.TLS, file uintptr) int32
	mover   = func(tls *libc.TLS, file, memory uintptr, n int32, offset int64) int32
	resizer = func(tls *libc.TLS, file uintptr, size int64) int32
	syncer  = func(tls *libc.TLS, file uintptr, flags int32) int32
	sizer   = func(tls *libc.TLS, file, to uintptr) int32
)

type methods struct {
	close       closer
	read, write mover
	truncate    resizer
	sync        syncer
	size        sizer
}

// at is the value at an address of SQLite's memory, which Go neither moves nor collects.
func at[T any](address uintptr) *T {
	return *(**T)(unsafe.Pointer(&address))
}

// function is the Go function behind a function pointer of the translated SQLite, which is
// the content of a variable of that type.
func function[F any](address uintptr) F {
	return *(*F)(unsafe.Pointer(&address))
}

// pointer is the address that a variable of one of these functions, or of a slice, begins
// with. What it leads to must be referred to from elsewhere as long as it is used.
func pointer[T any](v *T) uintptr {
	return *(*uintptr)(unsafe.Pointer(v))
}

// keep copies a value into SQLite's memory for ever; 0 means that there is none.
func keep[T any](tls *libc.TLS, value T) uintptr {
	place := sqlite3.Xsqlite3_malloc(tls, int32(unsafe.Sizeof(value))) //nolint:gosec // a few hundred bytes
	if place != 0 {
		*at[T](place) = value
	}
	return place
}
