package app

import (
	"context"
	"crypto/tls"
	"fmt"

	"parcelwatch/config"
	"parcelwatch/internal/netx"
	"parcelwatch/internal/oauth"
	"parcelwatch/mailwatch"
)

// Account returns the configuration of a mailbox for mailwatch. OAuth2 logins are
// read from vault.
func Account(c *config.Config, m config.Mailbox, vault oauth.Vault) (mailwatch.Account, error) {
	dial, tlsConfig, err := connection(m.Server)
	if err != nil {
		return mailwatch.Account{}, fmt.Errorf("mailbox %s: %w", m.Name, err)
	}
	return mailwatch.Account{
		Name: m.Name, Host: m.Host, Port: m.Port, TLS: m.TLS, TLSConfig: tlsConfig,
		Dial: dial, Auth: authenticator(m, vault), Folders: m.Folders, Since: m.Since.Time(), Senders: sendersOf(c, m),
	}, nil
}

// connection returns how to reach a server; both results may be nil.
func connection(s config.Server) (netx.Dial, *tls.Config, error) {
	dial, err := netx.Dialer(s.Proxy.URL())
	if err != nil {
		return nil, nil, err
	}
	tlsConfig, err := netx.TLSConfig(s.Host, s.CA, s.Fingerprint)
	return dial, tlsConfig, err
}

// authenticator reads the secret at each login, so that a changed one needs no restart.
func authenticator(m config.Mailbox, vault oauth.Vault) mailwatch.Authenticator {
	if m.OAuth2 != nil {
		return NewTokens(m.Server, vault).Mailbox(m.Name)
	}
	return func(ctx context.Context) (mailwatch.Credential, error) {
		password, err := m.Password.Resolve(ctx)
		if err != nil {
			return mailwatch.Credential{}, err
		}
		return mailwatch.Credential{Username: m.Username, Password: password}, nil
	}
}
