package rig

import "context"

// Dovecot is an IMAP server; mail is in its folder's mail/USER/Maildir.
type Dovecot struct{ Server }

// NewDovecot is a server in dir that is not started yet. Other users of the
// system must be able to enter dir.
func NewDovecot(ctx context.Context, dir string) (*Dovecot, error) {
	s, err := newServer(ctx, dir, "dovecot")
	return &Dovecot{s}, err
}
