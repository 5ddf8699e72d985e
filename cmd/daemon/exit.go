package main

import (
	"errors"
	"fmt"
	"os"
	"strings"

	"parcelwatch/config"
)

// The exit statuses.
const (
	exitGood    = 0
	exitFailed  = 1
	exitUsage   = 2 // wrong usage or configuration
	exitNothing = 3 // nothing found
)

// exitError is an error with the exit status it leads to. Without a text it is
// not printed: everything was said already.
type exitError struct {
	code int
	text string
}

func (e *exitError) Error() string { return e.text }

func usage(text string) error   { return &exitError{code: exitUsage, text: text} }
func failed(text string) error  { return &exitError{code: exitFailed, text: text} }
func nothing(text string) error { return &exitError{code: exitNothing, text: text} }

// wrongConfig says what to do about a configuration that cannot be opened.
func wrongConfig(err error) error {
	switch {
	case errors.Is(err, os.ErrNotExist):
		return usage(err.Error() + "; name the right one with --config")
	case errors.Is(err, os.ErrPermission):
		return usage(err.Error() + "; " + whoMay + ", or name another with --config")
	default:
		return err
	}
}

// codeOf is the exit status of an error.
func codeOf(err error) int {
	var e *exitError
	var c *config.Error
	switch {
	case err == nil:
		return exitGood
	case errors.As(err, &e):
		return e.code
	case errors.As(err, &c), errors.Is(err, config.ErrNoFile):
		return exitUsage
	default:
		return exitFailed
	}
}

// report writes an error, one line for each thing that is wrong.
func (e *env) report(err error) {
	e.progress.Clear()
	for line := range strings.Lines(err.Error()) {
		if line = strings.TrimSpace(line); line != "" {
			_, _ = fmt.Fprintln(e.err, "parcelwatch: "+line)
		}
	}
}
