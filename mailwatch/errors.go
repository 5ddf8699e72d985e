package mailwatch

import (
	"errors"
	"fmt"
	"strings"
)

// ErrLater marks a handler's error whose cause is not the mail, such as a full
// disk or a name server that does not answer. The mail is tried again until it
// is handled, and never set aside.
var ErrLater = errors.New("try again later")

// PermanentError is a handler's error that trying again would not change. The
// mail is set aside at once.
type PermanentError struct{ Err error }

// Permanent marks an error as permanent; nil stays nil.
func Permanent(err error) error {
	if err == nil {
		return nil
	}
	return &PermanentError{Err: err}
}

// Error is the text of the cause.
func (e *PermanentError) Error() string { return e.Err.Error() }

// Unwrap gives the cause.
func (e *PermanentError) Unwrap() error { return e.Err }

// ErrLoginDisabled means that the server takes no password on this connection.
var ErrLoginDisabled = errors.New("the server takes no password on this connection")

// RefusedError is a credential that the server does not accept. Trying it again
// soon would get the account locked.
type RefusedError struct {
	Text  string // the server's words
	Token bool   // an OAuth2 token, not a password
}

// Error gives the server's words.
func (e *RefusedError) Error() string { return "credential refused: " + e.Text }

// CredentialError is a credential that could not be obtained.
type CredentialError struct{ Err error }

// Error says why.
func (e *CredentialError) Error() string { return "get the credential: " + e.Err.Error() }

// Unwrap gives the cause.
func (e *CredentialError) Unwrap() error { return e.Err }

// FolderError is a folder that does not exist.
type FolderError struct {
	Folder   string
	Existing []string
}

// Error names the folder and those that exist.
func (e *FolderError) Error() string {
	return fmt.Sprintf("no folder %q; there are: %s", e.Folder, strings.Join(e.Existing, ", "))
}

// StoreError is a checkpoint that could not be read or written.
type StoreError struct{ Err error }

// Error says why.
func (e *StoreError) Error() string { return "keep the place in the mailbox: " + e.Err.Error() }

// Unwrap gives the cause.
func (e *StoreError) Unwrap() error { return e.Err }

// protocolError is an answer that the library could not parse. It ends the
// connection.
type protocolError struct {
	text string
	err  error
}

func (e *protocolError) Error() string { return "the server's answer is not understood: " + e.text }
func (e *protocolError) Unwrap() error { return e.err }
