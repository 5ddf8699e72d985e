//go:build linux

// Package disk is a folder that loses what was not synced when its power is cut: the
// content of files, new and deleted names, and renames alike. It keeps everything in memory
// and is mounted by FUSE. It does not know what is written to it.
package disk

import (
	"bytes"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"sync"
	"syscall"
	"time"

	"github.com/hanwen/go-fuse/v2/fs"
	"github.com/hanwen/go-fuse/v2/fuse"

	"parcelwatch/test/rig"
)

// Disk is a folder with files and without folders below it.
type Disk struct {
	Folder string
	server *fuse.Server

	mu      sync.Mutex
	files   map[string]*file // as programs see them
	kept    map[string]*file // the names that a power cut leaves
	inodes  uint64
	changes int           // since the folder was mounted
	cutAt   int           // the change before which the power fails; 0 for none
	dark    chan struct{} // closed when the power has failed
	over    chan struct{} // closed when writers need not wait for the power any more
}

// file is a file. Its fields are the disk's to lock.
type file struct {
	inode uint64
	mode  uint32
	at    time.Time
	live  []byte // as programs see it
	kept  []byte // what a power cut leaves of it
}

// Need returns [rig.ErrNotHere] where no folder can be mounted.
func Need() error {
	f, err := os.OpenFile("/dev/fuse", os.O_RDWR, 0)
	if err != nil {
		return fmt.Errorf("%w: no folder can be mounted: %w", rig.ErrNotHere, err)
	}
	return f.Close()
}

// New returns an empty disk for a folder that exists. It is not mounted.
func New(folder string) *Disk {
	return &Disk{Folder: folder, files: map[string]*file{}, kept: map[string]*file{}, inodes: 1}
}

// Mount makes the files seen in the folder.
func (d *Disk) Mount() error {
	d.mu.Lock()
	d.changes, d.cutAt, d.dark, d.over = 0, 0, make(chan struct{}), make(chan struct{})
	d.mu.Unlock()
	hold := time.Hour // nobody but this mount changes the files
	server, err := fs.Mount(d.Folder, &folder{d: d}, &fs.Options{
		AttrTimeout: &hold, EntryTimeout: &hold, RootStableAttr: &fs.StableAttr{Ino: 1, Gen: 1},
		MountOptions: fuse.MountOptions{FsName: "parcelwatch-proof", Name: "proof", DirectMount: true},
	})
	if err != nil {
		return fmt.Errorf("mount a disk: %w", err)
	}
	d.server = server
	return nil
}

// Fall unmounts the folder and writes into it what the power cut has left. No process may use
// the folder any more. A disk that is not mounted is left as it is. The server is not waited
// for: it ends when the last copy of the mount is gone, and every mount namespace made
// meanwhile, such as that of another test's container, has one.
func (d *Disk) Fall() error {
	if d.server == nil {
		return nil
	}
	d.Release()
	var err error
	for range 100 { // the kernel may still be closing the files of a dead process
		if err = syscall.Unmount(d.Folder, 0); err == nil {
			break
		}
		time.Sleep(20 * time.Millisecond)
	}
	if err != nil {
		return fmt.Errorf("unmount a disk: %w", err)
	}
	d.server = nil
	d.mu.Lock()
	defer d.mu.Unlock()
	d.files = maps.Clone(d.kept)
	return d.save()
}

// Cut makes the power fail before the nth change from now, or at once if n is 0. A call
// that changes something then waits until [Disk.Release].
func (d *Disk) Cut(n int) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.cutAt = d.changes + n + 1
	if n == 0 {
		d.fail()
	}
}

// Dark is closed when the power has failed.
func (d *Disk) Dark() <-chan struct{} { return d.dark }

// Release makes the calls fail that wait for the power. A killed process ends only then.
func (d *Disk) Release() {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.fail()
	select {
	case <-d.over:
	default:
		close(d.over)
	}
}

// save writes the files into the folder, which is not mounted.
func (d *Disk) save() error {
	old, err := filepath.Glob(filepath.Join(d.Folder, "*"))
	if err != nil {
		return fmt.Errorf("clear a folder: %w", err)
	}
	for _, name := range old {
		if err := os.Remove(name); err != nil {
			return fmt.Errorf("clear a folder: %w", err)
		}
	}
	for name, f := range d.files {
		f.live = bytes.Clone(f.kept)
		if err := os.WriteFile(filepath.Join(d.Folder, name), f.live, os.FileMode(f.mode)); err != nil {
			return fmt.Errorf("write what a power cut has left: %w", err)
		}
	}
	return nil
}

// fail cuts the power.
func (d *Disk) fail() {
	select {
	case <-d.dark:
	default:
		close(d.dark)
	}
}

var errDark = errors.New("the power has failed")

// change runs f, which changes something, unless the power has failed.
func (d *Disk) change(f func()) error {
	d.mu.Lock()
	d.changes++
	if d.changes == d.cutAt {
		d.fail()
	}
	select {
	case <-d.dark:
		over := d.over
		d.mu.Unlock()
		<-over
		return errDark
	default:
	}
	defer d.mu.Unlock()
	f()
	return nil
}
