//go:build !windows

package setup

import (
	"errors"
	"io/fs"
	"os"
	"syscall"
)

// Administrator reports whether the process runs as root.
func Administrator() bool { return os.Geteuid() == 0 }

// protect copies owner and mode of the file that is replaced, so that the service's
// group can still read it.
func protect(file, like string) error {
	info, err := os.Stat(like)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	if st, ok := info.Sys().(*syscall.Stat_t); ok && (int(st.Uid) != os.Geteuid() || int(st.Gid) != os.Getegid()) {
		if err := os.Chown(file, int(st.Uid), int(st.Gid)); err != nil {
			return err
		}
	}
	return os.Chmod(file, info.Mode().Perm()&0o640|0o600)
}
