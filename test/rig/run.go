package rig

import (
	"context"
	"embed"
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
)

// ErrNotHere means that this machine lacks what a server needs.
var ErrNotHere = errors.New("not possible on this machine")

// notHere is the exit status of a script that says so.
const notHere = 77

// The scripts go with the program, so that it can be built in one place and run
// in another.
//
//go:embed *.sh
var scripts embed.FS

// run runs one of the scripts, with the others beside it.
func run(ctx context.Context, env []string, name string, args ...string) error {
	dir, err := os.MkdirTemp("", "parcelwatch-rig-script-")
	if err != nil {
		return fmt.Errorf("rig: %w", err)
	}
	defer func() { _ = os.RemoveAll(dir) }()
	if err := os.CopyFS(dir, scripts); err != nil {
		return fmt.Errorf("rig: unpack scripts: %w", err)
	}
	cmd := exec.CommandContext(ctx, "bash", append([]string{filepath.Join(dir, name)}, args...)...)
	cmd.Env = append(os.Environ(), env...)
	out, err := cmd.CombinedOutput()
	if exit := (*exec.ExitError)(nil); errors.As(err, &exit) && exit.ExitCode() == notHere {
		return fmt.Errorf("%w: %s", ErrNotHere, strings.TrimSpace(string(out)))
	}
	if err != nil {
		return fmt.Errorf("rig: %s %s: %w\n%s", name, strings.Join(args, " "), err, out)
	}
	return nil
}

var errNoPorts = errors.New("no free ports in a row")

// FreePorts finds n free ports of loopback in a row and returns the first. No other call, in
// this process or another one, gets them while this process runs.
func FreePorts(ctx context.Context, n int) (int, error) {
	for range 200 {
		// Below the ports that the system gives out by itself, which would be
		// taken again before a server is up.
		first := 15000 + rand.IntN(17000-n)
		i := 0
		for i < n {
			if !reserve(first+i) || !free(ctx, first+i) {
				break
			}
			i++
		}
		if i == n {
			return first, nil
		}
	}
	return 0, errNoPorts
}

func free(ctx context.Context, port int) bool {
	l, err := (&net.ListenConfig{}).Listen(ctx, "tcp", "127.0.0.1:"+strconv.Itoa(port))
	if err != nil {
		return false
	}
	return l.Close() == nil
}

// Build builds the program into dir, with build tags where there are any, and
// returns its path.
func Build(ctx context.Context, dir, tags string) (string, error) {
	file := filepath.Join(dir, "parcelwatch"+tags)
	cmd := exec.CommandContext(ctx, "go", "build", "-tags", tags, "-o", file, "parcelwatch/cmd/daemon")
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := cmd.CombinedOutput(); err != nil {
		return "", fmt.Errorf("build the program: %w: %s", err, out)
	}
	return file, nil
}
