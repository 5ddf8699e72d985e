//go:build !windows

package setup

import (
	"errors"
	"io/fs"
	"os"
	"strings"
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

// SystemZone returns the name of the system's time zone, empty if it is not known.
func SystemZone(getenv func(string) string) string {
	if tz := strings.TrimPrefix(getenv("TZ"), ":"); strings.Contains(tz, "/") {
		return tz
	}
	link, err := os.Readlink("/etc/localtime")
	if err != nil {
		return ""
	}
	_, name, _ := strings.Cut(link, "zoneinfo/")
	return name
}

// SystemLanguage returns "": on Unix, only the environment names a language.
func SystemLanguage() string { return "" }
