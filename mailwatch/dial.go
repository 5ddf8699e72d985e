package mailwatch

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
	"time"

	"github.com/emersion/go-imap/v2"

	"parcelwatch/internal/netx"
)

const (
	dialLimit = 10 * time.Second
	tlsLimit  = 20 * time.Second
)

// greeting stands for the one before STARTTLS, after which a server sends no other. Its
// capabilities are to be asked for again.
const greeting = "* OK ready\r\n"

// dial opens the network connection and starts TLS as configured.
func dial(ctx context.Context, a Account, budget *Budget) (*link, error) {
	open := a.Dial
	if open == nil {
		open = (&net.Dialer{Timeout: dialLimit}).DialContext
	}
	dialCtx, cancel := context.WithTimeout(ctx, dialLimit)
	defer cancel()
	raw, err := open(dialCtx, "tcp", a.Addr())
	if err != nil {
		return nil, fmt.Errorf("connect to %s: %w", a.Addr(), err)
	}
	switch a.TLS {
	case netx.TLSNone:
		return newLink(raw, raw, "", budget), nil
	case netx.TLSStart:
		return startTLS(ctx, a, raw, budget)
	default:
		conn, err := handshake(ctx, a, raw)
		if err != nil {
			return nil, err
		}
		return newLink(conn, raw, "", budget), nil
	}
}

// handshake starts TLS and closes the connection if that fails.
func handshake(ctx context.Context, a Account, raw net.Conn) (net.Conn, error) {
	limited, cancel := context.WithTimeout(ctx, tlsLimit)
	defer cancel()
	conn := tls.Client(raw, tlsConfig(a))
	if err := conn.HandshakeContext(limited); err != nil {
		_ = raw.Close()
		if limited.Err() != nil && ctx.Err() == nil {
			err = fmt.Errorf("%w for %s", netx.ErrSilent, tlsLimit)
		}
		return nil, fmt.Errorf("start TLS with %s: %w", a.Addr(), err)
	}
	return conn, nil
}

// startTLS asks for TLS without the library, which would read what comes after TLS past
// the link.
func startTLS(ctx context.Context, a Account, raw net.Conn, budget *Budget) (*link, error) {
	plain := newLink(raw, raw, "", budget)
	plain.step(answerLimit, time.Minute, netx.Reply)
	stop := context.AfterFunc(ctx, func() { plain.hurry(stopLimit) })
	err := plain.askTLS()
	if !stop() && err == nil {
		err = ctx.Err()
	}
	if err != nil {
		if cause := plain.failure(); cause != nil {
			err = cause
		}
		_ = plain.Close()
		return nil, fmt.Errorf("start TLS with %s: %w", a.Addr(), err)
	}
	conn, err := handshake(ctx, a, raw)
	if err != nil {
		return nil, err
	}
	return newLink(conn, raw, greeting, budget), nil
}

// errSMTP is the greeting of a server for sending.
var errSMTP = errors.New("the server speaks SMTP")

var errPreAuth = errors.New("the server logs in before TLS")

// smtpReady starts the greeting of an SMTP server.
const smtpReady = "220"

// askTLS reads the greeting and sends STARTTLS. It reads nothing that follows the answer.
func (l *link) askTLS() error {
	const tag = "T0"
	hello, err := l.status("*")
	if err != nil {
		return err
	}
	if hello == imap.StatusResponseTypePreAuth {
		return errPreAuth
	}
	if _, err := l.Write([]byte(tag + " STARTTLS\r\n")); err != nil {
		return err
	}
	_, err = l.status(tag)
	return err
}

// status reads the next status response with a tag; a refusal is an [imap.Error].
func (l *link) status(tag string) (imap.StatusResponseType, error) {
	for {
		line, err := l.line()
		if err != nil {
			return "", err
		}
		first, rest, _ := strings.Cut(line, " ")
		word, text, _ := strings.Cut(rest, " ")
		kind := imap.StatusResponseType(strings.ToUpper(word))
		switch {
		case tag == "*" && strings.HasPrefix(first, smtpReady):
			return "", errSMTP
		case first != tag:
		case kind == imap.StatusResponseTypeOK, kind == imap.StatusResponseTypePreAuth:
			return kind, nil
		default:
			return "", &imap.Error{Type: kind, Text: text}
		}
	}
}

// line reads a line, a byte at a time: what follows belongs to TLS.
func (l *link) line() (string, error) {
	var line []byte
	for b := make([]byte, 1); ; {
		if _, err := io.ReadFull(l.Guard, b); err != nil {
			return "", err
		}
		if b[0] == '\n' {
			return strings.TrimRight(string(line), "\r"), nil
		}
		line = append(line, b[0])
	}
}

// tlsConfig returns the TLS configuration for the account's server.
func tlsConfig(a Account) *tls.Config {
	config := &tls.Config{MinVersion: tls.VersionTLS12}
	if a.TLSConfig != nil {
		config = a.TLSConfig.Clone()
	}
	if config.ServerName == "" {
		config.ServerName = a.Host
	}
	return config
}
