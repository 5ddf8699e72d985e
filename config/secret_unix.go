//go:build !windows

package config

import (
	"io/fs"
	"os"
	"os/user"
	"path/filepath"
	"strconv"
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

// changeable returns the command that mends a file which others than the owner can change,
// or a folder that they could put another file into; "" if there is no such thing. A
// group of the owner's own, which many systems make, is not others. For root, so is an
// owner whom root does not trust.
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
		st, ok := info.Sys().(*syscall.Stat_t)
		if ok && os.Geteuid() == 0 && !trustedByRoot(int(st.Uid), os.Getenv("SUDO_UID"), user.Lookup) {
			return "chown root " + quoted(at), nil
		}
		mode := info.Mode()
		if mode.IsDir() && mode&fs.ModeSticky != 0 {
			continue // only the owner of a file can replace it
		}
		private := ok && st.Uid == st.Gid && st.Uid != 0
		if mode.Perm()&0o002 != 0 || mode.Perm()&0o020 != 0 && !private {
			return closing(at), nil
		}
	}
	return "", nil
}

// serviceAccount is the account that the packages and "service install" make.
const serviceAccount = "parcelwatch"

// trustedByRoot reports whether root takes what an owner may have written: root itself, the
// account that called sudo, and the account of the service.
func trustedByRoot(uid int, sudo string, lookup func(name string) (*user.User, error)) bool {
	owner := strconv.Itoa(uid)
	if uid == 0 || owner == sudo {
		return true
	}
	account, err := lookup(serviceAccount)
	return err == nil && account.Uid == owner
}

// openTo is only used on Windows. On Unix a file that others can read has
// already been rejected.
func openTo(string) string { return "" }

func unprotect(string) (string, error) {
	return "", errNoDPAPI
}
