//go:build !windows

package command

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
)

// continueAsOwner makes a process of root continue as the owner of the store's folder, for
// good, and reports whether it did. Whoever owns the folder can put links into it at any
// moment, and root would follow them.
func continueAsOwner(store string) (bool, error) {
	if os.Geteuid() != 0 {
		return false, nil
	}
	info, err := os.Stat(filepath.Dir(store))
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil // it is created as root's
	}
	if err != nil {
		return false, err
	}
	st, ok := info.Sys().(*syscall.Stat_t)
	if !ok || st.Uid == 0 {
		return false, nil
	}
	for _, err := range []error{
		syscall.Setgroups([]int{int(st.Gid)}), syscall.Setgid(int(st.Gid)), syscall.Setuid(int(st.Uid)),
	} {
		if err != nil {
			return false, fmt.Errorf("continue as the owner of %s: %w", filepath.Dir(store), err)
		}
	}
	return true, nil
}
