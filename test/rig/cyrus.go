package rig

import "context"

// Cyrus is the other IMAP server. It takes no mail with bare line feeds, and
// folders stand beside INBOX.
type Cyrus struct{ Server }

// NewCyrus is a server in dir that is not started yet. Other users of the system
// must be able to enter dir. ErrNotHere says that this machine has no Cyrus.
func NewCyrus(ctx context.Context, dir string) (*Cyrus, error) {
	if err := run(ctx, nil, "cyrus.sh", "prepare"); err != nil {
		return nil, err
	}
	s, err := newServer(ctx, dir, "cyrus")
	return &Cyrus{s}, err
}
