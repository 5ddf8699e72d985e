package sqlite_test

import (
	"errors"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"golang.org/x/sys/unix"

	"parcelwatch/store"
)

// An intermittent disk failure must not count as a mail that cannot be handled.
func TestADiskThatFailsIsNamed(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "p.db")
	db := open(t, path)
	// Writing to a file opened for reading only fails as a broken disk does.
	null, err := os.Open(os.DevNull)
	if err != nil {
		t.Fatal(err)
	}
	defer null.Close()
	fds, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		t.Fatal(err)
	}
	broken := 0
	for _, fd := range fds {
		n, err := strconv.Atoi(fd.Name())
		if err != nil {
			t.Fatal(err)
		}
		if to, err := os.Readlink("/proc/self/fd/" + fd.Name()); err != nil || !strings.HasPrefix(to, path+"-wal") {
			continue
		}
		if err := unix.Dup3(int(null.Fd()), n, 0); err != nil {
			t.Fatal(err)
		}
		broken++
	}
	if broken == 0 {
		t.Fatal("the store has no log open")
	}
	err = db.SetSecret(t.Context(), "a", "b")
	if !errors.Is(err, store.ErrDisk) || !strings.Contains(err.Error(), "check the disk") {
		t.Errorf("got %v, want ErrDisk and what to do", err)
	}
}
