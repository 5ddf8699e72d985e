package command

import (
	"errors"
	"fmt"
	"os"
	"strings"

	"parcelwatch/config"
	"parcelwatch/internal/fault"
	"parcelwatch/internal/message"
)

// The exit statuses.
const (
	exitGood    = 0
	exitFailed  = 1
	exitUsage   = 2 // wrong usage or configuration
	exitNothing = 3 // nothing found
)

// exitError is an error with an exit status. If its text is empty, nothing is printed.
type exitError struct {
	code int
	text string
}

func (e *exitError) Error() string { return e.text }

func usage(text string) error   { return &exitError{code: exitUsage, text: text} }
func failed(text string) error  { return &exitError{code: exitFailed, text: text} }
func nothing(text string) error { return &exitError{code: exitNothing, text: text} }

// wrongConfig adds advice to the error of a configuration that cannot be opened.
func (e *env) wrongConfig(err error) error {
	f := fault.Of(err, "")
	switch {
	case f == nil:
		return err
	case errors.Is(err, os.ErrNotExist):
		return usage(e.say.Text(f.And(message.New("do_config_other"))))
	case errors.Is(err, os.ErrPermission):
		return usage(e.say.Text(f.And(message.New(whoMay)).And(message.New("do_config_account"))))
	default:
		return err
	}
}

// words renders an error in the chosen language.
func (e *env) words(err error) string {
	if problems, ok := errors.AsType[config.Errors](err); ok {
		lines := make([]string, len(problems))
		for i, one := range problems {
			lines[i] = e.say.Text(one.Fault())
		}
		return strings.Join(lines, "\n")
	}
	for _, f := range []message.Text{fault.Explain(err), fault.Disk(err)} {
		if f != nil {
			return e.say.Text(f)
		}
	}
	if f := failure(err); f != nil {
		return e.say.Either(err.Error(), f)
	}
	return err.Error()
}

// codeOf returns the exit status of an error.
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

// report prints an error, one line for each problem.
func (e *env) report(err error) {
	e.progress.Clear()
	for line := range strings.Lines(e.words(err)) {
		if line = strings.TrimSpace(line); line != "" {
			_, _ = fmt.Fprintln(e.err, "parcelwatch: "+line)
		}
	}
}
