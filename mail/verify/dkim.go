package verify

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/emersion/go-msgauth/dkim"

	"parcelwatch/internal/message"
	"parcelwatch/internal/textx"

	"parcelwatch/mail"
)

// signed is a mail in the form needed for verification.
type signed struct {
	head, body []byte
	fields     []mail.Field
}

// checked is the result of our own verification. If all fields are empty, there
// is no signature of the organisation.
type checked struct {
	passed    string       // "dkim=pass d=aliexpress.com"
	failed    message.Text // why no signature is valid
	temporary error        // a key lookup got no answer
}

// verify checks the signatures of domain's organisation. Signatures of others
// prove nothing here, and their keys are not fetched, so that a mail cannot
// choose which names we look up.
func (c *Checker) verify(ctx context.Context, m signed, domain string) checked {
	if !hasSignature(m.fields, domain) {
		return checked{}
	}
	head := only(m.head, domain)
	if !verifiable(head) {
		return checked{failed: message.New("proof_header")}
	}
	look := &lookup{keys: c.keys, domain: domain}
	whole := io.MultiReader(bytes.NewReader(head), bytes.NewReader(m.body))
	found, err := dkim.VerifyWithOptions(whole, &dkim.VerifyOptions{
		LookupTXT:        func(name string) ([]string, error) { return look.txt(ctx, name) },
		MaxVerifications: maxSignatures,
	})
	if err != nil && !errors.Is(err, dkim.ErrTooManySignatures) {
		return checked{failed: result("dkim=permerror: " + err.Error()), temporary: look.temporary()}
	}
	var out checked
	for _, v := range found {
		switch {
		case !aligned(v.Domain, domain):
		case v.Err == nil:
			name := uncovered(v.HeaderKeys, m.fields)
			if name == "" {
				return checked{passed: "dkim=pass d=" + normal(v.Domain)}
			}
			out.failed = message.New("proof_uncovered", "Domain", normal(v.Domain), "Field", name)
		case dkim.IsTempFail(v.Err):
			out.failed = message.New("proof_no_key", "Domain", normal(v.Domain))
		default:
			out.failed = failure(v)
		}
	}
	out.temporary = look.temporary()
	return out
}

// uncovered returns a field that a signature does not sign although it decides how the
// mail is read, or "". Anybody can give a signed mail another value of that field. A
// field that is listed more often than it occurs is signed as absent, which is fine.
func uncovered(keys []string, fields []mail.Field) string {
	signs := func(name string) bool {
		return slices.ContainsFunc(keys, func(k string) bool { return strings.EqualFold(strings.TrimSpace(k), name) })
	}
	for _, name := range []string{"From", "Subject", "Date"} {
		if !signs(name) {
			return name
		}
	}
	const structure = "Content-Type"
	if !signs(structure) && slices.ContainsFunc(fields, func(f mail.Field) bool { return f.Is(structure) }) {
		return structure
	}
	return ""
}

// failure describes why a signature is not valid. A revoked or expired key says
// nothing about the mail.
func failure(v *dkim.Verification) message.Text {
	how := "fail"
	if dkim.IsPermFail(v.Err) {
		how = "permerror"
	}
	return result("dkim=" + how + " d=" + normal(v.Domain) + ": " + strings.TrimPrefix(v.Err.Error(), "dkim: "))
}

// result returns a result of our own verification as a reason.
func result(words string) message.Text {
	return message.New("proof_checked", "Result", textx.Line(words, maxResult))
}

const signatureField = "DKIM-Signature"

func hasSignature(fields []mail.Field, domain string) bool {
	for _, f := range fields {
		if f.Is(signatureField) && aligned(signer(f.Value), domain) {
			return true
		}
	}
	return false
}

// signer returns the d= tag of a signature, or "".
func signer(value string) string {
	for tag := range strings.SplitSeq(value, ";") {
		if key, v, ok := strings.Cut(tag, "="); ok && strings.TrimSpace(key) == "d" {
			return strings.Join(strings.Fields(v), "")
		}
	}
	return ""
}

// only returns a head without the signatures of other organisations, so that a
// large number of them neither hides the right one nor costs time. All other
// bytes are unchanged.
func only(head []byte, domain string) []byte {
	out := make([]byte, 0, len(head)+2)
	for lines := range mail.Folded(head) {
		name, value, _ := bytes.Cut(lines, []byte(":"))
		if !strings.EqualFold(strings.TrimSpace(string(name)), signatureField) || aligned(signer(string(value)), domain) {
			out = append(out, lines...)
		}
	}
	return append(out, "\r\n"...)
}

// The library parses a folded field in quadratic time and searches all fields
// for each name that a signature lists. Real headers are far below these
// limits.
const (
	maxFields    = 1000
	maxFolds     = 1000
	maxSignature = 16 << 10
)

// verifiable reports whether the header is small enough to be verified.
func verifiable(head []byte) bool {
	n := 0
	for lines := range mail.Folded(head) {
		name, _, _ := bytes.Cut(lines, []byte(":"))
		long := len(lines) > maxSignature && strings.EqualFold(strings.TrimSpace(string(name)), signatureField)
		if n++; n > maxFields || long || bytes.Count(lines, []byte("\n")) > maxFolds {
			return false
		}
	}
	return true
}

// lookup resolves keys for one verification and records whether a query got no
// answer. The library calls it from several goroutines.
type lookup struct {
	keys   *keyring
	domain string

	mu   sync.Mutex
	temp error
}

func (l *lookup) txt(ctx context.Context, name string) ([]string, error) {
	const label = "._domainkey."
	if i := strings.LastIndex(name, label); i < 0 || !aligned(name[i+len(label):], l.domain) {
		return nil, errors.New("not a key of the shop")
	}
	txt, err := l.keys.get(ctx, name)
	var dns *net.DNSError
	if err == nil || errors.As(err, &dns) && dns.IsNotFound {
		return txt, err
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.temp = err
	return nil, unanswered{err}
}

func (l *lookup) temporary() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.temp
}

// unanswered marks an error as temporary for the library. Go's resolver does
// not treat "network is unreachable" as temporary, but we do.
type unanswered struct{ error }

func (u unanswered) Unwrap() error   { return u.error }
func (u unanswered) Timeout() bool   { return true }
func (u unanswered) Temporary() bool { return true }

// keyring caches keys, because a first scan verifies hundreds of mails signed
// with the same key. Only answers are cached, never failures.
type keyring struct {
	from Resolver

	mu   sync.Mutex
	kept map[string]key
}

type key struct {
	txt   []string
	until time.Time
}

const (
	keyLife = 10 * time.Minute
	maxKeys = 64
)

func newKeyring(r Resolver) *keyring {
	return &keyring{from: r, kept: map[string]key{}}
}

func (k *keyring) get(ctx context.Context, name string) ([]string, error) {
	name = strings.ToLower(name)
	now := time.Now()
	k.mu.Lock()
	have, ok := k.kept[name]
	k.mu.Unlock()
	if ok && now.Before(have.until) {
		return have.txt, nil
	}
	txt, err := k.from.LookupTXT(ctx, name)
	if err != nil || len(txt) == 0 {
		return txt, err //nolint:wrapcheck // the cause is looked at by our caller
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	if len(k.kept) >= maxKeys {
		clear(k.kept)
	}
	k.kept[name] = key{txt: txt, until: now.Add(keyLife)}
	return txt, nil
}
