package app

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"strings"

	"parcelwatch/config"
	"parcelwatch/extract"
	"parcelwatch/mail/verify"
	"parcelwatch/parcel"
)

// Reader turns the bytes of a mail into a notice: it verifies the sender, then
// extracts what the mail says.
type Reader struct {
	checker *verify.Checker
	parser  *extract.Parser
	policy  verify.Policy
}

// NewReader returns the reader for mail of a mailbox.
func NewReader(checker *verify.Checker, c *config.Config, m config.Mailbox) (Reader, error) {
	parser, err := parserOf(c, m.Forwarders)
	return Reader{checker: checker, parser: parser, policy: verify.Policy{
		Domains: c.Shop.Domains, Authserv: m.TrustedAuthserv, Forwarders: m.Forwarders, Host: m.Host,
	}}, err
}

// Read reads one mail. An error that wraps [verify.ErrTemporary] means that no
// name server answered; the notice then holds what is known without one.
func (r Reader) Read(ctx context.Context, raw []byte) (parcel.Notice, error) {
	verdict, judged := r.checker.Check(ctx, raw, r.policy)
	if judged != nil && !errors.Is(judged, verify.ErrTemporary) {
		return parcel.Notice{}, judged
	}
	n, err := r.parser.Parse(raw, verdict)
	if err != nil {
		return n, err
	}
	return n, judged
}

// parserOf makes the parser for the configuration.
func parserOf(c *config.Config, forwarders []string) (*extract.Parser, error) {
	rules := make([]extract.Rule, 0, len(c.Rules))
	for _, r := range c.Rules {
		rules = append(rules, extract.Rule{Name: r.Name, From: senderPattern(r.Sender), Subject: text(r.Subject), Body: text(r.Body)})
	}
	p, err := extract.New(extract.Options{Domains: c.Shop.Domains, Forwarders: forwarders, Rules: rules})
	if err != nil {
		return nil, fmt.Errorf("rules: %w", err)
	}
	return p, nil
}

// senderPattern is the expression for an address, or for a domain with its
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
