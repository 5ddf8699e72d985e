package app

import (
	"fmt"
	"slices"

	"parcelwatch/config"
	"parcelwatch/internal/locale"
	"parcelwatch/internal/oauth"
	"parcelwatch/notify"
)

// SMTP returns the outgoing mail server. OAuth2 logins are read from vault.
func SMTP(c *config.Config, vault oauth.Vault) (*notify.SMTP, error) {
	s := c.SMTP
	dial, tlsConfig, err := connection(s.Server)
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
	quiet := ""
	if d.Quiet != (config.Span{}) {
		quiet = d.Quiet.From.String() + "-" + d.Quiet.To.String()
	}
	hours, err := notify.ParseQuietHours(quiet)
	if err != nil {
		return notify.Audience{}, err
	}
	return notify.Audience{
		Name: d.Name, To: d.To, Mailboxes: d.Mailboxes, Language: Language(d.Language), Zone: zone, Schedule: schedule,
		Quiet: hours, Urgent: d.Urgent, Always: d.Always, Calendar: d.Calendar, Weekly: d.Weekly,
	}, nil
}

// Language returns language, or English if it has no catalogue.
func Language(language string) string {
	if !slices.Contains(locale.Languages(), language) {
		return "en"
	}
	return language
}
