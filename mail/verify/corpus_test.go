package verify_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"parcelwatch/mail/verify"
	"parcelwatch/parcel"
)

// TestTheCorpus compares the verdict for every mail of the corpus with its
// README.
func TestTheCorpus(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob(filepath.Join("..", "..", "testdata", "mail", "*.eml"))
	if err != nil || len(files) < 120 {
		t.Fatalf("%d mails, error %v", len(files), err)
	}
	for _, file := range files {
		base := strings.TrimSuffix(file, ".eml")
		if _, err := os.Stat(base + ".verdict"); err == nil {
			continue // verdict assigned by hand
		}
		t.Run(filepath.Base(base), func(t *testing.T) {
			t.Parallel()
			raw, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			expected, err := os.ReadFile(base + ".json")
			if err != nil {
				t.Fatal(err)
			}
			var docs []struct {
				Trust parcel.Trust `json:"trusted"`
			}
			if err := json.Unmarshal(expected, &docs); err != nil || len(docs) != 1 {
				t.Fatalf("%d documents, error %v", len(docs), err)
			}
			v := check(t, zone{}, string(raw), verify.Policy{
				Authserv: []string{"mx.example.org"}, Senders: senders("partner@example.org"),
			})
			if v.Trust != docs[0].Trust {
				t.Errorf("got %s (%s), want %s", v.Trust, v.Reason, docs[0].Trust)
			}
		})
	}
}

// TestTheSamples checks that no real mail is refused. The signatures and
// servers' results have been removed from these mails.
func TestTheSamples(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob(filepath.Join("..", "..", "..", "shared", "samples", "mail", "*.eml"))
	if err != nil {
		t.Fatal(err)
	}
	if len(files) == 0 {
		t.Skip("no samples here")
	}
	for _, file := range files {
		raw, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		want(t, check(t, zone{}, string(raw), verify.Policy{Senders: senders()}), parcel.TrustUnverified, "no signature of ")
	}
}
