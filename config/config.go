package config

import (
	"path/filepath"
	"time"

	"parcelwatch/internal/message"
	"parcelwatch/internal/netx"
	"parcelwatch/parcel"
)

// Config is the whole configuration. [Load] fills it from a file, [Default]
// makes one without.
type Config struct {
	Destination string `toml:"destination"` // ISO 3166-1 alpha-2; empty where not set
	Language    string `toml:"language"`    // empty: the system's
	Timezone    Zone   `toml:"timezone"`

	Mailboxes  []Mailbox          `toml:"mailbox"`
	Shop       Shop               `toml:"shop"`
	Digests    []Digest           `toml:"digest"`
	SMTP       SMTP               `toml:"smtp"`
	Carriers   map[string]Carrier `toml:"carriers"`
	Protection Protection         `toml:"protection"`
	Alarm      Alarm              `toml:"alarm"`
	Log        Log                `toml:"log"`
	Store      Store              `toml:"store"`
	Channels   []Channel          `toml:"channel"`
	Rules      []Rule             `toml:"rule"`

	// Path is the absolute path of the file; empty without one.
	Path string `toml:"-"`
	// Warnings are things worth saying that do not stop anything.
	Warnings []message.Text `toml:"-"`

	lines lines
}

// Shop says whose mail counts.
type Shop struct {
	Domains []string `toml:"domains"` // sub-domains included; nil for the usual ones
}

// Protection is about the shop's buyer protection, an estimate from the day of
// shipping.
type Protection struct {
	Days   int `toml:"days"`
	Remind int `toml:"remind"` // days before the end
}

// Alarm is about the program being blind: when it says so, and to whom it shows
// that it is not.
type Alarm struct {
	After Duration `toml:"after"` // how long something may be broken before it is told
	Ping  Secret   `toml:"ping"`  // an address that is fetched while all is well
}

// Log says how much is logged and where to.
type Log struct {
	Level  LogLevel `toml:"level"`
	File   string   `toml:"file"`   // absolute after loading; empty for the system's log only
	Size   int      `toml:"size"`   // megabytes after which the file is put aside
	Copies int      `toml:"copies"` // how many put aside are kept ...
	Age    Duration `toml:"age"`    // ... and for how long
}

// Store says where the memory is.
type Store struct {
	Path string `toml:"path"` // absolute after loading
}

// Default is the configuration without a file.
func Default() *Config {
	c := &Config{Timezone: Zone{Name: "Local"}}
	c.Protection = Protection{Days: 60, Remind: 7}
	c.Alarm.After = Duration(time.Hour)
	c.Log = Log{Level: "info", Size: 10, Copies: 5, Age: Duration(90 * 24 * time.Hour)}
	c.Carriers = map[string]Carrier{}
	return c
}

// Languages are the languages texts exist in, English first.
func Languages() []string {
	return []string{"en", "ru", "uk", "be", "de", "fr", "es", "pt", "it", "pl", "nl", "tr", "kk"}
}

// Mailbox is one [[mailbox]].
type Mailbox struct {
	Name        string       `toml:"name"`
	Host        string       `toml:"host"`
	Port        int          `toml:"port"`
	TLS         netx.TLSMode `toml:"tls"`
	CA          string       `toml:"ca"`          // file of an own authority, absolute after loading
	Fingerprint string       `toml:"fingerprint"` // "sha256:" and 64 hexadecimal digits, lower case
	Proxy       Proxy        `toml:"proxy"`
	Username    string       `toml:"username"`
	Password    Secret       `toml:"password"`
	OAuth2      *OAuth2      `toml:"oauth2"` // instead of a password
	Folders     []string     `toml:"folders"`
	Since       Duration     `toml:"since"`

	TrustedAuthserv []string `toml:"trusted_authserv"`
	RequireVerified bool     `toml:"require_verified"`
	Forwarders      []string `toml:"forwarders"`
}

// OAuth2 is a login without a password.
type OAuth2 struct {
	Provider     string `toml:"provider"`
	ClientID     string `toml:"client_id"`
	ClientSecret Secret `toml:"client_secret"`
	Endpoint     string `toml:"endpoint"` // replaces scheme and host of the provider's addresses
}

// SMTP is the mail server digests leave through.
type SMTP struct {
	Host        string       `toml:"host"`
	Port        int          `toml:"port"`
	TLS         netx.TLSMode `toml:"tls"`
	CA          string       `toml:"ca"`
	Fingerprint string       `toml:"fingerprint"`
	Proxy       Proxy        `toml:"proxy"`
	Username    string       `toml:"username"`
	Password    Secret       `toml:"password"`
	OAuth2      *OAuth2      `toml:"oauth2"`
	From        string       `toml:"from"`
}

// Digest is one [[digest]]: who is told, when and in which language.
type Digest struct {
	Name      string          `toml:"name"` // "digest", "digest-2", ... where not given
	To        []string        `toml:"to"`
	At        []Clock         `toml:"at"`
	Cron      string          `toml:"cron"` // instead of At
	Mailboxes []string        `toml:"mailboxes"`
	Language  string          `toml:"language"` // the general one where not given
	Always    bool            `toml:"always"`
	Calendar  bool            `toml:"calendar"` // the last day of pickup as an attachment
	Weekly    bool            `toml:"weekly"`   // a sign of life after a week without mail
	Quiet     Span            `toml:"quiet"`
	Urgent    []parcel.Status `toml:"urgent"`
}

// Channel is one [[channel]]: another way to tell, beside mail.
type Channel struct {
	Name   string          `toml:"name"` // "channel", "channel-2", ... where not given
	URL    Secret          `toml:"url"`
	Urgent []parcel.Status `toml:"urgent"`
	Digest bool            `toml:"digest"` // a short digest, at the times of the first [[digest]]
}

// Rule is one [[rule]]: the person's own pattern for a mail that is not
// understood by itself.
type Rule struct {
	Name    string  `toml:"name"`
	Sender  string  `toml:"sender"` // an address, or a domain with its sub-domains
	Subject Pattern `toml:"subject"`
	Body    Pattern `toml:"body"`
}

// abs is a path as the file means it: relative ones are beside the file, since a
// service's working directory is anybody's guess.
func (c *Config) abs(path string) string {
	if path == "" || filepath.IsAbs(path) || c.Path == "" {
		return path
	}
	return filepath.Join(filepath.Dir(c.Path), path)
}
