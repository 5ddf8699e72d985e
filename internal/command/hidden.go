package command

import (
	"context"
	"os"
	"time"

	"golang.org/x/term"

	"parcelwatch/internal/setup"
)

// hiddenInput returns a function that reads a password from the terminal without
// showing it, or nil if there is no terminal.
func hiddenInput(e *env) setup.Hidden {
	f, ok := e.in.(*os.File)
	if !ok || !term.IsTerminal(int(f.Fd())) {
		return nil
	}
	return func(ctx context.Context, ask func()) (string, error) {
		before, err := term.GetState(int(f.Fd()))
		if err != nil {
			return "", err
		}
		type typed struct {
			text []byte
			err  error
		}
		got := make(chan typed, 1)
		// A read from a terminal cannot be cancelled; it ends with the process.
		go func() {
			text, err := term.ReadPassword(int(f.Fd()))
			got <- typed{text, err}
		}()
		silent(ctx, int(f.Fd()), before)
		ask()
		select {
		case t := <-got:
			return string(t.text), t.err
		case <-ctx.Done():
			_ = term.Restore(int(f.Fd()), before)
			return "", ctx.Err()
		}
	}
}

// silent waits until the reader has turned the echo off, which changes the state of
// the terminal, but no longer than 200 ms.
func silent(ctx context.Context, fd int, before *term.State) {
	const longest = 200 * time.Millisecond
	ctx, cancel := context.WithTimeout(ctx, longest)
	defer cancel()
	tick := time.NewTicker(time.Millisecond)
	defer tick.Stop()
	for ctx.Err() == nil {
		if now, err := term.GetState(fd); err != nil || *now != *before {
			return
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
		}
	}
}
