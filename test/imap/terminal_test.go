//go:build linux

package imap_test

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// terminal is a program at a pseudo-terminal, and the person before it.
type terminal struct {
	tb     testing.TB
	screen *logBuffer
	keys   *os.File
	cmd    *exec.Cmd
	done   chan struct{}
	read   int // what of the screen was looked at
}

// startTerminal runs a program in a terminal of 100 by 40 characters.
func startTerminal(tb testing.TB, env []string, command ...string) *terminal {
	tb.Helper()
	keys, err := os.OpenFile("/dev/ptmx", os.O_RDWR|syscall.O_NOCTTY, 0)
	if err != nil {
		tb.Skipf("skipped: no pseudo-terminal here: %v", err)
	}
	tb.Cleanup(func() { _ = keys.Close() })
	fd := int(keys.Fd())
	number, err := unix.IoctlGetInt(fd, unix.TIOCGPTN)
	if err != nil {
		tb.Fatal(err)
	}
	if err := unix.IoctlSetPointerInt(fd, unix.TIOCSPTLCK, 0); err != nil {
		tb.Fatal(err)
	}
	if err := unix.IoctlSetWinsize(fd, unix.TIOCSWINSZ, &unix.Winsize{Row: 40, Col: 100}); err != nil {
		tb.Fatal(err)
	}
	tty, err := os.OpenFile(fmt.Sprintf("/dev/pts/%d", number), os.O_RDWR|syscall.O_NOCTTY, 0)
	if err != nil {
		tb.Fatal(err)
	}
	defer tty.Close()
	t := &terminal{tb: tb, screen: &logBuffer{}, keys: keys, done: make(chan struct{})}
	t.cmd = exec.CommandContext(context.Background(), command[0], command[1:]...)
	t.cmd.Env = append(os.Environ(), env...)
	t.cmd.Stdin, t.cmd.Stdout, t.cmd.Stderr = tty, tty, tty
	t.cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Setctty: true}
	if err := t.cmd.Start(); err != nil {
		tb.Fatal(err)
	}
	go func() {
		defer close(t.done)
		buf := make([]byte, 4096)
		for {
			n, err := keys.Read(buf)
			_, _ = t.screen.Write(buf[:n])
			if err != nil {
				return // the last one at the terminal has left
			}
		}
	}()
	return t
}

// sees waits until a text stands on the screen behind what was seen before.
func (t *terminal) sees(text string) {
	t.tb.Helper()
	limit := time.Now().Add(40 * time.Second)
	for {
		shown := t.plain()
		if at := strings.Index(shown[t.read:], text); at >= 0 {
			t.read += at + len(text)
			return
		}
		if time.Now().After(limit) {
			_ = t.cmd.Process.Kill()
			t.tb.Fatalf("%q is not on the screen:\n%s", text, shown)
		}
		time.Sleep(10 * time.Millisecond)
	}
}

// plain is the screen's text as one long line: where it wraps is of no interest.
func (t *terminal) plain() string {
	return strings.Join(strings.Fields(t.screen.String()), " ")
}

func (t *terminal) types(keys string) {
	t.tb.Helper()
	if _, err := t.keys.WriteString(keys); err != nil {
		t.tb.Fatal(err)
	}
}

// ends waits for the end of the program and returns its exit status.
func (t *terminal) ends() int {
	t.tb.Helper()
	timer := time.AfterFunc(60*time.Second, func() { _ = t.cmd.Process.Kill() })
	defer timer.Stop()
	_ = t.cmd.Wait()
	<-t.done
	return t.cmd.ProcessState.ExitCode()
}
