package command

import (
	"context"
	"fmt"
	"net/http"
	"sync"
	"time"

	"parcelwatch/config"
	"parcelwatch/internal/oauth"
	"parcelwatch/mailwatch"
	"parcelwatch/notify"
	"parcelwatch/parcel"
	"parcelwatch/store/sqlite"
)

const tokenTime = 30 * time.Second // for one answer of a provider

// storeVault keeps logins in the store, which only its owner can read. It opens
// the store for each, which is once an hour, so that commands and daemon need
// not share it.
type storeVault struct {
	path string
	now  func() time.Time
}

// Secret is [oauth.Vault].
func (v storeVault) Secret(ctx context.Context, name string) (string, error) {
	if !exists(v.path) {
		return "", parcel.ErrNotFound
	}
	db, err := sqlite.Open(ctx, v.path, sqlite.Options{Now: v.now})
	if err != nil {
		return "", err
	}
	defer shut(db)
	return db.Secret(ctx, name)
}

// SetSecret is [oauth.Vault].
func (v storeVault) SetSecret(ctx context.Context, name, value string) error {
	db, err := sqlite.Open(ctx, v.path, sqlite.Options{Now: v.now})
	if err != nil {
		return err
	}
	defer shut(db) // what was written is stored before that
	return db.SetSecret(ctx, name, value)
}

// memoryVault keeps logins until they have proven to work.
type memoryVault struct {
	mu   sync.Mutex
	kept map[string]string
}

// Secret is [oauth.Vault].
func (v *memoryVault) Secret(_ context.Context, name string) (string, error) {
	v.mu.Lock()
	defer v.mu.Unlock()
	if s, ok := v.kept[name]; ok {
		return s, nil
	}
	return "", parcel.ErrNotFound
}

// SetSecret is [oauth.Vault].
func (v *memoryVault) SetSecret(_ context.Context, name, value string) error {
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.kept == nil {
		v.kept = map[string]string{}
	}
	v.kept[name] = value
	return nil
}

// moveTo hands everything over to another vault.
func (v *memoryVault) moveTo(ctx context.Context, to oauth.Vault) error {
	v.mu.Lock()
	defer v.mu.Unlock()
	for name, value := range v.kept {
		if err := to.SetSecret(ctx, name, value); err != nil {
			return fmt.Errorf("keep the login: %w", err)
		}
	}
	return nil
}

// tokenClient speaks to the providers, through the mailbox's proxy where it has
// one.
func tokenClient(p config.Proxy) (*http.Client, error) {
	dial, err := dialer(p)
	if err != nil {
		return nil, err
	}
	t := &http.Transport{Proxy: http.ProxyFromEnvironment, TLSHandshakeTimeout: tokenTime / 3, IdleConnTimeout: tokenTime, ForceAttemptHTTP2: true}
	if dial != nil {
		t.Proxy, t.DialContext = nil, dial
	}
	return &http.Client{Timeout: tokenTime, Transport: t}, nil
}

// appOf is the person's application, with its secret.
func appOf(ctx context.Context, o *config.OAuth2) (oauth.App, error) {
	a := oauth.App{Provider: o.Provider, ClientID: o.ClientID, Endpoint: o.Endpoint}
	if o.ClientSecret.IsZero() {
		return a, nil
	}
	secret, err := o.ClientSecret.Resolve(ctx)
	a.ClientSecret = secret
	return a, err
}

// tokens gives access tokens for an account. The source is made at the first
// login, when the application's secret is to be had.
type tokens struct {
	oauth2   *config.OAuth2
	proxy    config.Proxy
	username string
	vault    oauth.Vault

	mu     sync.Mutex
	source *oauth.Source
}

func (t *tokens) get(ctx context.Context) (string, error) {
	source, err := t.open(ctx)
	if err != nil {
		return "", err
	}
	return source.Token(ctx)
}

func (t *tokens) open(ctx context.Context) (*oauth.Source, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.source != nil {
		return t.source, nil
	}
	app, err := appOf(ctx, t.oauth2)
	if err != nil {
		return nil, err
	}
	client, err := tokenClient(t.proxy)
	if err != nil {
		return nil, err
	}
	t.source = oauth.NewSource(app, t.username, t.vault, oauth.Options{HTTP: client, Now: time.Now})
	return t.source, nil
}

// advised adds what to do to an error that only a person can mend.
func advised(err error, name string) error {
	if !oauth.Final(err) {
		return err
	}
	return fmt.Errorf("%w; log in with: parcelwatch login %s", err, name)
}

// mailboxTokens presents tokens to an IMAP server.
func mailboxTokens(t *tokens, name string) mailwatch.Authenticator {
	return func(ctx context.Context) (mailwatch.Credential, error) {
		token, err := t.get(ctx)
		if oauth.Final(err) {
			return mailwatch.Credential{}, &mailwatch.RefusedError{Text: advised(err, name).Error(), Token: true}
		}
		if err != nil {
			return mailwatch.Credential{}, err
		}
		return mailwatch.Credential{Username: t.username, Token: token}, nil
	}
}

// smtpTokens presents tokens to a mail server.
func smtpTokens(t *tokens) func(context.Context) (string, error) {
	return func(ctx context.Context) (string, error) {
		token, err := t.get(ctx)
		if oauth.Final(err) {
			return "", fmt.Errorf("%w: %w", notify.ErrLogin, advised(err, smtpName))
		}
		return token, err
	}
}

// smtpName is what the outgoing mail server is called where a mailbox may stand
// too.
const smtpName = "smtp"
