package app

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"net"
	"regexp"
	"runtime"
	"strings"
	"sync"

	"golang.org/x/sync/errgroup"

	"parcelwatch/config"
	"parcelwatch/extract"
	"parcelwatch/extract/shop/aliexpress"
	"parcelwatch/internal/message"
	"parcelwatch/mail"
	"parcelwatch/mail/verify"
	"parcelwatch/mailwatch"
	"parcelwatch/parcel"
	"parcelwatch/store"
	"parcelwatch/tracker"
)

// mailbox handles the mail of one mailbox.
type mailbox struct {
	*household

	tracker *tracker.Tracker
	cfg     config.Mailbox
	account mailwatch.Account
	reader  Reader
}

// handle records mails in one transaction. Mails are read concurrently.
func (b *mailbox) handle(ctx context.Context, mails []mailwatch.Mail) (int, error) {
	read := make([]tracker.Mail, len(mails))
	errs := make([]error, len(mails))
	own, err := b.own(ctx, mails)
	if err != nil {
		return 0, retryable(err)
	}
	var work errgroup.Group
	work.SetLimit(runtime.GOMAXPROCS(0))
	for i, m := range mails {
		work.Go(func() error {
			defer func() {
				if v := recover(); v != nil {
					errs[i] = mailwatch.Permanent(fmt.Errorf("reading mail %s broke down: %v", m.Ref, v))
				}
			}()
			read[i], errs[i] = b.read(ctx, m, own[m.Header.MessageID])
			return nil
		})
	}
	_ = work.Wait() // the errors are in errs
	legible := 0
	for legible < len(mails) && errs[legible] == nil {
		legible++
	}
	recorded := 0
	if legible > 0 {
		recorded, err = b.tracker.Intake(ctx, tracker.Policy{RequireVerified: b.cfg.RequireVerified}, read[:legible]...)
		for _, m := range read[:recorded] {
			b.log.DebugContext(ctx, "mail recorded", "mail_id", m.Ref.String(), "parcels", len(m.Notice.Parcels))
		}
		if err != nil {
			return recorded, retryable(err)
		}
	}
	if legible < len(mails) {
		return recorded, errs[legible]
	}
	return recorded, nil
}

// own returns the Message-IDs of mails that are messages of the program's outbox.
func (b *mailbox) own(ctx context.Context, mails []mailwatch.Mail) (map[string]bool, error) {
	var ids []string
	for _, m := range mails {
		if id := m.Header.MessageID; !m.Header.Own && id != "" {
			ids = append(ids, id)
		}
	}
	own := map[string]bool{}
	if ids == nil {
		return own, nil
	}
	sent, err := b.store.Sent(ctx, ids...)
	for _, id := range sent {
		own[id] = true
	}
	return own, err
}

// read reads one mail. Nothing is taken from the program's own digests.
func (b *mailbox) read(ctx context.Context, m mailwatch.Mail, own bool) (tracker.Mail, error) {
	digest := sha256.Sum256(m.Raw)
	out := tracker.Mail{Ref: m.Ref, Digest: hex.EncodeToString(digest[:])}
	if own || m.Header.Own {
		return out, nil
	}
	n, err := b.reader.Read(ctx, m.Message)
	switch {
	case errors.Is(err, verify.ErrTemporary) && b.cfg.RequireVerified && n.Verdict.Trust == parcel.TrustUnverified:
		// Without a retry the mail would be ignored, although the name server may answer later.
		return out, fmt.Errorf("verify mail %s: %w: %w", m.Ref, mailwatch.ErrLater, err)
	case err != nil && !errors.Is(err, verify.ErrTemporary):
		return out, mailwatch.Permanent(fmt.Errorf("read mail %s: %w", m.Ref, err))
	}
	if m.Partial {
		n.Problems = append(n.Problems, message.New("unread_partial"))
	}
	out.Notice = n
	return out, nil
}

// retryable marks errors that are caused by the store and not by the mail.
func retryable(err error) error {
	if store.Unusable(err) {
		return fmt.Errorf("%w: %w", mailwatch.ErrLater, err)
	}
	return err
}

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

// OneShotResolver returns a resolver that queries each name once, and nothing after the
// name servers failed to answer, so that reading many mails offline does not wait five
// seconds for each.
func OneShotResolver() verify.Resolver {
	return &oneShot{resolver: verify.SystemResolver(), known: map[string]answer{}}
}

type oneShot struct {
	resolver verify.Resolver
	mu       sync.Mutex
	known    map[string]answer
	down     error
}

type answer struct {
	texts []string
	err   error
}

// LookupTXT implements [verify.Resolver].
func (r *oneShot) LookupTXT(ctx context.Context, name string) ([]string, error) {
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

// absent reports whether err means that the name does not exist, which is a valid answer.
func absent(err error) bool {
	var dns *net.DNSError
	return errors.As(err, &dns) && dns.IsNotFound
}
