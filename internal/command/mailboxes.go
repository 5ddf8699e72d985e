package command

import (
	"context"
	"fmt"
	"time"

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
		Dial: dial, Auth: authenticator(c, m), Folders: m.Folders, Since: m.Since.Time(), Senders: sendersOf(c, m),
	}
	if m.CA != "" {
		if a.TLSConfig, err = authority(m.CA, "", m.Host); err != nil {
			return mailwatch.Account{}, fmt.Errorf("mailbox %s: %w", m.Name, err)
		}
	}
	return a, nil
}

// authenticator resolves the secret at each login, so that a changed one needs no
// restart.
func authenticator(c *config.Config, m config.Mailbox) mailwatch.Authenticator {
	if m.OAuth2 != nil {
		return mailboxTokens(&tokens{
			oauth2: m.OAuth2, proxy: m.Proxy, username: m.Username, vault: storeVault{c.Store.Path, time.Now},
		}, m.Name)
	}
	return func(ctx context.Context) (mailwatch.Credential, error) {
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
