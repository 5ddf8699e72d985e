package config

import (
	"fmt"
	"net/mail"
	"os"
	"regexp"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/netresearch/go-cron"

	"parcelwatch/internal/locale"
	"parcelwatch/parcel"
)

// Section is a part of the configuration that a command may need.
type Section string

// Sections that [Config.Need] checks.
const (
	NeedMailbox  Section = "mailbox"
	NeedDigest   Section = "digest"
	NeedSMTP     Section = "smtp"
	NeedChannels Section = "channel"
	NeedRules    Section = "rule"
	NeedWeb      Section = "web"
	NeedMQTT     Section = "mqtt"
)

// AllSections returns the sections that the daemon needs.
func AllSections() []Section {
	return []Section{NeedMailbox, NeedDigest, NeedSMTP, NeedChannels, NeedRules, NeedWeb, NeedMQTT}
}

// Need checks that the sections are present, complete and valid. A command only
// checks the sections that it uses.
func (c *Config) Need(sections ...Section) error {
	root, p := c.root(), c.problems()
	installation := p
	if root != c {
		installation = root.problems()
	}
	root.checkStore(installation)
	for _, s := range sections {
		switch s {
		case NeedMailbox:
			c.checkMailboxes(p)
		case NeedDigest:
			c.checkDigests(p)
		case NeedSMTP:
			root.checkSMTP(installation)
		case NeedChannels:
			c.checkChannels(p)
		case NeedRules:
			c.checkRules(p)
		case NeedWeb:
			root.checkWeb(installation)
		case NeedMQTT:
			root.checkMQTT(installation)
		}
	}
	if root != c {
		p.found = append(p.found, installation.found...)
	}
	return p.err()
}

// complete sets defaults and makes paths absolute.
func (c *Config) complete() {
	for i := range c.Mailboxes {
		m := &c.Mailboxes[i]
		m.complete(c, 993, 143)
		if m.Name == "" {
			m.Name = m.Host
		}
		if m.Folders == nil {
			m.Folders = []string{"INBOX"}
		}
		if m.Since == 0 {
			m.Since = Duration(60 * 24 * time.Hour)
		}
	}
	c.SMTP.complete(c, 465, 587)
	for i := range c.Digests {
		c.Digests[i].complete(i, c.Language)
	}
	c.MQTT.complete(c)
	for i := range c.Channels {
		if c.Channels[i].Name == "" {
			c.Channels[i].Name = numbered("channel", i)
		}
	}
	for _, secret := range c.secretsAt() {
		secret.arg = c.secretPath(*secret)
		if secret.seal != nil {
			secret.seal.key = &c.root().Store.Key
		}
	}
	c.Log.File = c.abs(c.Log.File)
	for _, file := range []*string{&c.Store.Path, &c.Web.Certificate, &c.Web.Key, &c.Web.ClientCA} {
		*file = c.abs(*file)
	}
	if c.Store.Path == "" {
		c.Store.Path = StorePath(c.Path, os.Getenv, runtime.GOOS)
	}
}

// numbered returns the default name of the i-th element of a kind.
func numbered(kind string, i int) string {
	if i == 0 {
		return kind
	}
	return fmt.Sprintf("%s-%d", kind, i+1)
}

// DefaultQuiet returns the hours in which urgent mail waits unless a digest says otherwise.
func DefaultQuiet() Span { return Span{From: 22 * 60, To: 7 * 60} }

func (d *Digest) complete(i int, language string) {
	if d.Name == "" {
		d.Name = numbered("digest", i)
	}
	if d.At == nil && d.Cron == "" {
		d.At = []Clock{8 * 60}
	}
	if d.Language == "" {
		d.Language = language
	}
	if !d.Quiet.given {
		d.Quiet = DefaultQuiet()
	}
	if d.Urgent == nil {
		d.Urgent = []parcel.Status{parcel.ReadyForPickup, parcel.OutForDelivery, parcel.CustomsHold, parcel.AttemptFailed}
	}
}

func (c *Config) secretPath(s Secret) string {
	if s.form == formFile {
		return c.abs(s.arg)
	}
	return s.arg
}

