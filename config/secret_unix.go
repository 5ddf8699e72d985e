//go:build !windows

package config

import (
	"io/fs"
	"os"
	"path/filepath"
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

// changeable returns what others than the owner can change: the file, or the folder
// that they could put another file into. It is empty if there is no such thing. A group
// of the owner's own, which many systems make, is not others.
func changeable(path string) (string, error) {
	if info, err := os.Stat(path); err != nil || !info.Mode().IsRegular() { //nolint:gosec // the person names the file
		return "", err // a pipe belongs to the process that passes it
	}
	resolved, err := filepath.EvalSymlinks(path)
	if err != nil {
		return "", err
	}
	for _, at := range []string{resolved, filepath.Dir(resolved), filepath.Dir(path)} {
		info, err := os.Stat(at) //nolint:gosec // the person names the file
		if err != nil {
			return "", err
		}
		mode := info.Mode()
		if mode.IsDir() && mode&fs.ModeSticky != 0 {
			continue // only the owner of a file can replace it
		}
		st, ok := info.Sys().(*syscall.Stat_t)
		private := ok && st.Uid == st.Gid && st.Uid != 0
		if mode.Perm()&0o002 != 0 || mode.Perm()&0o020 != 0 && !private {
			return at, nil
		}
	}
	return "", nil
}

// openTo is only used on Windows. On Unix a file that others can read has
// already been rejected.
func openTo(string) string { return "" }

func unprotect(string) (string, error) {
	return "", errNoDPAPI
}
