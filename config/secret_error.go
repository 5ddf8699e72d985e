package config

import (
	"errors"
	"io/fs"

	"parcelwatch/internal/message"
)

// Reasons why a secret cannot be read.
var (
	errNoSecret    = errors.New("no secret is configured")
	errEmptySecret = errors.New("it is empty")
	errLongSecret  = errors.New("one line of text is expected")
	errLargeSecret = errors.New("it is too large to be a secret")
	errSlowSecret  = errors.New("it did not end in time")
	errOpenSecret  = errors.New("others can read it")

	errNoCredentials = errors.New("CREDENTIALS_DIRECTORY is not set; systemd sets it for a service with LoadCredential=")
	errNoDPAPI       = errors.New("dpapi works on Windows only; use file, env, command or credential")
	errNotBase64     = errors.New("the blob is not base64 text; create it again on this machine")
	errForeignBlob   = errors.New("the blob was created on another machine or by another account")
)

// SecretError is returned if a secret cannot be read. It never contains the
// secret.
type SecretError struct {
	Where string // as returned by [Secret.Where]; empty if none is configured
	Name  string // of the file, variable or command
	Err   error
}

// Error returns where the secret was looked for and why it cannot be read.
func (e *SecretError) Error() string {
	if e.Where == "" {
		return "config: " + e.Err.Error()
	}
	return "config: secret from " + e.Where + ": " + e.Err.Error()
}

// Unwrap returns the cause.
func (e *SecretError) Unwrap() error { return e.Err }

// Fault returns the error as a translatable message.
func (e *SecretError) Fault() message.Text {
	for _, known := range []struct {
		err error
		id  string
	}{
		{errNoSecret, "fault_secret_none"},
		{errOpenSecret, "fault_secret_open"},
		{errEmptySecret, "fault_secret_empty"},
		{errLongSecret, "fault_secret_lines"},
		{errLargeSecret, "fault_secret_large"},
		{errSlowSecret, "fault_secret_slow"},
		{errNoCredentials, "fault_secret_credentials"},
		{errNoDPAPI, "fault_secret_dpapi"},
		{errNotBase64, "fault_secret_blob"},
		{errForeignBlob, "fault_secret_foreign"},
		{fs.ErrNotExist, "fault_secret_missing"},
		{fs.ErrPermission, "fault_secret_denied"},
	} {
		if errors.Is(e.Err, known.err) {
			return message.New(known.id, "Where", e.Name)
		}
	}
	return message.New("fault_secret", "Where", e.Name, "Text", e.Err.Error())
}
