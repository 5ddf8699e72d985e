package app

import (
	"context"
	"crypto/tls"
	"fmt"
	"maps"
	"slices"
	"time"

	"parcelwatch/carriers"
	"parcelwatch/carriers/all"
	"parcelwatch/config"
	"parcelwatch/internal/locale"
	"parcelwatch/internal/netx"
	"parcelwatch/internal/oauth"
	"parcelwatch/mailwatch"
	"parcelwatch/notify"
	"parcelwatch/notify/shout"
)

// Account returns the configuration of a mailbox for mailwatch. OAuth2 logins are
// read from vault.
func Account(c *config.Config, m config.Mailbox, vault oauth.Vault) (mailwatch.Account, error) {
	return account(c, m, vault, new(netx.Authorities))
}

func account(c *config.Config, m config.Mailbox, vault oauth.Vault, known *netx.Authorities) (mailwatch.Account, error) {
	dial, tlsConfig, err := connection(m.Server, known)
	if err != nil {
		return mailwatch.Account{}, fmt.Errorf("mailbox %s: %w", m.Name, err)
	}
	return mailwatch.Account{
		Name: m.Name, Household: c.OfHousehold(), Host: m.Host, Port: m.Port, TLS: m.TLS, TLSConfig: tlsConfig,
		Dial: dial, Auth: authenticator(c, m, vault), Folders: m.Folders, Since: m.Since.Time(), Senders: sendersOf(c, m),
	}, nil
}

// connection returns how to reach a server; both results may be nil.
func connection(s config.Server, known *netx.Authorities) (netx.Dial, *tls.Config, error) {
	dial, err := netx.Dialer(s.Proxy.URL())
	if err != nil {
		return nil, nil, err
	}
	tlsConfig, err := known.TLSConfig(s.Host, s.CA, s.Fingerprint)
	return dial, tlsConfig, err
}

// authenticator reads the secret at each login, so that a changed one needs no restart.
func authenticator(c *config.Config, m config.Mailbox, vault oauth.Vault) mailwatch.Authenticator {
	if m.OAuth2 != nil {
		login := m.Name
		if name := c.OfHousehold(); name != "" {
			login += " --household " + name
		}
		return NewTokens(m.Server, vault).Mailbox(login)
	}
	return func(ctx context.Context) (mailwatch.Credential, error) {
		password, err := m.Password.Resolve(ctx)
		if err != nil {
			return mailwatch.Credential{}, err
		}
		return mailwatch.Credential{Username: m.Username, Password: password}, nil
	}
}

// SMTP returns the outgoing mail server. OAuth2 logins are read from vault.
func SMTP(c *config.Config, vault oauth.Vault) (*notify.SMTP, error) {
	s := c.SMTP
	dial, tlsConfig, err := connection(s.Server, new(netx.Authorities))
	if err != nil {
		return nil, fmt.Errorf("smtp: %w", err)
	}
	out := &notify.SMTP{
		Host: s.Host, Port: s.Port, TLS: s.TLS, Username: s.Username, TLSConfig: tlsConfig, Dial: dial,
	}
	switch {
	case s.OAuth2 != nil:
		out.Token = NewTokens(s.Server, vault).SMTP()
	case s.Username != "":
		out.Password = s.Password.Resolve
	}
	return out, nil
}

// Notifications returns the notifier's part of the configuration: recipients, schedules
// and filters of the digests.
func Notifications(c *config.Config) (notify.Config, error) {
	out := notify.Config{
		From: c.SMTP.From, AlarmThreshold: c.Alarm.After.Time(),
		Protection: notify.Protection{Days: c.Protection.Days, Remind: c.Protection.Remind},
	}
	for _, m := range c.Mailboxes {
		out.Mailboxes = append(out.Mailboxes, m.Name)
	}
	for _, d := range c.Digests {
		a, err := audienceOf(c, d)
		if err != nil {
			return out, fmt.Errorf("digest %s: %w", d.Name, err)
		}
		out.Audiences = append(out.Audiences, a)
	}
	return out, nil
}

func audienceOf(c *config.Config, d config.Digest) (notify.Audience, error) {
	at := make([]string, 0, len(d.At))
	for _, t := range d.At {
		at = append(at, t.String())
	}
	zone := c.Timezone.Location()
	schedule, err := notify.ParseSchedule(at, d.Cron, zone)
	if err != nil {
		return notify.Audience{}, err
	}
	return notify.Audience{
		Name: d.Name, To: d.To, Mailboxes: d.Mailboxes, Language: Language(d.Language), Zone: zone, Schedule: schedule,
		Quiet: notify.QuietHours{From: int(d.Quiet.From), To: int(d.Quiet.To)}, Urgent: d.Urgent, Always: d.Always, Calendar: d.Calendar, Weekly: d.Weekly,
	}, nil
}

// Language returns language, or English if it has no catalogue.
func Language(language string) string {
	if !slices.Contains(locale.Tags(), language) {
		return "en"
	}
	return language
}

