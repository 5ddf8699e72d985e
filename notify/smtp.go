package notify

import (
	"bytes"
	"cmp"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"

	"parcelwatch/internal/netx"
	xoauth2 "parcelwatch/internal/sasl"
	"parcelwatch/store"
)

// Errors that no server reported.
var (
	ErrPlain      = errors.New("an unprotected connection is allowed to a server on this machine only")
	ErrNoStartTLS = errors.New("the server does not offer STARTTLS")
	ErrNoAuth     = errors.New("the server offers no known way to log in")
	ErrLogin      = errors.New("the server refused the login")
)

// errPerhaps means that the server may or may not have accepted the mail.
var errPerhaps = errors.New("connection lost before the server confirmed")

// credentialError means that the password or token could not be obtained.
type credentialError struct {
	what string
	err  error
}

func (e *credentialError) Error() string { return e.what + ": " + e.err.Error() }
func (e *credentialError) Unwrap() error { return e.err }

// Time limits of a session.
const (
	connectTimeout = time.Minute
	commandTimeout = 2 * time.Minute
	dotTimeout     = 5 * time.Minute
	goodbyeTimeout = 5 * time.Second
)

// SMTP sends through one mail server. Password, or Token for XOAUTH2, is called at each
// login, so that a changed secret needs no restart.
type SMTP struct {
	Host      string
	Port      int
	TLS       netx.TLSMode
	Username  string // empty for no login
	Password  func(context.Context) (string, error)
	Token     func(context.Context) (string, error)
	TLSConfig *tls.Config // for private certificate authorities; may be nil
	// Dial replaces the direct connection if a proxy is configured.
	Dial func(ctx context.Context, network, address string) (net.Conn, error)
}

// session is a connection that has logged in.
type session struct {
	*smtp.Client
	link *netx.Guard
}

// within sets the time for each of the next commands and its answer.
func (c session) within(d time.Duration) {
	c.link.Step(netx.Limits{Silence: d, Total: d, Bytes: netx.Reply})
}

// Check logs in and out without sending anything.
func (s *SMTP) Check(ctx context.Context) error {
	c, done, err := s.connect(ctx)
	if err != nil {
		return s.from(err)
	}
	defer done()
	return s.from(c.Quit())
}

// Accepts asks whether the server takes mail from a sender for recipients, without sending
// any. from may have a name.
func (s *SMTP) Accepts(ctx context.Context, from string, to []string) error {
	sender, err := address(from)
	if err != nil {
		return err
	}
	c, done, err := s.connect(ctx)
	if err != nil {
		return s.from(err)
	}
	defer done()
	if err := c.Mail(sender.Address, &smtp.MailOptions{UTF8: !ascii(sender.Address)}); err != nil {
		return s.from(fmt.Errorf("offer mail from %s: %w", sender.Address, err))
	}
	for _, recipient := range to {
		if err := c.Rcpt(recipient, nil); err != nil {
			return s.from(fmt.Errorf("offer mail to %s: %w", recipient, err))
		}
	}
	if err := c.Reset(); err != nil {
		return s.from(err)
	}
	return s.from(c.Quit())
}

// Send tries the recipients in one session.
func (s *SMTP) Send(ctx context.Context, m store.Message, to []string) []Outcome {
	r := newRound(to)
	c, done, err := s.connect(ctx)
	if err != nil {
		r.rest(s.failed(ctx, err))
		return r.outcomes
	}
	defer done()
	if s.deliver(ctx, c, m, r) {
		// The server has accepted the mail; a failing QUIT changes nothing.
		c.within(goodbyeTimeout)
		_ = c.Quit()
	}
	return r.outcomes
}

