package demo

import (
	"context"
	"fmt"
	"net"
)

// server is a running server on loopback.
type server struct {
	Addr string

	protocol protocol
	listen   net.Listener
	done     chan struct{}
}

// protocol is a server library.
type protocol interface {
	Serve(l net.Listener) error
	Close() error
}

// listen opens a free port on loopback.
func listen(ctx context.Context) (net.Listener, error) {
	l, err := (&net.ListenConfig{}).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("demo: listen: %w", err)
	}
	return l, nil
}

// serve starts a server, which runs until Close.
func serve(l net.Listener, p protocol) server {
	s := server{Addr: l.Addr().String(), protocol: p, listen: l, done: make(chan struct{})}
	go func() {
		defer close(s.done)
		_ = p.Serve(l)
	}()
	return s
}

// Close stops the server and waits for its end.
func (s server) Close() error {
	err := s.protocol.Close()
	_ = s.listen.Close() // the library may not be serving yet and then does not close it
	<-s.done
	return err
}
