package lab

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

// MemoryLimit is what the packages allow the service, in bytes.
const MemoryLimit = 256 << 20

// Cage limits the memory of processes with their children.
type Cage struct {
	Name        string
	root        string // folder of control groups; empty for a limit of the process
	limit, peak string // files of a group
	counter     *atomic.Int32
}

// FindCage returns the best limit of this machine: a control group, as systemd makes one,
// or else the limit of a process's data.
func FindCage() (Cage, error) {
	for _, c := range []Cage{
		{"a control group, version 2", "/sys/fs/cgroup", "memory.max", "memory.peak", nil},
		{"a control group, version 1", "/sys/fs/cgroup/memory", "memory.limit_in_bytes", "memory.max_usage_in_bytes", nil},
	} {
		c.counter = &atomic.Int32{}
		if group, err := c.group(); err == nil {
			return c, os.Remove(group)
		}
	}
	if _, err := os.Stat("/usr/bin/prlimit"); err == nil {
		return Cage{Name: "RLIMIT_DATA: the kernel allows no control group here"}, nil
	}
	return Cage{}, fmt.Errorf("%w: neither control groups nor prlimit", rig.ErrNotHere)
}

// Cell is the limit of one daemon, also over its restarts.
type Cell struct {
	cage  Cage
	group string
}

// Confine makes a daemon that is not started yet run within the limit.
func (c Cage) Confine(d *rig.Daemon) (Cell, error) {
	if c.root == "" {
		d.Wrap = []string{"/usr/bin/prlimit", fmt.Sprintf("--data=%d", MemoryLimit), "--"}
		return Cell{}, nil
	}
	group, err := c.group()
	if err != nil {
		return Cell{}, err
	}
	d.Wrap = []string{"/bin/sh", "-c", `echo $$ >"$0"/cgroup.procs && exec "$@"`, group}
	return Cell{c, group}, nil
}

// group makes a control group.
func (c Cage) group() (string, error) {
	dir := filepath.Join(c.root, fmt.Sprintf("parcelwatch-proof-%d-%d", os.Getpid(), c.counter.Add(1)))
	if err := os.Mkdir(dir, 0o755); err != nil {
		return "", fmt.Errorf("make a control group: %w", err)
	}
	// The kernel makes the file; in a folder that is none of its own there is none.
	f, err := os.OpenFile(filepath.Join(dir, c.limit), os.O_WRONLY, 0)
	if err == nil {
		_, err = f.WriteString(strconv.Itoa(MemoryLimit))
		err = errors.Join(err, f.Close())
	}
	if err != nil {
		return "", errors.Join(fmt.Errorf("limit a control group: %w", err), os.Remove(dir))
	}
	return dir, nil
}

// Most returns the most memory that was used, with the kernel's caches of files, in MiB;
// empty where the kernel does not count it.
func (l Cell) Most() string {
	text, err := os.ReadFile(filepath.Join(l.group, l.cage.peak))
	if l.group == "" || err != nil {
		return ""
	}
	n, err := strconv.Atoi(strings.TrimSpace(string(text)))
	if err != nil {
		return ""
	}
	return fmt.Sprintf("%d MiB", n>>20)
}

// Close removes the limit once the daemon has ended.
func (l Cell) Close() {
	if l.group != "" {
		_ = os.Remove(l.group)
	}
}
