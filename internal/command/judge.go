package command

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"sync"

	"parcelwatch/config"
	"parcelwatch/extract"
	"parcelwatch/mail/verify"
	"parcelwatch/parcel"
)

// reader turns the bytes of a mail into a notice: the verdict on its origin
// first, then what it says.
type reader struct {
	checker *verify.Checker
	parser  *extract.Parser
	policy  verify.Policy
}

// read reads one mail. An error wrapping [verify.ErrTemporary] comes with the
// notice as far as it can be had without a name server.
func (r reader) read(ctx context.Context, raw []byte) (parcel.Notice, error) {
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

// parserOf makes the parser that the configuration asks for.
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

// everybody is all forwarders and servers that the mailboxes name, for a mail of
// which nobody knows which mailbox it came to.
func everybody(c *config.Config) (forwarders, authserv []string) {
	for _, m := range c.Mailboxes {
		forwarders = append(forwarders, m.Forwarders...)
		authserv = append(authserv, m.TrustedAuthserv...)
	}
	slices.Sort(forwarders)
	slices.Sort(authserv)
	return slices.Compact(forwarders), slices.Compact(authserv)
}

// impatient asks a name server once for each name, and no more at all once it
// did not answer: a folder of mails is not worth five seconds each.
type impatient struct {
	resolver verify.Resolver
	mu       sync.Mutex
	known    map[string]answer
	down     error
}

type answer struct {
	texts []string
	err   error
}

// LookupTXT is [verify.Resolver].
func (r *impatient) LookupTXT(ctx context.Context, name string) ([]string, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if a, ok := r.known[name]; ok {
		return a.texts, a.err
	}
	if r.down != nil {
		return nil, r.down
	}
	texts, err := r.resolver.LookupTXT(ctx, name)
	if err != nil && !absent(err) {
		r.down = err
		return nil, err
	}
	r.known[name] = answer{texts, err}
	return texts, err
}
