package demo

import (
	"bytes"
	"context"
	"fmt"
	"net"
	"time"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapserver"
	"github.com/emersion/go-imap/v2/imapserver/imapmemserver"
)

// The only account of the simulated mail servers.
const (
	Address  = "you@demo.example"
	Password = "demo"
)

// Inbox is an IMAP server in memory with one account.
type Inbox struct {
	server

	user *imapmemserver.User
}

// OpenInbox starts the server on a free loopback port. The caller must close it.
func OpenInbox(ctx context.Context) (*Inbox, error) {
	l, err := listen(ctx)
	if err != nil {
		return nil, err
	}
	return ServeInbox(l)
}

// ServeInbox starts the server on a listener, which Close closes.
func ServeInbox(l net.Listener) (*Inbox, error) {
	user := imapmemserver.NewUser(Address, Password)
	if err := user.Create("INBOX", nil); err != nil {
		return nil, fmt.Errorf("demo: create inbox: %w", err)
	}
	mem := imapmemserver.New()
	mem.AddUser(user)
	return &Inbox{user: user, server: serve(l, imapserver.New(&imapserver.Options{
		NewSession: func(*imapserver.Conn) (imapserver.Session, *imapserver.GreetingData, error) {
			return mem.NewSession(), nil, nil
		},
		Caps:         imap.CapSet{imap.CapIMAP4rev1: {}, imap.CapIMAP4rev2: {}},
		InsecureAuth: true, // the connection never leaves this machine
	}))}, nil
}

// Deliver puts a mail into the inbox with the arrival time at.
func (in *Inbox) Deliver(raw []byte, at time.Time) error {
	if _, err := in.user.Append("INBOX", literal{bytes.NewReader(raw)}, &imap.AppendOptions{Time: at}); err != nil {
		return fmt.Errorf("demo: deliver a mail: %w", err)
	}
	return nil
}

// literal is a mail in the form that the server library takes.
type literal struct{ *bytes.Reader }

// Size returns the length of the mail in bytes.
func (l literal) Size() int64 { return l.Reader.Size() }
