package verify_test

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"encoding/base64"
	"maps"
	"net"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/emersion/go-msgauth/dkim"

	"parcelwatch/mail"
)

func read(raw string) mail.Message { return mail.Read([]byte(raw)) }

func sendersOf(domains ...string) mail.Senders {
	return mail.NewSenders(mail.Choice{Domains: domains})
}

// senders returns the shop's usual domains and some forwarders.
func senders(forwarders ...string) mail.Senders {
	return mail.NewSenders(mail.Choice{Domains: []string{"aliexpress.com", "aliexpress.ru"}, Forwarders: forwarders})
}

// zone is a resolver with fixed records; no other names exist.
type zone map[string][]string

func (z zone) LookupTXT(_ context.Context, name string) ([]string, error) {
	if txt, ok := z[name]; ok {
		return txt, nil
	}
	return nil, dnsError("no such host", true)
}

// with returns z extended by the keys of signers.
func (z zone) with(signers ...signer) zone {
	out := maps.Clone(z)
	for _, s := range signers {
		out[s.name()] = s.record()
	}
	return out
}

func dnsError(words string, notFound bool) error {
	return &net.DNSError{Err: words, Name: "key.example", IsNotFound: notFound, IsTemporary: !notFound}
}

// broken is a resolver that always fails.
type broken struct{ err error }

func (b broken) LookupTXT(context.Context, string) ([]string, error) { return nil, b.err }

// silent is a resolver that never answers and calls asked for each query.
type silent struct{ asked func() }

func (s silent) LookupTXT(ctx context.Context, _ string) ([]string, error) {
	s.asked()
	<-ctx.Done()
	return nil, ctx.Err()
}

// counter counts queries.
type counter struct {
	zone
	asked atomic.Int64
}

func (c *counter) LookupTXT(ctx context.Context, name string) ([]string, error) {
	c.asked.Add(1)
	return c.zone.LookupTXT(ctx, name)
}

// signer signs for a domain with a key made for one test.
type signer struct {
	domain string
	key    ed25519.PrivateKey
}

func newSigner(tb testing.TB, domain string) signer {
	tb.Helper()
	_, key, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		tb.Fatal(err)
	}
	return signer{domain: domain, key: key}
}

func (s signer) name() string { return "s1._domainkey." + s.domain }

func (s signer) record() []string {
	public, _ := s.key.Public().(ed25519.PublicKey)
	return []string{"v=DKIM1; k=ed25519; p=" + base64.StdEncoding.EncodeToString(public)}
}

func (s signer) sign(tb testing.TB, raw string) string {
	tb.Helper()
	return s.signUntil(tb, raw, time.Time{})
}

func (s signer) signExpired(tb testing.TB, raw string) string {
	tb.Helper()
	return s.signUntil(tb, raw, time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC))
}

func (s signer) signUntil(tb testing.TB, raw string, until time.Time) string {
	tb.Helper()
	return s.signFields(tb, raw, until, "From", "Subject", "Date", "To", "Content-Type")
}

func (s signer) signFields(tb testing.TB, raw string, until time.Time, fields ...string) string {
	tb.Helper()
	var out bytes.Buffer
	err := dkim.Sign(&out, strings.NewReader(raw), &dkim.SignOptions{
		Domain: s.domain, Selector: "s1", Signer: s.key, Expiration: until,
		HeaderCanonicalization: dkim.CanonicalizationRelaxed, BodyCanonicalization: dkim.CanonicalizationRelaxed,
		HeaderKeys: fields,
	})
	if err != nil {
		tb.Fatal(err)
	}
	return out.String()
}

// heap adds n copies of a mail's topmost signature on top, changed so that none
// of them verifies.
func heap(mail string, n int) string {
	end := strings.Index(mail, "\r\n")
	for strings.HasPrefix(mail[end+2:], " ") || strings.HasPrefix(mail[end+2:], "\t") {
		end += 2 + strings.Index(mail[end+2:], "\r\n")
	}
	top := strings.Replace(mail[:end+2], "bh=", "bh=AAAA", 1)
	return strings.Repeat(top, n) + mail
}

// compose returns a mail of the shop with the given From field.
func compose(from string, more ...string) string {
	head := []string{
		"Received: from mail.example.net by mx.example.org; Mon, 2 Mar 2026 08:30:11 +0000",
		"From: " + from,
		"To: me@example.org",
		"Subject: Order 8190000000000017: order shipped",
		"Date: Mon, 2 Mar 2026 08:30:09 +0000",
		"Message-ID: <1.2.3@notice.aliexpress.com>",
		"MIME-Version: 1.0",
		"Content-Type: text/plain; charset=utf-8",
	}
	return strings.Join(append(more, head...), "\r\n") + "\r\n\r\nYour order has shipped.\r\n"
}
