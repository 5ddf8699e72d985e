package app

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"strings"

	"parcelwatch/config"
	"parcelwatch/extract"
	"parcelwatch/extract/shop/aliexpress"
	"parcelwatch/mail"
	"parcelwatch/mail/verify"
	"parcelwatch/parcel"
)

// Reader turns a mail into a notice: it verifies the sender, then extracts the content.
type Reader struct {
	checker *verify.Checker
	parser  *extract.Parser
	policy  verify.Policy
}

// NewReader returns the reader for the mail of a mailbox.
func NewReader(checker *verify.Checker, c *config.Config, m config.Mailbox) (Reader, error) {
	return newReader(checker, nil, c, m)
}

func newReader(checker *verify.Checker, phrases *extract.Phrases, c *config.Config, m config.Mailbox) (Reader, error) {
	rules := make([]extract.Rule, 0, len(c.Rules))
	for _, r := range c.Rules {
		rules = append(rules, extract.Rule{Name: r.Name, From: senderPattern(r.Sender), Subject: text(r.Subject), Body: text(r.Body)})
	}
	senders := sendersOf(c, m)
	parser, err := extract.New(extract.Options{Shop: aliexpress.New(), Senders: senders, Rules: rules, Phrases: phrases})
	if err != nil {
		return Reader{}, fmt.Errorf("rules: %w", err)
	}
	return Reader{checker: checker, parser: parser, policy: verify.Policy{Senders: senders, Authserv: m.TrustedAuthserv, Sealers: m.TrustedSealers, Host: m.Host}}, nil
}

// Read reads one mail. An error that wraps [verify.ErrTemporary] means that no name
// server answered; the notice then contains what is known without one.
func (r Reader) Read(ctx context.Context, m mail.Message) (parcel.Notice, error) {
	verdict, judged := r.checker.Check(ctx, m, r.policy)
	if judged != nil && !errors.Is(judged, verify.ErrTemporary) {
		return parcel.Notice{}, judged
	}
	n, err := r.parser.Parse(m, verdict)
	if err != nil {
		return n, err
	}
	return n, judged
}

// Redact returns a copy of a mail without personal data, see [extract.Parser.Redact].
func (r Reader) Redact(raw []byte) []byte { return r.parser.Redact(raw) }

// sendersOf returns the senders whose mail is searched for, verified and read.
func sendersOf(c *config.Config, m config.Mailbox) mail.Senders {
	rules := make([]string, 0, len(c.Rules))
	for _, r := range c.Rules {
		rules = append(rules, r.Sender)
	}
	return aliexpress.New().Senders(c.Shop.Domains, m.Forwarders, rules)
}

// senderPattern returns the expression that matches an address, or a domain and its
// sub-domains.
func senderPattern(sender string) string {
	if strings.Contains(sender, "@") {
		return `(?i)(^|<)` + regexp.QuoteMeta(sender) + `(>|$)`
	}
	return `(?i)[@.]` + regexp.QuoteMeta(sender) + `(>|$)`
}

func text(p config.Pattern) string {
	if p.Regexp() == nil {
		return ""
	}
	return p.Regexp().String()
}
