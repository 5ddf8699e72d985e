package extract_test

import (
	"mime"
	"strings"
	"sync"
	"testing"

	"parcelwatch/extract"
	"parcelwatch/extract/shop/aliexpress"
	"parcelwatch/internal/message"
	"parcelwatch/mail"
	"parcelwatch/parcel"
)

var (
	theShop = aliexpress.New()
	phrases = sync.OnceValues(extract.LoadPhrases)
)

// options configure the parser of a test.
type options struct {
	Domains, Forwarders []string
	Rules               []extract.Rule
}

// parser reads the bytes of a mail.
type parser struct{ *extract.Parser }

func (p parser) Parse(raw []byte, v parcel.Verdict) (parcel.Notice, error) {
	return p.Parser.Parse(mail.Read(raw), v)
}

func newParser(tb testing.TB, o options) parser {
	tb.Helper()
	words, err := phrases()
	if err != nil {
		tb.Fatal(err)
	}
	p, err := extract.New(extract.Options{
		Shop: theShop, Senders: theShop.Senders(o.Domains, o.Forwarders, nil), Rules: o.Rules, Phrases: words,
	})
	if err != nil {
		tb.Fatalf("New: %v", err)
	}
	return parser{p}
}

// redact returns a redacted copy.
func redact(tb testing.TB, raw []byte) []byte {
	tb.Helper()
	return newParser(tb, options{}).Redact(raw)
}

// letter returns a plain-text mail of the shop.
func letter(subject, body string) []byte {
	return []byte("From: AliExpress <transaction@notice.aliexpress.com>\r\nTo: me@example.org\r\nSubject: " + subject +
		"\r\nDate: Sun, 01 Mar 2026 08:30:09 +0000\r\nMessage-ID: <a@notice.aliexpress.com>\r\n" +
		"Content-Type: text/plain; charset=utf-8\r\n\r\n" + strings.ReplaceAll(body, "\n", "\r\n"))
}

// encoded returns a subject as encoded in a header.
func encoded(s string) string { return mime.BEncoding.Encode("utf-8", s) }

var unverified = parcel.Verdict{Trust: parcel.TrustUnverified, Reason: message.Raw("test")}

func TestAPackageMailNamesItsNumber(t *testing.T) {
	t.Parallel()
	n, err := newParser(t, options{}).Parse(letter("Package JY26CAA0D000551012: with local carrier", "Hi"), unverified)
	if err != nil {
		t.Fatal(err)
	}
	if len(n.Parcels) != 1 || n.Parcels[0].Number != "JY26CAA0D000551012" || n.Step != parcel.StepLocalCarrier {
		t.Errorf("got %+v", n)
	}
}
