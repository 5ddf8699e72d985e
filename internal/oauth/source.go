package oauth

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"sync"
	"time"

	"golang.org/x/oauth2"

	"parcelwatch/internal/netx"
	"parcelwatch/parcel"
)

// spare is the validity that an access token must have left to be used.
const spare = 2 * time.Minute

// Vault keeps secrets by name. Secret returns an error wrapping
// [parcel.ErrNotFound] if there is none with the name.
type Vault interface {
	Secret(ctx context.Context, name string) (string, error)
	SetSecret(ctx context.Context, name, value string) error
}

// Options are the dependencies of a source.
type Options struct {
	HTTP *http.Client // has a timeout
	Now  func() time.Time
	Log  *slog.Logger // nil for no logging
}

// Source provides access tokens for one account. It is safe for concurrent use, and
// several processes may share the vault.
type Source struct {
	app   App
	name  string
	vault Vault
	o     Options

	mu      sync.Mutex
	unsaved Token // rotated, but not saved in the vault yet
}

// NewSource returns a source for the account of username.
func NewSource(app App, username string, vault Vault, o Options) *Source {
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	return &Source{app: app, name: Key(app.Provider, username), vault: vault, o: o}
}

// Key returns the name under which the vault keeps the login of an account.
func Key(provider, username string) string { return "oauth2 " + provider + " " + username }

// kept is a login in the vault.
type kept struct {
	ClientID string    `json:"client_id"`
	Access   string    `json:"access"`
	Refresh  string    `json:"refresh"`
	Expiry   time.Time `json:"expiry"`
}

// Keep stores the token of a new login.
func (s *Source) Keep(ctx context.Context, t Token) error {
	raw, err := json.Marshal(kept{ClientID: s.app.ClientID, Access: t.access, Refresh: t.refresh, Expiry: t.expiry.UTC()})
	if err != nil {
		return fmt.Errorf("keep the login: %w", err)
	}
	if err := s.vault.SetSecret(ctx, s.name, string(raw)); err != nil {
		return fmt.Errorf("keep the login: %w", err)
	}
	return nil
}

// Token returns an access token that is valid for at least two more minutes. [Final]
// reports whether an error requires a new login.
func (s *Source) Token(ctx context.Context) (string, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	t, err := s.current(ctx)
	if err != nil {
		return "", err
	}
	if t.access != "" && s.o.Now().Add(spare).Before(t.expiry) {
		return t.access, nil
	}
	fresh, err := s.refresh(ctx, t)
	if errors.Is(err, ErrEnded) {
		// Another process may have used the refresh token in the meantime.
		if other, again := s.stored(ctx); again == nil && other.refresh != t.refresh {
			fresh, err = s.refresh(ctx, other)
		}
	}
	if err != nil {
		return "", err
	}
	s.save(ctx, fresh)
	return fresh.access, nil
}

// current returns the newest token, saved or not.
func (s *Source) current(ctx context.Context) (Token, error) {
	if !s.unsaved.IsZero() {
		s.save(ctx, s.unsaved)
		if !s.unsaved.IsZero() {
			return s.unsaved, nil
		}
	}
	return s.stored(ctx)
}

// save stores a rotated token in the vault. If that fails, the token is kept in memory
// and the next call tries again, because the old one may be invalid already.
func (s *Source) save(ctx context.Context, t Token) {
	// The end of ctx must not lose a token that the provider has issued.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
	defer cancel()
	s.unsaved = Token{}
	if err := s.Keep(ctx, t); err != nil {
		s.unsaved = t
		s.o.Log.WarnContext(ctx, "renewed login is not stored", "err", err.Error())
	}
}

// stored returns the token in the vault.
func (s *Source) stored(ctx context.Context) (Token, error) {
	raw, err := s.vault.Secret(ctx, s.name)
	switch {
	case errors.Is(err, parcel.ErrNotFound):
		return Token{}, ErrNoLogin
	case err != nil:
		return Token{}, fmt.Errorf("read the stored login: %w", err)
	}
	var k kept
	if json.Unmarshal([]byte(raw), &k) != nil || k.ClientID != s.app.ClientID || k.Refresh == "" {
		return Token{}, ErrNoLogin
	}
	return Token{access: k.Access, refresh: k.Refresh, expiry: k.Expiry}, nil
}

// refresh requests a new access token from the provider.
func (s *Source) refresh(ctx context.Context, t Token) (Token, error) {
	conf, err := s.app.config()
	if err != nil {
		return Token{}, err
	}
	fresh, err := conf.TokenSource(with(ctx, s.o.HTTP), &oauth2.Token{RefreshToken: t.refresh}).Token()
	if err != nil {
		err = explain(ctx, err, t.refresh, s.app.ClientSecret)
		if errors.Is(err, ErrEnded) {
			return Token{}, err // it says all there is to say
		}
		return Token{}, fmt.Errorf("renew the login: %w", err)
	}
	out := tokenOf(fresh)
	if fresh.ExpiresIn > 0 {
		out.expiry = s.o.Now().Add(time.Duration(fresh.ExpiresIn) * time.Second)
	}
	return out, nil
}

// with passes the client to the library. Not all of its requests carry the context.
func with(ctx context.Context, c *http.Client) context.Context {
	bound := *c
	base := c.Transport
	if base == nil {
		base = netx.Bounded(&http.Transport{Proxy: http.ProxyFromEnvironment})
	}
	bound.Transport = roundTripper(func(r *http.Request) (*http.Response, error) {
		return base.RoundTrip(r.WithContext(ctx))
	})
	return context.WithValue(ctx, oauth2.HTTPClient, &bound)
}

type roundTripper func(*http.Request) (*http.Response, error)

// RoundTrip implements http.RoundTripper.
func (f roundTripper) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

const hidden = "(hidden)"

// Token is the result of a login: an access token for about an hour and a refresh
// token to get the next one. Only the vault's encoding contains the secrets; formatting,
// logging and other encoders hide them.
type Token struct {
	access, refresh string
	expiry          time.Time
}

func tokenOf(t *oauth2.Token) Token {
	return Token{access: t.AccessToken, refresh: t.RefreshToken, expiry: t.Expiry}
}

// IsZero reports whether there is no token.
func (t Token) IsZero() bool { return t == Token{} }

// String never shows the token.
func (Token) String() string { return hidden }

// GoString never shows the token either.
func (Token) GoString() string { return hidden }

// LogValue keeps the token out of logs.
func (Token) LogValue() slog.Value { return slog.StringValue(hidden) }

// MarshalText keeps the token out of JSON and every other encoding.
func (Token) MarshalText() ([]byte, error) { return []byte(hidden), nil }

// Format keeps the token out of every verb.
func (Token) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, hidden) }
