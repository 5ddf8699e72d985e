//go:build linux

package disk_test

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"parcelwatch/test/proof/internal/disk"
)

func mounted(t *testing.T) *disk.Disk {
	t.Helper()
	if err := disk.Need(); err != nil {
		t.Skip("skipped: ", err)
	}
	d := disk.New(t.TempDir())
	if err := d.Mount(); err != nil {
		t.Skip("skipped: ", err)
	}
	t.Cleanup(func() {
		if err := d.Fall(); err != nil {
			t.Error(err)
		}
	})
	return d
}

// write writes a file, and syncs its content and the folder if asked.
func write(t *testing.T, d *disk.Disk, name, text string, content, names bool) { //nolint:revive // what is synced is two questions
	t.Helper()
	f, err := os.OpenFile(filepath.Join(d.Folder, name), os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err == nil {
		_, err = f.WriteString(text)
	}
	if err == nil && content {
		err = f.Sync()
	}
	if err = errors.Join(err, f.Close()); err != nil {
		t.Fatal(err)
	}
	if names {
		sync(t, d)
	}
}

func sync(t *testing.T, d *disk.Disk) {
	t.Helper()
	f, err := os.Open(d.Folder)
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(f.Sync(), f.Close()); err != nil {
		t.Fatal(err)
	}
}

func read(t *testing.T, d *disk.Disk, name string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(d.Folder, name))
	if errors.Is(err, fs.ErrNotExist) {
		return "gone"
	}
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func TestAPowerCutLeavesWhatWasSynced(t *testing.T) {
	d := mounted(t)
	write(t, d, "kept", "all", true, false)
	write(t, d, "renamed", "new", true, false)
	write(t, d, "deleted", "back", true, false)
	write(t, d, "empty", "lost", false, true)
	write(t, d, "changed", "old", true, true)
	write(t, d, "changed", "newer and longer", false, false)
	write(t, d, "nameless", "lost", true, false)
	if err := errors.Join(os.Rename(filepath.Join(d.Folder, "renamed"), filepath.Join(d.Folder, "target")), os.Remove(filepath.Join(d.Folder, "deleted"))); err != nil {
		t.Fatal(err)
	}
	if got := read(t, d, "changed"); got != "newer and longer" {
		t.Errorf("before the cut, the file is %q", got)
	}
	d.Cut(0)
	if err := d.Fall(); err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{
		"kept": "all", "renamed": "new", "target": "gone", "deleted": "back", "empty": "", "changed": "old", "nameless": "gone",
	} {
		if got := read(t, d, name); got != want {
			t.Errorf("%s is %q, want %q", name, got, want)
		}
	}
}

func TestAfterTheCutNothingChanges(t *testing.T) {
	d := mounted(t)
	write(t, d, "file", "old", true, true)
	d.Cut(1) // opening it with O_TRUNC is the first change
	done := make(chan error, 1)
	go func() {
		f, err := os.OpenFile(filepath.Join(d.Folder, "file"), os.O_WRONLY|os.O_TRUNC, 0)
		if err == nil {
			_, err = f.WriteString("new")
			err = errors.Join(err, f.Close())
		}
		done <- err
	}()
	<-d.Dark()
	d.Release()
	if err := <-done; err == nil {
		t.Error("a write after the cut has succeeded")
	}
	if err := d.Fall(); err != nil {
		t.Fatal(err)
	}
	if got := read(t, d, "file"); got != "old" {
		t.Errorf("after the cut the file is %q", got)
	}
}
