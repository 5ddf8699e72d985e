package mailwatch

import (
	"errors"
	"fmt"
	"strings"

	"github.com/emersion/go-imap/v2"
)

// ErrLater marks a handler's error whose cause is not the mail, for example a full
// disk or a name server that does not answer. The mail is retried until it is handled
// and never set aside.
var ErrLater = errors.New("try again later")

// PermanentError is a handler's error that a retry would not change. The mail is set
// aside at once.
type PermanentError struct{ Err error }

// Permanent marks an error as permanent; nil stays nil.
func Permanent(err error) error {
	if err == nil {
		return nil
	}
	return &PermanentError{Err: err}
}

// Error returns the text of the cause.
func (e *PermanentError) Error() string { return e.Err.Error() }

// Unwrap returns the cause.
func (e *PermanentError) Unwrap() error { return e.Err }

// ErrLoginDisabled means that the server accepts no password on this connection.
var ErrLoginDisabled = errors.New("the server accepts no password on this connection")

// errLoginLater means that the server accepts no login for the moment.
var errLoginLater = errors.New("no login for the moment")

// RefusedError means that the server does not accept the credential. Frequent retries
// would lock the account.
type RefusedError struct {
	Text  string // the server's text
	Token bool   // an OAuth2 token, not a password
}

// Error includes the server's text.
func (e *RefusedError) Error() string { return "credential refused: " + e.Text }

// CredentialError means that the credential could not be obtained.
type CredentialError struct{ Err error }

// Error includes the cause.
func (e *CredentialError) Error() string { return "get the credential: " + e.Err.Error() }

// Unwrap returns the cause.
func (e *CredentialError) Unwrap() error { return e.Err }

// FolderError means that the folder does not exist.
type FolderError struct {
	Folder   string
	Existing []string
}

// Error lists the folder and the existing ones.
func (e *FolderError) Error() string {
	return fmt.Sprintf("no folder %q; there are: %s", e.Folder, strings.Join(e.Existing, ", "))
}

// StoreError means that a checkpoint could not be read or written.
type StoreError struct{ Err error }

// Error includes the cause.
func (e *StoreError) Error() string { return "keep the place in the mailbox: " + e.Err.Error() }

// Unwrap returns the cause.
func (e *StoreError) Unwrap() error { return e.Err }

// protocolError is a response that the library could not parse. It ends the connection.
type protocolError struct {
	text string
	err  error
}

func (e *protocolError) Error() string { return "the server's answer is not understood: " + e.text }
func (e *protocolError) Unwrap() error { return e.err }

// refusedWith returns the server's refusal of a command, and whether the error is one.
func refusedWith(err error) (*imap.Error, bool) { return errors.AsType[*imap.Error](err) }

// isRefusal reports whether an error is the server's refusal of a command.
func isRefusal(err error) bool {
	_, ok := refusedWith(err)
	return ok
}
