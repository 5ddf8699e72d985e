package rig

import (
	"cmp"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"parcelwatch/carriers/all"
)

// Config is a configuration of the program. Every carrier that is not named is
// switched off, so that nothing leaves this machine.
type Config struct {
	Dir       string // of the configuration, its secrets and the store
	Store     string // the store's file; in Dir where empty
	Database  string // URL of a database instead; lines of [store] may begin More
	Language  string // English where empty
	Country   string // the destination; Russia where empty
	Zone      string // the time zone; UTC where empty
	Mailboxes []Mailbox
	Digests   string            // [[digest]] sections; a digest at a time that does not come, urgent news at once, where empty
	SMTP      string            // address of the server; one where nobody listens where empty
	SMTPCA    string            // authority of a server with STARTTLS; no TLS where empty
	Carriers  map[string]string // lines of their sections, by name
	More      string            // more sections
}

// Mailbox is one mailbox of a configuration.
type Mailbox struct {
	Name, Host, User string
	Port             int
	CA               string // of a server with TLS; none where empty
	More             string // more lines
}

// Alice is the mailbox of a server's first account, reached at a port.
func (s *Server) Alice(port int) Mailbox {
	return Mailbox{Name: "home", Host: "127.0.0.1", Port: port, User: "alice", CA: s.CA()}
}

// Site is where a configuration is on disk.
type Site struct {
	Dir, Config, Store string
}

// Write writes the configuration and its secrets.
func (c Config) Write() (Site, error) {
	s := Site{Dir: c.Dir, Config: filepath.Join(c.Dir, "parcelwatch.toml"), Store: c.Store}
	if s.Store == "" {
		s.Store = filepath.Join(c.Dir, "store", "parcelwatch.db")
	}
	secret := filepath.Join(c.Dir, "pass")
	var b strings.Builder
	fmt.Fprintf(&b, "destination = %q\nlanguage = %q\ntimezone = %q\n", cmp.Or(c.Country, "RU"), cmp.Or(c.Language, "en"), cmp.Or(c.Zone, "UTC"))
	for _, m := range c.Mailboxes {
		m.write(&b, secret)
	}
	if b.WriteString(c.Digests); c.Digests == "" {
		b.WriteString("[[digest]]\nto = [\"alice@rig.test\"]\ncron = \"33 3 29 2 *\"\n" +
			"urgent = [\"out_for_delivery\", \"ready_for_pickup\", \"customs_hold\", \"attempt_failed\"]\n")
	}
	awake := strings.ReplaceAll(b.String(), "[[digest]]\n", "[[digest]]\nquiet = \"00:00-00:00\"\n") // tests run at any hour
	b.Reset()
	b.WriteString(awake)
	host, port, _ := strings.Cut(cmp.Or(c.SMTP, "127.0.0.1:1"), ":")
	fmt.Fprintf(&b, "[smtp]\nhost = %q\nport = %s\n%susername = \"alice\"\npassword = { file = %q }\nfrom = \"Посылки <alice@rig.test>\"\n",
		host, port, protection("starttls", c.SMTPCA), secret)
	for _, f := range all.Factories() {
		lines, on := c.Carriers[f.Info.Name]
		if !on {
			lines = "enabled = false"
		}
		fmt.Fprintf(&b, "[carriers.%s]\n%s\n", f.Info.Name, strings.ReplaceAll(lines, "SECRET", fmt.Sprintf("{ file = %q }", secret)))
	}
	if c.Database != "" {
		fmt.Fprintf(&b, "[store]\nurl = %q\n", c.Database)
	} else {
		fmt.Fprintf(&b, "[store]\npath = %q\n", s.Store)
	}
	if b.WriteString(c.More); !strings.Contains(c.More, "[log]") {
		b.WriteString("[log]\nlevel = \"debug\"\n")
	}
	for file, text := range map[string]string{secret: Password, s.Config: b.String()} {
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			return s, fmt.Errorf("write configuration: %w", err)
		}
	}
	return s, nil
}

func (m Mailbox) write(b *strings.Builder, secret string) {
	fmt.Fprintf(b, "[[mailbox]]\nname = %q\nhost = %q\nport = %d\nusername = %q\npassword = { file = %q }\ntrusted_authserv = [\"mx.rig.test\", \"mx.example.org\"]\n",
		m.Name, m.Host, m.Port, m.User, secret)
	b.WriteString(protection("tls", m.CA) + m.More)
}

func protection(mode, ca string) string {
	if ca == "" {
		return "tls = \"none\"\n"
	}
	return fmt.Sprintf("tls = %q\nca = %q\n", mode, ca)
}