// Channels returns the configured channels, and the errors of unusable ones by name.
// Nothing is sent.
func Channels(ctx context.Context, c *config.Config) (subs []notify.Subscription, broken map[string]error) {
	broken = map[string]error{}
	for _, one := range c.Channels {
		address, err := one.URL.Resolve(ctx)
		if err != nil {
			broken[one.Name] = fmt.Errorf("channel %s: url: %w", one.Name, err)
			continue
		}
		channel, err := channel(one.Name, address)
		if err != nil {
			broken[one.Name] = err
			continue
		}
		subs = append(subs, notify.Subscription{Channel: channel, Urgent: one.Urgent, Digest: one.Digest})
	}
	return subs, broken
}

// channel returns the channel of a service's URL.
func channel(name, address string) (notify.Channel, error) {
	m, ok, err := shout.ParseMail(name, address)
	if err != nil {
		return nil, err
	}
	if !ok {
		return shout.New(name, address)
	}
	server := &notify.SMTP{Host: m.Host, Port: m.Port, TLS: m.TLS, Username: m.Username}
	server.Password = func(context.Context) (string, error) { return m.Password, nil }
	return notify.MailChannel{Called: name, Server: server, Secret: m.Password, From: m.From, To: m.To, Now: time.Now}, nil
}

// Carriers returns the carriers of the configuration. A carrier whose secret cannot be
// read works without it; the error is returned under the carrier's name. A definition with
// faults in a file that people pass on is left out; they are [config.Errors] under the
// name of the file.
func Carriers(ctx context.Context, c *config.Config) (*carriers.Set, map[string]error, error) {
	return carriersOf(ctx, c, all.Factories())
}

func carriersOf(ctx context.Context, c *config.Config, builtin []carriers.Factory) (*carriers.Set, map[string]error, error) {
	own, err := define(c.Definitions(), builtin)
	if err != nil {
		return nil, nil, err
	}
	factories := replace(builtin, own.factories)
	faults := append(slices.Clone(c.DefinitionFaults()), own.faults...)
	if len(faults) > 0 {
		c = withSections(c, factories) // others may be of carriers that are left out
	}
	set, broken, err := setOf(ctx, c, factories, own.secrets)
	if err != nil {
		return nil, nil, err
	}
	for _, one := range faults {
		list, _ := config.Problems(broken[one.File])
		broken[one.File] = append(list, one)
	}
	return set, broken, nil
}

// withSections returns the configuration with the sections of these carriers only.
func withSections(c *config.Config, factories []carriers.Factory) *config.Config {
	own := *c
	own.Carriers = map[string]config.Carrier{}
	for _, f := range factories {
		if section, ok := c.Carriers[f.Info.Name]; ok {
			own.Carriers[f.Info.Name] = section
		}
	}
	return &own
}

// setOf makes carriers with their settings. secrets are those of defined carriers, by
// carrier and setting.
func setOf(ctx context.Context, c *config.Config, factories []carriers.Factory, secrets map[string]map[string]config.Secret) (*carriers.Set, map[string]error, error) {
	known := make(map[string][]config.Setting, len(factories))
	for _, f := range factories {
		var takes []config.Setting
		for _, s := range f.Info.Settings {
			if _, own := secrets[f.Info.Name][s.Name]; !own {
				takes = append(takes, config.Setting{Name: s.Name, Secret: s.Secret, Required: s.Required})
			}
		}
		known[f.Info.Name] = takes
	}
	configured, err := c.CarrierConfigs(known)
	if err != nil {
		return nil, nil, err
	}
	options := make(map[string]carriers.Options, len(configured))
	broken := map[string]error{}
	for _, name := range slices.Sorted(maps.Keys(configured)) {
		one := configured[name]
		opt := carriers.Options{Endpoint: one.Endpoint, Off: !one.Enabled, Destination: c.Destination}
		if u := one.Proxy.URL(); u != nil {
			opt.Proxy = u.String()
		}
		if !opt.Off {
			maps.Copy(one.Settings, secrets[name])
			if opt.Settings, err = one.Resolve(ctx); err != nil {
				broken[name] = err
			}
		}
		options[name] = opt
	}
	addPostalCode(options, c, factories)
	set, err := carriers.NewSet(factories, options)
	return set, broken, err
}

// addPostalCode gives the general postal code to the carriers of the destination that
// need one and have none of their own.
func addPostalCode(options map[string]carriers.Options, c *config.Config, factories []carriers.Factory) {
	key := carriers.PostalCode().Name
	for _, f := range factories {
		needs := slices.ContainsFunc(f.Info.Settings, func(s carriers.Setting) bool { return s.Name == key })
		opt := options[f.Info.Name]
		if c.PostalCode == "" || !needs || opt.Settings == nil || opt.Settings[key] != "" || !slices.Contains(f.Info.Countries, c.Destination) {
			continue
		}
		opt.Settings[key] = c.PostalCode
	}
}
