package config

import (
	"crypto/sha256"
	"path/filepath"
	"time"

	"parcelwatch/internal/message"
	"parcelwatch/parcel"
)

// Config is the whole configuration. [Load] reads it from a file, [Default]
// returns one without a file.
type Config struct {
	Destination string `toml:"destination"` // ISO 3166-1 alpha-2; empty if not set
	PostalCode  string `toml:"postal_code"` // for carriers of the destination that answer only with it
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
	Web        Web                `toml:"web"`
	MQTT       MQTT               `toml:"mqtt"`

	// Declared are the [[carrier]] sections, unparsed; see [Config.Definitions].
	Declared []map[string]any `toml:"carrier"`

	// Path is the absolute path of the file, or empty without one.
	Path string `toml:"-"`
	// Warnings lists problems that do not prevent the use of the file.
	Warnings []message.Text `toml:"-"`

	lines  lines
	shared []*Definition // of the files in [CarriersDir]
	faults Errors        // of those files

	sum       [sha256.Size]byte // of the text
	household string            // the name, if it is not the file's own
	base      *Config           // of the installation, if household is set
}

// root returns the configuration that the parts of the installation stand in.
func (c *Config) root() *Config {
	if c.base != nil {
		return c.base
	}
	return c
}

// Shop configures which senders belong to the shop.
type Shop struct {
	Domains []string `toml:"domains"` // including subdomains; nil for the default
}

// Protection configures reminders of the shop's buyer protection, whose end is
// estimated from the day of shipping.
type Protection struct {
	Days   int `toml:"days"`
	Remind int `toml:"remind"` // days before the end
}

// Alarm configures when the program reports that it no longer works, and the
// address it pings as a sign that it does.
type Alarm struct {
	After Duration `toml:"after"` // how long something may be broken before it is reported
	Ping  Secret   `toml:"ping"`  // an address that is fetched as long as everything works
}

// Log configures the log level and the log file.
type Log struct {
	Level  LogLevel `toml:"level"`
	File   string   `toml:"file"`   // absolute after loading; empty for the system log only
	Size   int      `toml:"size"`   // megabytes before the file is rotated
	Copies int      `toml:"copies"` // how many rotated files are kept ...
	Age    Duration `toml:"age"`    // ... and for how long
}

// Default returns the configuration used without a file.
func Default() *Config {
	c := &Config{Timezone: Zone{Name: "Local"}}
	c.Protection = Protection{Days: 60, Remind: 7}
	c.Alarm.After = Duration(time.Hour)
	c.Log = Log{Level: "info", Size: 10, Copies: 5, Age: Duration(90 * 24 * time.Hour)}
	c.MQTT = MQTT{Prefix: "parcelwatch", Discovery: "homeassistant"}
	c.Carriers = map[string]Carrier{}
	return c
}

// Mailbox is one [[mailbox]].
type Mailbox struct {
	Server

	Name    string   `toml:"name"`
	Folders []string `toml:"folders"`
	Since   Duration `toml:"since"`

	TrustedAuthserv []string `toml:"trusted_authserv"`
	TrustedSealers  []string `toml:"trusted_sealers"`
	RequireVerified bool     `toml:"require_verified"`
	Forwarders      []string `toml:"forwarders"`
}

// OAuth2 configures a login with OAuth 2.0 instead of a password.
type OAuth2 struct {
	Provider     string `toml:"provider"`
	ClientID     string `toml:"client_id"`
	ClientSecret Secret `toml:"client_secret"`
	Endpoint     string `toml:"endpoint"` // replaces scheme and host of the provider's addresses
}

// SMTP is the mail server that sends the digests.
type SMTP struct {
	Server

	From string `toml:"from"`
}

// Digest is one [[digest]]: its recipients, times and language.
type Digest struct {
	Name      string          `toml:"name"` // default "digest", "digest-2", ...
	To        []string        `toml:"to"`
	At        []Clock         `toml:"at"`
	Cron      string          `toml:"cron"` // instead of At
	Mailboxes []string        `toml:"mailboxes"`
	Language  string          `toml:"language"` // default: the general one
	Always    bool            `toml:"always"`
	Calendar  bool            `toml:"calendar"` // attach the last day of pickup
	Weekly    bool            `toml:"weekly"`   // a sign of life after a week without mail
	Quiet     Span            `toml:"quiet"`
	Urgent    []parcel.Status `toml:"urgent"`
}

// Channel is one [[channel]]: a way to send notifications other than mail.
type Channel struct {
	Name   string          `toml:"name"` // default "channel", "channel-2", ...
	URL    Secret          `toml:"url"`
	Urgent []parcel.Status `toml:"urgent"`
	Digest bool            `toml:"digest"` // a short digest, at the times of the first [[digest]]
}

// Rule is one [[rule]]: a user's pattern for mail that the program does not
// understand.
type Rule struct {
	Name    string  `toml:"name"`
	Sender  string  `toml:"sender"` // an address, or a domain including its subdomains
	Subject Pattern `toml:"subject"`
	Body    Pattern `toml:"body"`
}

// abs resolves a path relative to the configuration file, because the working
// directory of a service is not predictable.
func (c *Config) abs(path string) string {
	if path == "" || filepath.IsAbs(path) || c.Path == "" {
		return path
	}
	return filepath.Join(filepath.Dir(c.Path), path)
}
