package config

import (
	"errors"
	"io/fs"

	"parcelwatch/internal/message"
)

// Why a secret is none.
var (
	errNoSecret    = errors.New("no secret is configured")
	errEmptySecret = errors.New("it is empty")
	errLongSecret  = errors.New("one line of text is expected")
	errLargeSecret = errors.New("it is too large to be a secret")
	errSlowSecret  = errors.New("it did not end in time")
	errOpenSecret  = errors.New("others can read it")
)

// SecretError is a secret that cannot be had. It never holds the secret.
type SecretError struct {
	Where string // as [Secret.Where] says it; empty where none is configured
	Name  string // of the file, the variable, the command
	Err   error
}

// Error says where the secret was looked for, and why it is not there.
func (e *SecretError) Error() string {
	if e.Where == "" {
		return "config: " + e.Err.Error()
	}
	return "config: secret from " + e.Where + ": " + e.Err.Error()
}

// Unwrap gives the cause.
func (e *SecretError) Unwrap() error { return e.Err }

// Fault says the same in no language yet.
func (e *SecretError) Fault() message.Text {
	var id string
	switch {
	case errors.Is(e.Err, errNoSecret):
		return message.New("fault_secret_none")
	case errors.Is(e.Err, errOpenSecret):
		return message.New("fault_secret_open", "Where", e.Name, "Path", e.Name)
	case errors.Is(e.Err, errEmptySecret):
		id = "fault_secret_empty"
	case errors.Is(e.Err, errLongSecret):
		id = "fault_secret_lines"
	case errors.Is(e.Err, errLargeSecret):
		id = "fault_secret_large"
	case errors.Is(e.Err, errSlowSecret):
		id = "fault_secret_slow"
	case errors.Is(e.Err, fs.ErrNotExist):
		id = "fault_secret_missing"
	case errors.Is(e.Err, fs.ErrPermission):
		id = "fault_secret_denied"
	default:
		return message.New("fault_secret", "Where", e.Name, "Text", e.Err.Error())
	}
	return message.New(id, "Where", e.Name)
}
