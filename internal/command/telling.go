package command

import (
	"fmt"
	"slices"
	"time"

	"parcelwatch/config"
	"parcelwatch/internal/locale"
	"parcelwatch/notify"
)

// smtpOf is the mail server as notify wants it.
func smtpOf(c *config.Config) (*notify.SMTP, error) {
	s := c.SMTP
	dial, err := dialer(s.Proxy)
	if err != nil {
		return nil, fmt.Errorf("smtp: %w", err)
	}
	tlsConfig, err := authority(s.CA, s.Fingerprint, s.Host)
	if err != nil {
		return nil, fmt.Errorf("smtp: %w", err)
	}
	out := &notify.SMTP{
		Host: s.Host, Port: s.Port, TLS: notify.TLSMode(s.TLS), Username: s.Username, TLSConfig: tlsConfig, Dial: dial,
	}
	switch {
	case s.OAuth2 != nil:
		out.Token = smtpTokens(&tokens{
			oauth2: s.OAuth2, proxy: s.Proxy, username: s.Username, vault: storeVault{c.Store.Path, time.Now},
		})
	case s.Username != "":
		out.Password = s.Password.Resolve
	}
	return out, nil
}

// tellingOf is who is told what and when, as notify wants it. Without digests
// nobody is told.
func tellingOf(c *config.Config) (notify.Config, error) {
	out := notify.Config{
		From: c.SMTP.From, Blind: c.Alarm.After.Time(),
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
		Name: d.Name, To: d.To, Mailboxes: d.Mailboxes, Language: languageOf(d.Language), Zone: zone, Schedule: schedule,
		Quiet: hours, Urgent: d.Urgent, Always: d.Always, Calendar: d.Calendar, Weekly: d.Weekly,
	}, nil
}

// languageOf is the language where there are texts in it, and English where
// there are none.
func languageOf(language string) string {
	if !slices.Contains(locale.Languages(), language) {
		return "en"
	}
	return language
}
