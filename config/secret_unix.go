//go:build !windows

package config

import (
	"io/fs"
	"syscall"
)

// readableByOthers reports whether anyone but the owner can read or change the
// file. A group may read a file of root, because packages install a service's
// configuration that way (root:parcelwatch 0640).
func readableByOthers(info fs.FileInfo) bool {
	mode := info.Mode().Perm()
	if mode&0o007 != 0 || mode&0o020 != 0 {
		return true
	}
	if mode&0o040 == 0 {
		return false
	}
	st, ok := info.Sys().(*syscall.Stat_t)
	return !ok || st.Uid != 0
}

// openTo is only used on Windows. On Unix a file that others can read has
// already been rejected.
func openTo(string) string { return "" }

func unprotect(string) (string, error) {
	return "", errNoDPAPI
}
