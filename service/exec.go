package service

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"
)

const controlTime = 30 * time.Second // for one call of a system tool

// command runs a system tool; the error holds the last line of its stderr.
func command(ctx context.Context, name string, args ...string) error {
	ctx, cancel := context.WithTimeout(ctx, controlTime)
	defer cancel()
	var out bytes.Buffer
	cmd := exec.CommandContext(ctx, name, args...) //nolint:gosec // fixed tools, checked names
	cmd.Stderr = &out
	cmd.WaitDelay = time.Second
	if err := cmd.Run(); err != nil {
		lines := strings.Split(strings.TrimSpace(out.String()), "\n")
		return fmt.Errorf("%s: %w: %s", name, err, lines[len(lines)-1])
	}
	return nil
}

// register updates the start order of SysV init after a script was written or
// removed. Machines with update-rc.d ignore the links that the library creates.
func register(ctx context.Context, name, action string) error {
	if tool, err := exec.LookPath("update-rc.d"); err == nil {
		return command(ctx, tool, name, action)
	}
	return nil // this machine uses the links
}

// unlink removes the links to a removed script in the folders of the run levels,
// which the library creates but does not remove.
func unlink(etc, name string) error {
	links, err := filepath.Glob(filepath.Join(etc, "rc[0-6S].d", "[SK][0-9][0-9]"+name)) // names hold no pattern
	if err != nil {
		return fmt.Errorf("find links: %w", err)
	}
	for _, path := range links {
		if _, err := os.Stat(path); !os.IsNotExist(err) {
			continue // it points to something that exists
		}
		if err := os.Remove(path); err != nil {
			return fmt.Errorf("remove link: %w", err)
		}
	}
	return nil
}
