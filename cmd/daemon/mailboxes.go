package main

import (
	"context"
	"errors"
	"fmt"

	"parcelwatch/config"
	"parcelwatch/mailwatch"
)

// accountOf is a mailbox as mailwatch wants it.
func accountOf(c *config.Config, m config.Mailbox) (mailwatch.Account, error) {
	dial, err := dialer(m.Proxy)
	if err != nil {
		return mailwatch.Account{}, fmt.Errorf("mailbox %s: %w", m.Name, err)
	}
	a := mailwatch.Account{
		Name: m.Name, Host: m.Host, Port: m.Port, TLS: mailwatch.TLSMode(m.TLS), Fingerprint: m.Fingerprint,
		Dial: dial, Auth: authenticator(m), Folders: m.Folders, Since: m.Since.Time(), Senders: sendersOf(c, m),
	}
	if m.CA != "" {
		if a.TLSConfig, err = authority(m.CA, "", m.Host); err != nil {
			return mailwatch.Account{}, fmt.Errorf("mailbox %s: %w", m.Name, err)
		}
	}
	return a, nil
}

// errNoLogin is a mailbox whose OAuth2 login has not been done.
var errNoLogin = errors.New("no login by OAuth2 is stored for it; use a password of its own for this program")

// authenticator resolves the secret at each login, so that a changed one needs no
// restart.
func authenticator(m config.Mailbox) mailwatch.Authenticator {
	return func(ctx context.Context) (mailwatch.Credential, error) {
		if m.OAuth2 != nil {
			return mailwatch.Credential{}, fmt.Errorf("mailbox %s: %w", m.Name, errNoLogin)
		}
		password, err := m.Password.Resolve(ctx)
		if err != nil {
			return mailwatch.Credential{}, err
		}
		return mailwatch.Credential{Username: m.Username, Password: password}, nil
	}
}

// sendersOf is whose mail is worth reading.
func sendersOf(c *config.Config, m config.Mailbox) []string {
	out := append([]string{}, c.Shop.Domains...)
	out = append(out, m.Forwarders...)
	for _, r := range c.Rules {
		out = append(out, r.Sender)
	}
	return out
}
