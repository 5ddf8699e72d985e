package command

import (
	"context"
	"os"
	"time"

	"golang.org/x/term"

	"parcelwatch/internal/setup"
)

// hiddenInput reads a password from a terminal without showing it; nil where
// there is no terminal.
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
		// Reading a terminal hears no context; the end of the process ends it.
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

// silent waits until the terminal is no longer as it was before its reader
// turned the echo off. One that showed nothing anyway is not waited for long.
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
