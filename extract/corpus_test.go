package extract_test

import (
	"context"
	"encoding/json"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"parcelwatch/extract"
	"parcelwatch/internal/message"
	"parcelwatch/mail"
	"parcelwatch/mail/verify"
	"parcelwatch/parcel"
)

// corpus is the directory of mails with their expected notices; its README
// describes how they are compared.
var corpus = filepath.Join("..", "testdata", "mail")

// noKeys is a resolver without any key.
type noKeys struct{}

func (noKeys) LookupTXT(_ context.Context, name string) ([]string, error) {
	return nil, &net.DNSError{Err: "no such host", Name: name, IsNotFound: true}
}

func TestCorpus(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob(filepath.Join(corpus, "*.eml"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no mails in %s: %v", corpus, err)
	}
	p := newParser(t, options{Forwarders: []string{"partner@example.org"}})
	for _, file := range files {
		name := strings.TrimSuffix(filepath.Base(file), ".eml")
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			raw, want := readCase(t, file)
			n, err := p.Parse(raw, verdict(t, file, raw))
			if err != nil {
				t.Fatalf("Parse: %v", err)
			}
			compare(t, extract.Document(filepath.Base(file), n), want)
		})
	}
}

// verdict returns the verdict that the corpus' README states for a mail.
func verdict(t *testing.T, file string, raw []byte) parcel.Verdict {
	t.Helper()
	if line, err := os.ReadFile(strings.TrimSuffix(file, ".eml") + ".verdict"); err == nil {
		trust, reason, _ := strings.Cut(strings.TrimSpace(string(line)), " ")
		return parcel.Verdict{Trust: parcel.Trust(trust), Reason: message.Raw(reason)}
	}
	v, err := verify.New(noKeys{}).Check(t.Context(), mail.Read(raw), verify.Policy{
		Authserv: []string{"mx.example.org"}, Senders: theShop.Senders(nil, []string{"partner@example.org"}, nil),
	})
	if err != nil {
		t.Fatalf("verdict: %v", err)
	}
	return v
}

func readCase(t *testing.T, file string) ([]byte, extract.Doc) {
	t.Helper()
	raw, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(strings.TrimSuffix(file, ".eml") + ".json")
	if err != nil {
		t.Fatalf("the mail stands without what it says: %v", err)
	}
	var docs []extract.Doc
	if err := json.Unmarshal(text, &docs); err != nil || len(docs) != 1 {
		t.Fatalf("%d documents for one mail: %v", len(docs), err)
	}
	return raw, docs[0]
}

// compare ignores the differences that the README allows.
func compare(t *testing.T, got, want extract.Doc) {
	t.Helper()
	if got.TrustReason == "" {
		t.Error("no reason for the trust")
	}
	if want.StepWords == "" {
		got.StepWords = ""
	}
	want.TrustReason, want.Problems = got.TrustReason, got.Problems
	want.Reason, want.Unread = got.Reason, got.Unread
	want.Subject, want.Date = got.Subject, got.Date
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("-want +got\n%s", d)
	}
}
