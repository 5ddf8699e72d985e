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
	Addr string

	user   *imapmemserver.User
	server *imapserver.Server
	listen net.Listener
	done   chan struct{}
}

// OpenInbox starts the server on a free loopback port. The caller must close it.
func OpenInbox(ctx context.Context) (*Inbox, error) {
	l, err := (&net.ListenConfig{}).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("demo: listen for IMAP: %w", err)
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
	server := imapserver.New(&imapserver.Options{
		NewSession: func(*imapserver.Conn) (imapserver.Session, *imapserver.GreetingData, error) {
			return mem.NewSession(), nil, nil
		},
		Caps:         imap.CapSet{imap.CapIMAP4rev1: {}, imap.CapIMAP4rev2: {}},
		InsecureAuth: true, // the connection never leaves this machine
	})
	in := &Inbox{Addr: l.Addr().String(), user: user, server: server, listen: l, done: make(chan struct{})}
	go in.serve(l)
	return in, nil
}

// Deliver puts a mail into the inbox with the arrival time at.
func (in *Inbox) Deliver(raw []byte, at time.Time) error {
	if _, err := in.user.Append("INBOX", literal{bytes.NewReader(raw)}, &imap.AppendOptions{Time: at}); err != nil {
		return fmt.Errorf("demo: deliver a mail: %w", err)
	}
	return nil
}

// Close stops the server and waits for its end.
func (in *Inbox) Close() error {
	err := in.server.Close()
	_ = in.listen.Close() // the server may not be serving yet and then does not close it
	<-in.done
	return err
}

// literal is a mail in the form that the server library takes.
type literal struct{ *bytes.Reader }

// Size returns the length of the mail in bytes.
func (l literal) Size() int64 { return l.Reader.Size() }

// serve runs until Close.
func (in *Inbox) serve(l net.Listener) {
	defer close(in.done)
	_ = in.server.Serve(l)
}
