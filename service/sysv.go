package service

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"time"
)

const registerTime = 30 * time.Second

// register tells SysV's own order of starting about a script that was written or
// taken away, where the machine keeps such an order: the links that the library
// makes are not looked at then.
func register(ctx context.Context, name, action string) error {
	tool, err := exec.LookPath("update-rc.d")
	if err != nil {
		return nil // this machine goes by the links
	}
	ctx, cancel := context.WithTimeout(ctx, registerTime)
	defer cancel()
	if out, err := exec.CommandContext(ctx, tool, name, action).CombinedOutput(); err != nil { //nolint:gosec // the name is checked
		return fmt.Errorf("update-rc.d: %w: %.200s", err, out)
	}
	return nil
}

// unlink takes away the links to a removed script in the folders of SysV's
// levels: the library makes them and forgets them.
func unlink(etc, name string) error {
	links, err := filepath.Glob(filepath.Join(etc, "rc[0-6S].d", "[SK][0-9][0-9]"+name)) // names hold no pattern
	if err != nil {
		return fmt.Errorf("find links: %w", err)
	}
	for _, path := range links {
		if _, err := os.Stat(path); !os.IsNotExist(err) {
			continue // it leads somewhere
		}
		if err := os.Remove(path); err != nil {
			return fmt.Errorf("remove link: %w", err)
		}
	}
	return nil
}
