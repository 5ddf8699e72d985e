//go:build linux

package kill

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"syscall"
	"time"

	"parcelwatch/test/proof/internal/disk"
	"parcelwatch/test/proof/internal/lab"
	"parcelwatch/test/proof/internal/report"
)

// Power is the chapter of power cuts: as [Run], but with each kill the disk of the store
// loses every write that was not synced.
func Power(ctx context.Context, env *lab.Env) (report.Chapter, error) {
	cuts := env.Pick(20, 200, 2000)
	c := report.Chapter{
		Title: "Without power",
		Intro: fmt.Sprintf("The same world, with the store in a folder of its own (FUSE). %d times its power fails: what was written to a file and not synced is\n"+
			"lost, and so is every new, renamed or deleted name whose folder was not synced. The daemon then starts again on what is left.", cuts),
	}
	d, err := newDisk(env)
	if err != nil {
		return c, err
	}
	return try(ctx, env, c, trial{name: "power", ends: cuts, parcels: env.Pick(30, 150, 1500), disk: d})
}

// newDisk returns an empty disk in a folder of its own.
func newDisk(env *lab.Env) (*disk.Disk, error) {
	if err := disk.Need(); err != nil {
		return nil, err
	}
	dir, err := env.Folder("disk")
	if err != nil {
		return nil, err
	}
	folder := filepath.Join(dir, "store")
	if err := os.Mkdir(folder, 0o700); err != nil {
		return nil, fmt.Errorf("make a disk: %w", err)
	}
	return disk.New(folder), nil
}

// begins is called before each start of the daemon.
func (w *world) begins() error {
	if w.disk == nil {
		return nil
	}
	return w.disk.Mount()
}

// end kills the daemon, and cuts the power of its disk: half of the time at once, half of
// the time before one of the next changes.
func (w *world) end(ctx context.Context) error {
	if w.disk == nil {
		return w.daemon.Kill()
	}
	if rand.N(2) == 0 {
		w.disk.Cut(1 + rand.N(8))
		select {
		case <-w.disk.Dark():
		case <-time.After(200 * time.Millisecond):
		case <-ctx.Done():
		}
	}
	w.disk.Cut(0)
	if err := w.daemon.Signal(syscall.SIGKILL); err != nil {
		return err
	}
	w.disk.Release()
	<-w.daemon.Exited()
	return w.disk.Fall()
}
