//go:build unix

package rig

import (
	"os"
	"path/filepath"
	"strconv"
	"syscall"
)

// reserve keeps a port for this process until it ends, so that no other test that runs beside it
// chooses the port before a server is up. It reports whether the port could be had.
func reserve(port int) bool {
	dir := filepath.Join(os.TempDir(), "parcelwatch-rig-ports-"+strconv.Itoa(os.Getuid()))
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return false
	}
	// Never closed: the kernel ends the lock with the process.
	fd, err := syscall.Open(filepath.Join(dir, strconv.Itoa(port)), syscall.O_RDWR|syscall.O_CREAT|syscall.O_CLOEXEC, 0o600)
	if err != nil {
		return false
	}
	if syscall.Flock(fd, syscall.LOCK_EX|syscall.LOCK_NB) != nil {
		_ = syscall.Close(fd)
		return false
	}
	return true
}