func (c *Config) checkGeneral(p *problems) {
	if c.Destination != "" && !regexp.MustCompile(`^[A-Z]{2}$`).MatchString(c.Destination) {
		p.at("destination", "config_destination")
	}
	if c.PostalCode != "" && !regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9 -]{1,9}$`).MatchString(c.PostalCode) {
		p.at("postal_code", "config_postal_code")
	} else if c.PostalCode != "" && c.Destination == "" {
		p.at("postal_code", "config_postal_country")
	}
	c.checkLanguage(p, "language", c.Language)
	if pr := c.Protection; pr.Days < 1 || pr.Days > 365 {
		p.at("protection.days", "config_days")
	} else if pr.Remind < 0 || pr.Remind >= pr.Days {
		p.at("protection.remind", "config_remind", "Most", strconv.Itoa(pr.Days-1))
	}
	if a := time.Duration(c.Alarm.After); a < time.Minute {
		p.at("alarm.after", "config_alarm")
	}
	c.checkLog(p)
	for i, d := range c.Shop.Domains {
		if !strings.Contains(d, ".") || strings.ContainsAny(d, "@ /:") || strings.HasPrefix(d, ".") {
			p.at(element("shop.domains", i), "config_domain")
		}
	}
	if c.Shop.Domains != nil && len(c.Shop.Domains) == 0 {
		p.at("shop.domains", "config_domains")
	}
}

// checkLog limits the disk space that logs may use.
func (c *Config) checkLog(p *problems) {
	l := c.Log
	if l.Size < 1 || l.Size > 1000 {
		p.at("log.size", "config_log_size")
	}
	if l.Copies < 1 || l.Copies > 100 {
		p.at("log.copies", "config_log_copies")
	}
	if a := time.Duration(l.Age); a < 24*time.Hour {
		p.at("log.age", "config_log_age")
	}
}

// among records a problem for a name that is not one of those allowed.
func (p *problems) among(at, kind, name string, allowed []string) {
	if !slices.Contains(allowed, name) {
		p.says(at, Unknown(kind, name, allowed))
	}
}

// once records a problem for a name that is in seen, and adds it.
func (p *problems) once(seen map[string]bool, at, name, id string) {
	if seen[name] {
		p.at(at, id)
	}
	seen[name] = true
}

func (c *Config) checkLanguage(p *problems, at, language string) {
	if language != "" {
		p.among(at, "language", language, locale.Tags())
	}
}

func (c *Config) checkMailboxes(p *problems) {
	if len(c.Mailboxes) == 0 {
		p.at("mailbox", "config_no_mailbox")
	}
	seen := map[string]bool{}
	for i, m := range c.Mailboxes {
		at := element("mailbox", i)
		m.check(p, at)
		m.checkLogin(p, at)
		p.once(seen, at+".name", m.Name, "config_mailbox_twice")
		if len(m.Folders) == 0 {
			p.at(at+".folders", "config_folders")
		}
		for j, f := range m.Folders {
			if f == "" || slices.Index(m.Folders, f) != j {
				p.at(element(at+".folders", j), "config_folder")
			}
		}
		for j, f := range m.Forwarders {
			checkAddress(p, element(at+".forwarders", j), f)
		}
	}
}

func (c *Config) checkSMTP(p *problems) {
	s := &c.SMTP
	s.check(p, "smtp")
	if s.Username != "" || !s.Password.IsZero() || s.OAuth2 != nil {
		s.checkLogin(p, "smtp")
	}
	checkAddress(p, "smtp.from", s.From)
}

func (c *Config) checkDigests(p *problems) {
	if len(c.Digests) == 0 {
		p.at("digest", "config_no_digest")
	}
	names := map[string]bool{}
	for i, d := range c.Digests {
		at := element("digest", i)
		p.once(names, at+".name", d.Name, "config_digest_twice")
		if len(d.To) == 0 {
			p.at(at+".to", "config_to")
		}
		for j, to := range d.To {
			checkAddress(p, element(at+".to", j), to)
		}
		if d.Cron != "" && d.At != nil {
			p.at(at+".cron", "config_at_cron")
		} else if d.Cron != "" {
			if _, err := cron.ParseStandard(d.Cron); err != nil || strings.ContainsAny(d.Cron, "@=") {
				p.at(at+".cron", "config_cron")
			}
		} else if len(d.At) == 0 {
			p.at(at+".at", "config_at")
		}
		c.checkLanguage(p, at+".language", d.Language)
		c.checkNames(p, at+".mailboxes", d.Mailboxes)
		checkStatuses(p, at+".urgent", d.Urgent)
	}
}

// checkNames checks that all named mailboxes exist.
func (c *Config) checkNames(p *problems, at string, names []string) {
	known := make([]string, 0, len(c.Mailboxes))
	for _, m := range c.Mailboxes {
		known = append(known, m.Name)
	}
	for i, name := range names {
		p.among(element(at, i), "mailbox", name, known)
	}
}

func (c *Config) checkChannels(p *problems) {
	names := map[string]bool{}
	for i, ch := range c.Channels {
		at := element("channel", i)
		p.once(names, at+".name", ch.Name, "config_channel_twice")
		if ch.URL.IsZero() {
			p.at(at+".url", "config_url")
		}
		checkStatuses(p, at+".urgent", ch.Urgent)
	}
}

func (c *Config) checkRules(p *problems) {
	for i, r := range c.Rules {
		r.check(p, element("rule", i))
	}
}

func (r Rule) check(p *problems, at string) {
	if r.Name == "" {
		p.at(at+".name", "config_rule_name")
	}
	if r.Sender == "" {
		p.at(at+".sender", "config_rule_sender")
	} else if strings.Contains(r.Sender, "@") {
		checkAddress(p, at+".sender", r.Sender)
	}
	groups := map[string]bool{}
	for key, pattern := range map[string]Pattern{"subject": r.Subject, "body": r.Body} {
		if pattern.re == nil {
			continue
		}
		for _, g := range pattern.re.SubexpNames() {
			if g != "" {
				p.among(at+"."+key, "group", g, []string{"number", "order", "step"})
			}
			groups[g] = true
		}
	}
	if !groups["number"] && !groups["order"] {
		p.at(at, "config_rule_groups")
	}
}

func checkStatuses(p *problems, at string, list []parcel.Status) {
	names := make([]string, 0, len(parcel.Statuses()))
	for _, s := range parcel.Statuses() {
		names = append(names, string(s))
	}
	for i, s := range list {
		p.among(element(at, i), "status", string(s), names)
	}
}

func checkAddress(p *problems, at, address string) {
	if address == "" {
		p.at(at, "config_address")
		return
	}
	if _, err := mail.ParseAddress(address); err != nil || strings.ContainsAny(address, "\r\n") {
		p.at(at, "config_address_form")
	}
}
