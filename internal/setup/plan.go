package setup

import (
	"strconv"

	"parcelwatch/internal/netx"
)

// OAuth configures a login by OAuth2.
type OAuth struct {
	Provider   string
	ClientID   string
	SecretFile string // of the client secret; empty if there is none
	Endpoint   string
}

// Account is one server and its login.
type Account struct {
	Name     string
	Server   netx.Server
	Username string // empty for no login
	// PasswordFile holds the password. If it is empty and OAuth is nil, the configured
	// login is kept.
	PasswordFile    string
	OAuth           *OAuth
	CA, Fingerprint string
	Folders         []string
	Authserv        []string // authserv-ids whose results are trusted
}

// Plan holds the settings to write into the configuration.
type Plan struct {
	Destination, Language string
	Timezone              string // empty for the system's zone
	// Index is the number of the [[mailbox]]; one past the last appends a new one.
	Index   int
	Mailbox Account
	SMTP    Account
	From    string
	To, At  []string
	// Refused are the carriers to disable; Allowed are all others.
	Refused, Allowed []string
}

const beginning = `# parcelwatch. docs/configuration.md describes every key; "parcelwatch check" says whether all of it works.

`

// Edit applies the plan to an existing configuration, or to a new one if old is empty.
// Settings that the plan does not contain stay unchanged.
func (p Plan) Edit(old string) string {
	if old == "" {
		old = beginning
	}
	d := parseDocument(old)
	general := d.general()
	general.text("destination", p.Destination)
	general.text("language", p.Language)
	general.text("timezone", p.Timezone)
	p.mailbox(d)
	digest := d.open("[[digest]]", 0)
	digest.list("to", p.To)
	if len(p.At) > 0 {
		digest.remove("cron")
		digest.list("at", p.At)
	}
	if !p.SMTP.Server.IsZero() {
		smtp := d.open("[smtp]", 0)
		p.SMTP.write(d, smtp, "smtp")
		smtp.text("from", p.From)
	}
	for _, name := range p.Refused {
		d.open("[carriers."+name+"]", 0).set("enabled", "false")
	}
	for _, name := range p.Allowed {
		if s := d.find("[carriers."+name+"]", 0); s != nil {
			s.remove("enabled")
		}
	}
	return d.String()
}

func (p Plan) mailbox(d *document) {
	m := d.open("[[mailbox]]", p.Index)
	m.text("name", p.Mailbox.Name)
	p.Mailbox.write(d, m, "mailbox")
	m.list("folders", p.Mailbox.Folders)
	m.list("trusted_authserv", p.Mailbox.Authserv)
}

// write writes the server and the login to a section.
func (a Account) write(d *document, s *section, name string) {
	s.text("host", a.Server.Host)
	s.set("port", strconv.Itoa(a.Server.Port))
	s.text("tls", string(a.Server.TLS))
	for key, value := range map[string]string{"ca": a.CA, "fingerprint": a.Fingerprint} {
		if value == "" {
			s.remove(key)
		}
		s.text(key, value)
	}
	s.text("username", a.Username)
	switch {
	case a.OAuth != nil:
		s.remove("password")
		d.removeBelow(s, "["+name+".password]")
		d.removeBelow(s, "["+name+".oauth2]")
		s.remove("oauth2")
		s.set("oauth2", a.OAuth.inline())
	case a.PasswordFile != "":
		s.remove("oauth2")
		d.removeBelow(s, "["+name+".oauth2]")
		d.removeBelow(s, "["+name+".password]")
		s.set("password", "{ file = "+quoted(a.PasswordFile)+" }")
	case a.Username == "":
		for _, key := range []string{"username", "password", "oauth2"} {
			s.remove(key)
		}
	}
}

func (o OAuth) inline() string {
	text := "{ provider = " + quoted(o.Provider) + ", client_id = " + quoted(o.ClientID)
	if o.SecretFile != "" {
		text += ", client_secret = { file = " + quoted(o.SecretFile) + " }"
	}
	if o.Endpoint != "" {
		text += ", endpoint = " + quoted(o.Endpoint)
	}
	return text + " }"
}

// text sets a key if value is not empty.
func (s *section) text(key, value string) {
	if value != "" {
		s.set(key, quoted(value))
	}
}

func (s *section) list(key string, values []string) {
	if len(values) > 0 {
		s.set(key, quotedList(values))
	}
}
