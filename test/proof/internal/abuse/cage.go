//go:build linux

package abuse

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync/atomic"

	"parcelwatch/test/rig"
)

// memoryLimit is what the packages allow the service.
const memoryLimit = 256 << 20

// cage limits the memory of a process with its children.
type cage struct {
	name        string
	root        string // folder of control groups; empty for a limit of the process
	limit, peak string // files of a group
	counter     *atomic.Int32
}

// findCage returns the best limit of this machine: a control group, as systemd makes one,
// or else the limit of a process's data.
func findCage() (cage, error) {
	for _, c := range []cage{
		{"a control group, version 2", "/sys/fs/cgroup", "memory.max", "memory.peak", nil},
		{"a control group, version 1", "/sys/fs/cgroup/memory", "memory.limit_in_bytes", "memory.max_usage_in_bytes", nil},
	} {
		c.counter = &atomic.Int32{}
		if group, err := c.group(); err == nil {
			return c, os.Remove(group)
		}
	}
	if _, err := os.Stat("/usr/bin/prlimit"); err == nil {
		return cage{name: "RLIMIT_DATA: the kernel allows no control group here"}, nil
	}
	return cage{}, fmt.Errorf("%w: neither control groups nor prlimit", rig.ErrNotHere)
}

// group makes a control group.
func (c cage) group() (string, error) {
	dir := filepath.Join(c.root, fmt.Sprintf("parcelwatch-proof-%d-%d", os.Getpid(), c.counter.Add(1)))
	if err := os.Mkdir(dir, 0o755); err != nil {
		return "", fmt.Errorf("make a control group: %w", err)
	}
	// The kernel makes the file; in a folder that is none of its own there is none.
	f, err := os.OpenFile(filepath.Join(dir, c.limit), os.O_WRONLY, 0)
	if err == nil {
		_, err = f.WriteString(strconv.Itoa(memoryLimit))
		err = errors.Join(err, f.Close())
	}
	if err != nil {
		return "", errors.Join(fmt.Errorf("limit a control group: %w", err), os.Remove(dir))
	}
	return dir, nil
}

// wrap returns the group, empty without one, and the command under which a process is
// limited.
func (c cage) wrap() (group string, command []string, err error) {
	if c.root == "" {
		return "", []string{"/usr/bin/prlimit", fmt.Sprintf("--data=%d", memoryLimit), "--"}, nil
	}
	if group, err = c.group(); err != nil {
		return "", nil, err
	}
	return group, []string{"/bin/sh", "-c", `echo $$ >"$0"/cgroup.procs && exec "$@"`, group}, nil
}

// most returns the most memory that a group has used, in MiB.
func (c cage) most(group string) string {
	text, err := os.ReadFile(filepath.Join(group, c.peak))
	if group == "" || err != nil {
		return ""
	}
	n, err := strconv.Atoi(strings.TrimSpace(string(text)))
	if err != nil {
		return ""
	}
	return fmt.Sprintf("%d MiB", n>>20)
}
