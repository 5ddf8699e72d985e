package setup

import (
	"strconv"

	"parcelwatch/config"
)

// Login is how to log in to a server. The zero value keeps the configured login.
type Login struct {
	PasswordFile string         // holds the password
	OAuth2       *config.OAuth2 // instead of a password; its secret is in SecretFile
	SecretFile   string         // holds the client secret; empty if there is none
}

// Plan holds the settings to write into the configuration.
type Plan struct {
	Destination, Language string
	Timezone              string // empty for the system's zone
	// Index is the number of the [[mailbox]]; one past the last appends a new one.
	Index                   int
	Mailbox                 config.Mailbox
	SMTP                    config.SMTP
	MailboxLogin, SMTPLogin Login
	To, At                  []string
	// Refused are the carriers to disable; Allowed are all others.
	Refused, Allowed []string
	Page             Page     // empty to keep what is configured
	PageHosts        []string // names under which the page is opened in the network
	PagePasswordFile string   // holds the hash of its password; empty to keep the password
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
	if !p.SMTP.IsZero() {
		smtp := d.open("[smtp]", 0)
		p.SMTPLogin.write(d, smtp, "smtp", p.SMTP.Server)
		smtp.text("from", p.SMTP.From)
	}
	p.page(d)
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

func (p Plan) page(d *document) {
	if p.Page == "" || p.Page == PageNo && d.find("[web]", 0) == nil {
		return
	}
	web := d.open("[web]", 0)
	web.remove("listen")
	web.text("listen", p.Page.Listen())
	switch {
	case p.Page == PageHere:
		web.remove("hosts")
		web.remove("proxies")
	case p.PagePasswordFile != "":
		d.removeBelow(web, "[web.password]")
		web.set("password", "{ file = "+quoted(p.PagePasswordFile)+" }")
	}
	if p.Page == PageNetwork {
		web.list("hosts", p.PageHosts)
	}
}

func (p Plan) mailbox(d *document) {
	m := d.open("[[mailbox]]", p.Index)
	m.text("name", p.Mailbox.Name)
	p.MailboxLogin.write(d, m, "mailbox", p.Mailbox.Server)
	m.list("folders", p.Mailbox.Folders)
	m.list("trusted_authserv", p.Mailbox.TrustedAuthserv)
}

// write writes a server and the login to a section.
func (l Login) write(d *document, s *section, name string, server config.Server) {
	s.text("host", server.Host)
	s.set("port", strconv.Itoa(server.Port))
	s.text("tls", string(server.TLS))
	for key, value := range map[string]string{"ca": server.CA, "fingerprint": server.Fingerprint} {
		if value == "" {
			s.remove(key)
		}
		s.text(key, value)
	}
	s.text("username", server.Username)
	if l != (Login{}) || server.Username == "" {
		for _, key := range []string{"password", "oauth2"} {
			d.removeBelow(s, "["+name+"."+key+"]")
		}
	}
	switch {
	case l.OAuth2 != nil:
		s.remove("password")
		s.remove("oauth2")
		s.set("oauth2", l.inline())
	case l.PasswordFile != "":
		s.remove("oauth2")
		s.set("password", "{ file = "+quoted(l.PasswordFile)+" }")
	case server.Username == "":
		for _, key := range []string{"username", "password", "oauth2"} {
			s.remove(key)
		}
	}
}

func (l Login) inline() string {
	o := l.OAuth2
	text := "{ provider = " + quoted(o.Provider) + ", client_id = " + quoted(o.ClientID)
	if l.SecretFile != "" {
		text += ", client_secret = { file = " + quoted(l.SecretFile) + " }"
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
