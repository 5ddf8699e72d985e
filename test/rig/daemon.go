package rig

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os/exec"
	"syscall"
	"time"
)

// Daemon is the real program on a site. It is used by one goroutine.
type Daemon struct {
	Site    Site
	Journal *Journal
	Binary  string
	Wrap    []string // a command and its arguments to run the program under
	Env     []string // more environment, NAME=VALUE; nil for ours alone

	cmd  *exec.Cmd
	done chan struct{}
	err  error // valid after done
}

// NewDaemon returns the program on a site, not yet started.
func NewDaemon(binary string, s Site) *Daemon {
	return &Daemon{Site: s, Journal: NewJournal(), Binary: binary}
}

var errRunning = errors.New("it runs already")

// Start starts the process.
func (d *Daemon) Start(ctx context.Context) error {
	if d.Running() {
		return fmt.Errorf("start the daemon: %w", errRunning)
	}
	args := append(append([]string{}, d.Wrap...), d.Binary, "run", "--config", d.Site.Config)
	// The process is ended by Kill or Stop, never by a context behind our back.
	d.cmd = exec.CommandContext(context.WithoutCancel(ctx), args[0], args[1:]...)
	d.cmd.Stderr = d.Journal
	d.cmd.Env = append(d.cmd.Environ(), d.Env...)
	if err := d.cmd.Start(); err != nil {
		return fmt.Errorf("start the daemon: %w", err)
	}
	done := make(chan struct{})
	d.done = done
	go func(cmd *exec.Cmd) { // ends with the process; Kill and Stop wait for it
		d.err = cmd.Wait()
		close(done)
	}(d.cmd)
	return nil
}

// Running reports whether the process lives.
func (d *Daemon) Running() bool {
	if d.done == nil {
		return false
	}
	select {
	case <-d.done:
		return false
	default:
		return true
	}
}

// Exited is closed when the process has ended.
func (d *Daemon) Exited() <-chan struct{} { return d.done }

// PID is the process, or the command it runs under.
func (d *Daemon) PID() int { return d.cmd.Process.Pid }

// Signal sends a signal to the process.
func (d *Daemon) Signal(s syscall.Signal) error {
	if err := d.cmd.Process.Signal(s); err != nil {
		return fmt.Errorf("signal %s to the daemon: %w", s, err)
	}
	return nil
}

// Kill ends the process as a power cut does, and waits for it. One that has
// ended by itself is an error.
func (d *Daemon) Kill() error {
	if !d.Running() {
		return d.ended()
	}
	if err := d.Signal(syscall.SIGKILL); err != nil {
		return err
	}
	<-d.done
	return nil
}

// Stop ends the process as the system does and returns how long it took. More
// than limit, or an exit status, is an error; the process is gone in any case.
func (d *Daemon) Stop(limit time.Duration) (time.Duration, error) {
	if !d.Running() {
		return 0, d.ended()
	}
	began := time.Now()
	if err := d.Signal(syscall.SIGTERM); err != nil {
		return 0, err
	}
	timer := time.NewTimer(limit)
	defer timer.Stop()
	select {
	case <-d.done:
	case <-timer.C:
		return limit, errors.Join(fmt.Errorf("stop the daemon: %w after %s", ErrStillWaiting, limit), d.Kill())
	}
	if d.err != nil {
		return time.Since(began), fmt.Errorf("stop the daemon: %w", d.err)
	}
	return time.Since(began), nil
}

// Close ends the process where it still runs.
func (d *Daemon) Close() {
	if d.Running() {
		_ = d.Kill()
	}
}

// Command runs another command of the program beside the daemon and returns
// what it prints. An exit status of 1 is the command's verdict and no error.
func (d *Daemon) Command(ctx context.Context, args ...string) ([]byte, error) {
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, d.Binary, append(args, "--config", d.Site.Config)...)
	cmd.Env = append(cmd.Environ(), d.Env...)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if exit := (*exec.ExitError)(nil); errors.As(err, &exit) && exit.ExitCode() == 1 && len(out) > 0 {
		err = nil
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w: %s", args[0], err, stderr.Bytes())
	}
	return out, nil
}

// Status is what "status --json" says, as far as the proof looks.
type Status struct {
	Running   bool `json:"running"`
	Mailboxes []struct {
		Name  string `json:"name"`
		State string `json:"state"`
		Error string `json:"error"`
	} `json:"mailboxes"`
	Carriers []struct {
		Name  string    `json:"name"`
		State string    `json:"state"`
		Until time.Time `json:"until"`
		Error string    `json:"error"`
	} `json:"carriers"`
	Outbox struct {
		Waiting int    `json:"waiting"`
		Error   string `json:"error"`
	} `json:"outbox"`
	Parcels       int `json:"parcels"`
	NotUnderstood []struct {
		Mail string `json:"mail"`
		Why  string `json:"why"`
	} `json:"not_understood"`
}

// Status asks the program for its state.
func (d *Daemon) Status(ctx context.Context) (Status, error) {
	var s Status
	out, err := d.Command(ctx, "status", "--json")
	if err == nil {
		err = json.Unmarshal(out, &s)
	}
	return s, err
}

// Listed is a parcel of "list --json", as far as the proof looks.
type Listed struct {
	Number  string   `json:"number"`
	Numbers []string `json:"numbers"`
	Status  string   `json:"status"`
}

// List asks the program for all its parcels.
func (d *Daemon) List(ctx context.Context) ([]Listed, error) {
	var l []Listed
	out, err := d.Command(ctx, "list", "--all", "--json")
	if err == nil {
		err = json.Unmarshal(out, &l)
	}
	return l, err
}

var errEnded = errors.New("the daemon has ended by itself")

func (d *Daemon) ended() error {
	return fmt.Errorf("%w: %w; its last words: %s", errEnded, errors.Join(d.err), d.Journal.Tail(5))
}