// deliver runs one mail transaction and reports whether the session can be ended with
// QUIT.
func (s *SMTP) deliver(ctx context.Context, c session, m store.Message, r *round) bool {
	for i := range r.outcomes {
		r.outcomes[i].Offered = true
	}
	if err := c.Mail(m.From, &smtp.MailOptions{Size: int64(len(m.Raw)), UTF8: !ascii(m.From)}); err != nil {
		r.rest(s.failed(ctx, err))
		return answered(err)
	}
	for i := range r.outcomes {
		err := c.Rcpt(r.outcomes[i].To, nil)
		if err != nil {
			if !answered(err) {
				r.rest(s.failed(ctx, err))
				return false
			}
			result, why := s.failed(ctx, err)
			r.set(i, result, why)
			continue
		}
		r.accepted++
	}
	if r.accepted == 0 {
		return true
	}
	w, err := c.Data()
	if err != nil {
		r.rest(s.failed(ctx, err))
		return answered(err)
	}
	if _, err := io.Copy(w, bytes.NewReader(m.Raw)); err != nil {
		// Without the final dot no server accepts a mail.
		r.rest(s.failed(ctx, err))
		return false
	}
	c.within(dotTimeout)
	if _, err := w.CloseWithResponse(); err != nil {
		if !answered(err) {
			r.rest(SendAmbiguous, s.from(fmt.Errorf("%w: %w", errPerhaps, err)))
			return false
		}
		r.rest(s.failed(ctx, err))
		return true
	}
	r.rest(SendOK, nil)
	return true
}

// failed classifies an error that came before the mail was transferred.
func (s *SMTP) failed(ctx context.Context, err error) (SendResult, error) {
	if ctx.Err() != nil {
		return SendUntried, fmt.Errorf("send mail: %w", ctx.Err())
	}
	var answer *smtp.SMTPError
	switch {
	case errors.Is(err, ErrLogin):
		// The account is the problem, not the recipient: it can be fixed.
	case errors.As(err, &answer) && answer.Code == 530:
	case errors.As(err, &answer) && answer.Code >= 500 && answer.Code < 600:
		return SendRefused, s.from(fmt.Errorf("send mail: %w", err))
	}
	return SendTemporary, s.from(fmt.Errorf("send mail: %w", err))
}

// answered reports whether err is a response of the server, after which the session can
// continue.
func answered(err error) bool {
	var answer *smtp.SMTPError
	return errors.As(err, &answer)
}

// connect opens the connection, starts TLS and logs in. The caller must call done; until
// then the end of ctx closes the connection.
func (s *SMTP) connect(ctx context.Context) (c session, done func(), err error) {
	if s.TLS == netx.TLSNone && !netx.Loopback(s.Host) {
		return c, nil, fmt.Errorf("connect to %s: %w", s.Host, ErrPlain)
	}
	address := net.JoinHostPort(s.Host, strconv.Itoa(s.Port))
	limited, cancel := context.WithTimeout(ctx, connectTimeout)
	defer cancel()
	conn, err := s.dial(limited, address)
	if err != nil {
		return c, nil, fmt.Errorf("connect to %s: %w", address, err)
	}
	// Below TLS, so that the limits also hold before STARTTLS.
	link := netx.NewTurns(conn, netx.Limits{Silence: commandTimeout, Total: commandTimeout, Bytes: netx.Reply})
	stop := context.AfterFunc(ctx, func() { _ = link.Close() })
	slow := context.AfterFunc(limited, func() { _ = link.Close() })
	fail := func(err error) (session, func(), error) {
		stop()
		slow()
		_ = link.Close()
		if errors.Is(limited.Err(), context.DeadlineExceeded) {
			err = fmt.Errorf("%w (%w)", context.DeadlineExceeded, err)
		}
		return session{}, nil, fmt.Errorf("connect to %s: %w", address, err)
	}
	client, err := s.greet(limited, link)
	if err != nil {
		return fail(err)
	}
	if err := s.login(limited, client); err != nil {
		return fail(err)
	}
	if !slow() {
		return fail(context.DeadlineExceeded)
	}
	return session{Client: client, link: link}, func() {
		stop()
		_ = link.Close()
		_ = client.Close()
	}, nil
}

func (s *SMTP) dial(ctx context.Context, address string) (net.Conn, error) {
	if s.Dial != nil {
		return s.Dial(ctx, "tcp", address)
	}
	var d net.Dialer
	return d.DialContext(ctx, "tcp", address)
}

