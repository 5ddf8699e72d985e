package mailwatch

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"slices"
	"strconv"
	"time"

	"parcelwatch/internal/netx"
	"parcelwatch/mail"
)

// MaxFolders limits the connections of one account: servers allow ten to fifteen, and
// other mail clients need some of them.
const MaxFolders = 10

const (
	defaultSince   = 60 * 24 * time.Hour
	defaultProbe   = time.Minute
	maxProbe       = time.Minute // with a longer interval a dead connection would be noticed too late
	defaultPoll    = 2 * time.Minute
	defaultRetry   = 5 * time.Second
	defaultMaxSize = 4 << 20
)

// ErrPlain means that the password would be sent unencrypted.
var ErrPlain = errors.New("unprotected connection to another machine")

// ErrAccount means that the settings of an account are invalid.
var ErrAccount = errors.New("mailbox settings")

// Credential is what a login sends: a password or an OAuth2 access token.
type Credential struct {
	Username string
	Password string
	Token    string
}

// Format hides the secret in all formatting verbs.
func (c Credential) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, c.Username+" (hidden)") }

// MarshalText hides the secret in logs and encoders.
func (c Credential) MarshalText() ([]byte, error) { return []byte(c.Username + " (hidden)"), nil }

// Authenticator returns the credential for the next login. It is called before each
// connection, so it can refresh a token.
type Authenticator func(ctx context.Context) (Credential, error)

// Account is one mailbox and the choice of mail to read from it.
type Account struct {
	Name string // as configured; part of every MailRef
	// Household is named in advice to log in; empty for the configuration file's own.
	Household string
	Host      string
	Port      int // 0 for the default port of the mode
	TLS       netx.TLSMode
	// TLSConfig may contain a private certificate authority or a pinned certificate; nil
	// for the system's authorities.
	TLSConfig *tls.Config
	// Dial opens the connection, through a proxy for example; nil for a direct one.
	Dial func(ctx context.Context, network, addr string) (net.Conn, error)
	Auth Authenticator
	// Folders are the folders to watch, at most MaxFolders; INBOX if empty.
	Folders []string
	// Since is how far back the first scan searches; 0 for 60 days.
	Since time.Duration
	// Senders select the mail passed to the handler; empty for all mail.
	Senders mail.Senders
	// Probe is the interval at which a connection is checked: at most a minute, which is
	// also the default.
	Probe time.Duration
	// Poll is the interval of checking for mail on servers without IDLE.
	Poll time.Duration
	// Retry is the delay before the first reconnect after a failure; it doubles up to a
	// quarter of an hour. 0 for 5 s.
	Retry time.Duration
	// MaxSize is the size in bytes above which only the beginning of a mail is read.
	MaxSize int64
}

// Addr returns the address to connect to.
func (a Account) Addr() string { return net.JoinHostPort(a.Host, strconv.Itoa(a.Port)) }

// complete fills in the defaults.
func (a Account) complete() Account {
	a.TLS, a.Port = netx.Complete(a.TLS, a.Port, 993, 143)
	if len(a.Folders) == 0 {
		a.Folders = []string{"INBOX"}
	}
	a.Folders = unique(a.Folders)
	if a.Since <= 0 {
		a.Since = defaultSince
	}
	if a.Probe <= 0 || a.Probe > maxProbe {
		a.Probe = defaultProbe
	}
	if a.Poll <= 0 {
		a.Poll = defaultPoll
	}
	if a.Retry <= 0 {
		a.Retry = defaultRetry
	}
	if a.MaxSize <= 0 {
		a.MaxSize = defaultMaxSize
	}
	return a
}

// unique removes duplicates and keeps the order.
func unique(list []string) []string {
	var out []string
	for _, s := range list {
		if !slices.Contains(out, s) {
			out = append(out, s)
		}
	}
	return out
}

// check returns an error for invalid settings, before anything is sent.
func (a Account) check() error {
	switch {
	case a.Host == "":
		return fmt.Errorf("%w: no host", ErrAccount)
	case a.Port < 1 || a.Port > 65535:
		return fmt.Errorf("%w: port %d", ErrAccount, a.Port)
	case a.Auth == nil:
		return fmt.Errorf("%w: no credential", ErrAccount)
	case len(a.Folders) > MaxFolders:
		return fmt.Errorf("%w: %d folders, at most %d can be watched", ErrAccount, len(a.Folders), MaxFolders)
	case !slices.Contains([]netx.TLSMode{netx.TLSImplicit, netx.TLSStart, netx.TLSNone}, a.TLS):
		return fmt.Errorf("%w: tls = %q", ErrAccount, a.TLS)
	case a.TLS == netx.TLSNone && !netx.Loopback(a.Host):
		return fmt.Errorf("connect to %s: %w", a.Host, ErrPlain)
	}
	return nil
}
