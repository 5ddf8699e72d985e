package app

import (
	"context"
	"fmt"
	"net/http"
	"sync"
	"time"

	"parcelwatch/config"
	"parcelwatch/internal/netx"
	"parcelwatch/internal/oauth"
	"parcelwatch/mailwatch"
	"parcelwatch/notify"
	"parcelwatch/parcel"
)

const tokenTime = 30 * time.Second // for one response of a provider

// MemoryVault keeps logins in memory until they have been tried.
type MemoryVault struct {
	mu   sync.Mutex
	kept map[string]string
}

// Secret implements [oauth.Vault].
func (v *MemoryVault) Secret(_ context.Context, name string) (string, error) {
	v.mu.Lock()
	defer v.mu.Unlock()
	if s, ok := v.kept[name]; ok {
		return s, nil
	}
	return "", parcel.ErrNotFound
}

// SetSecret implements [oauth.Vault].
func (v *MemoryVault) SetSecret(_ context.Context, name, value string) error {
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.kept == nil {
		v.kept = map[string]string{}
	}
	v.kept[name] = value
	return nil
}

// Empty reports whether nothing was stored.
func (v *MemoryVault) Empty() bool {
	v.mu.Lock()
	defer v.mu.Unlock()
	return len(v.kept) == 0
}

// MoveTo copies everything to another vault.
func (v *MemoryVault) MoveTo(ctx context.Context, to oauth.Vault) error {
	v.mu.Lock()
	defer v.mu.Unlock()
	for name, value := range v.kept {
		if err := to.SetSecret(ctx, name, value); err != nil {
			return fmt.Errorf("keep the login: %w", err)
		}
	}
	return nil
}

// Tokens provides access tokens for one account. Its source is created with the first
// token, because that reads the application's secret.
type Tokens struct {
	server config.Server
	vault  oauth.Vault
	mu     sync.Mutex
	source *oauth.Source
}

// NewTokens returns the tokens for a server with OAuth2 whose login is kept in vault.
func NewTokens(server config.Server, vault oauth.Vault) *Tokens {
	return &Tokens{server: server, vault: vault}
}

// Username returns the name of the account.
func (t *Tokens) Username() string { return t.server.Username }

// Application returns the registered application with its secret, and a client for its
// provider, which uses the account's proxy if there is one.
func (t *Tokens) Application(ctx context.Context) (oauth.App, *http.Client, error) {
	o := t.server.OAuth2
	a := oauth.App{Provider: o.Provider, ClientID: o.ClientID, Endpoint: o.Endpoint}
	if !o.ClientSecret.IsZero() {
		secret, err := o.ClientSecret.Resolve(ctx)
		if err != nil {
			return a, nil, err
		}
		a.ClientSecret = secret
	}
	dial, err := netx.Dialer(t.server.Proxy.URL())
	if err != nil {
		return a, nil, err
	}
	tr := &http.Transport{Proxy: http.ProxyFromEnvironment}
	if dial != nil {
		tr.Proxy, tr.DialContext = nil, dial
	}
	return a, &http.Client{Timeout: tokenTime, Transport: netx.Bounded(tr)}, nil
}

// Keep stores a token that a login has returned.
func (t *Tokens) Keep(ctx context.Context, token oauth.Token) error {
	source, err := t.open(ctx)
	if err != nil {
		return err
	}
	return source.Keep(ctx, token)
}

// Mailbox returns an authenticator for a mailbox's IMAP server. login are the arguments of
// the command that renews the login.
func (t *Tokens) Mailbox(login string) mailwatch.Authenticator {
	return func(ctx context.Context) (mailwatch.Credential, error) {
		token, err := t.token(ctx)
		if oauth.Final(err) {
			return mailwatch.Credential{}, &mailwatch.RefusedError{Text: advised(err, login).Error(), Token: true}
		}
		if err != nil {
			return mailwatch.Credential{}, err
		}
		return mailwatch.Credential{Username: t.Username(), Token: token}, nil
	}
}

// SMTP returns a function that provides tokens for the outgoing mail server.
func (t *Tokens) SMTP() func(context.Context) (string, error) {
	return func(ctx context.Context) (string, error) {
		token, err := t.token(ctx)
		if oauth.Final(err) {
			return "", fmt.Errorf("%w: %w", notify.ErrLogin, advised(err, SMTPName))
		}
		return token, err
	}
}

func (t *Tokens) token(ctx context.Context) (string, error) {
	source, err := t.open(ctx)
	if err != nil {
		return "", err
	}
	return source.Token(ctx)
}

func (t *Tokens) open(ctx context.Context) (*oauth.Source, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.source != nil {
		return t.source, nil
	}
	app, client, err := t.Application(ctx)
	if err != nil {
		return nil, err
	}
	t.source = oauth.NewSource(app, t.Username(), t.vault, oauth.Options{HTTP: client, Now: time.Now})
	return t.source, nil
}

// advised adds the command that renews a login to an error that is final.
func advised(err error, login string) error {
	return fmt.Errorf("%w; log in with: parcelwatch login %s", err, login)
}

// SMTPName is the name of the outgoing mail server in commands that take a mailbox.
const SMTPName = "smtp"