// greet starts TLS and sends EHLO.
func (s *SMTP) greet(ctx context.Context, conn net.Conn) (*smtp.Client, error) {
	cfg := &tls.Config{MinVersion: tls.VersionTLS12}
	if s.TLSConfig != nil {
		cfg = s.TLSConfig.Clone()
	}
	cfg.ServerName = cmp.Or(cfg.ServerName, s.Host)
	var c *smtp.Client
	switch s.TLS {
	case netx.TLSImplicit, "":
		protected := tls.Client(conn, cfg)
		if err := protected.HandshakeContext(ctx); err != nil {
			return nil, fmt.Errorf("start TLS: %w", err)
		}
		c = smtp.NewClient(protected)
	case netx.TLSStart:
		var err error
		if c, err = smtp.NewClientStartTLS(conn, cfg); err != nil {
			if strings.Contains(err.Error(), "doesn't support STARTTLS") {
				err = ErrNoStartTLS
			}
			return nil, fmt.Errorf("start TLS: %w", err)
		}
	default:
		c = smtp.NewClient(conn)
	}
	// The real address is private, and a name would have to exist.
	if err := c.Hello("[127.0.0.1]"); err != nil {
		return nil, fmt.Errorf("say hello: %w", err)
	}
	return c, nil
}

// login is called only over TLS or for a server on this machine.
func (s *SMTP) login(ctx context.Context, c *smtp.Client) error {
	if s.Username == "" {
		return nil
	}
	mechanism, err := s.mechanism(ctx, c)
	if err != nil {
		return err
	}
	if err := c.Auth(mechanism); err != nil {
		var answer *smtp.SMTPError
		var refused *xoauth2.XOAuth2Error
		if errors.As(err, &refused) || (errors.As(err, &answer) && answer.Code >= 500) {
			return fmt.Errorf("%w: %w", ErrLogin, err)
		}
		return fmt.Errorf("log in: %w", err)
	}
	return nil
}

func (s *SMTP) mechanism(ctx context.Context, c *smtp.Client) (sasl.Client, error) {
	if s.Token != nil {
		token, err := s.Token(ctx)
		if err != nil {
			return nil, &credentialError{"get the access token", err}
		}
		return xoauth2.NewXOAuth2Client(s.Username, token), nil
	}
	if s.Password == nil {
		return nil, fmt.Errorf("%w: no password is configured", ErrLogin)
	}
	password, err := s.Password(ctx)
	if err != nil {
		return nil, &credentialError{"read the password", err}
	}
	switch {
	case offers(c, sasl.Plain):
		return sasl.NewPlainClient("", s.Username, password), nil
	case offers(c, sasl.Login):
		return xoauth2.NewLoginClient(s.Username, password), nil
	default:
		return nil, ErrNoAuth
	}
}

// offers reports whether the server offers a mechanism, also in the form of old servers:
// "AUTH=LOGIN PLAIN".
func offers(c *smtp.Client, mechanism string) bool {
	if c.SupportsAuth(mechanism) {
		return true
	}
	for _, first := range []string{sasl.Login, sasl.Plain, "CRAM-MD5", "NTLM"} {
		if ok, more := c.Extension("AUTH=" + first); ok && slices.Contains(append(strings.Fields(strings.ToUpper(more)), first), mechanism) {
			return true
		}
	}
	return false
}

// round collects the outcomes of one try.
type round struct {
	outcomes []Outcome
	decided  []bool
	accepted int
}

func newRound(to []string) *round {
	r := &round{outcomes: make([]Outcome, len(to)), decided: make([]bool, len(to))}
	for i, a := range to {
		r.outcomes[i].To = a
	}
	return r
}

func (r *round) set(i int, result SendResult, err error) {
	r.outcomes[i].Result, r.outcomes[i].Err, r.decided[i] = result, err, true
}

// rest sets the outcome of all recipients that have none yet.
func (r *round) rest(result SendResult, err error) {
	for i := range r.outcomes {
		if !r.decided[i] {
			r.set(i, result, err)
		}
	}
}

func ascii(s string) bool {
	return strings.IndexFunc(s, func(r rune) bool { return r > 0x7e }) < 0
}
