package rig

import "context"

// The kinds of servers for [NewOther].
const (
	Courier = "courier"
	Imap4d  = "imap4d" // of GNU mailutils
)

// NewOther returns a server of a kind in dir that is not started yet. It has no
// LMTP: mail comes by APPEND. ErrNotHere says that this machine cannot have it.
func NewOther(ctx context.Context, dir, kind string) (*Server, error) {
	if err := run(ctx, nil, kind+".sh", "prepare"); err != nil {
		return nil, err
	}
	s, err := newServer(ctx, dir, kind)
	return &s, err
}
