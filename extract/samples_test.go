package extract_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"parcelwatch/parcel"
	"parcelwatch/parcel/number"
)

// samples is the directory of real mails that were anonymised by their owners
// and must not be published. Tests use it if it exists.
var samples = filepath.Join("..", "..", "shared", "samples", "mail")

func skipWithoutSamples(t *testing.T) {
	t.Helper()
	if _, err := os.Stat(samples); err != nil {
		t.Skip("no samples here")
	}
}

func TestSamples(t *testing.T) {
	t.Parallel()
	skipWithoutSamples(t)
	tests := []struct {
		file                   string
		step                   parcel.Step
		orders, parcels, items int
		family                 number.Family
		eta                    bool
	}{
		{"126_", parcel.StepConfirmed, 2, 0, 2, "", false},
		{"128_", parcel.StepReadyToShip, 1, 0, 0, "", true},
		{"130_", parcel.StepHandedOver, 1, 0, 1, "", false},
		{"131_", parcel.StepInTransit, 1, 0, 0, "", true},
		{"133_", parcel.StepUpdate, 2, 1, 2, number.FamilyHermes, false},
		{"135_", parcel.StepClearedCustoms, 1, 1, 1, number.FamilyDHL, false},
		{"136_", parcel.StepInCountry, 3, 1, 3, number.FamilyHermes, false},
		{"140_", parcel.StepAwaitingConfirmation, 1, 0, 0, "", false},
		{"142_", parcel.StepClosed, 1, 0, 0, "", false},
		{"143_", parcel.StepPickedUp, 1, 0, 2, "", false},
		{"aliexpress_order_shipped", parcel.StepShipped, 1, 0, 0, "", false},
		{"aliexpress_with_local_carrier", parcel.StepLocalCarrier, 0, 1, 0, number.FamilyCainiaoLine, false},
	}
	p := newParser(t, options{})
	for _, tt := range tests {
		t.Run(tt.file, func(t *testing.T) {
			t.Parallel()
			raw := sample(t, tt.file)
			for name, mail := range map[string][]byte{"as it is": raw, "redacted": redact(t, raw)} {
				n, err := p.Parse(mail, unverified)
				if err != nil {
					t.Fatalf("%s: %v", name, err)
				}
				if n.Shop != theShop.Name() || n.Step != tt.step {
					t.Errorf("%s: %q %s, want %s", name, n.Shop, n.Step, tt.step)
				}
				if len(n.Orders) != tt.orders || len(n.Parcels) != tt.parcels || len(n.Items) != tt.items || (n.ETA != "") != tt.eta {
					t.Errorf("%s: orders %v, parcels %v, items %v, eta %q", name, n.Orders, n.Parcels, n.Items, n.ETA)
				}
				for _, q := range n.Parcels {
					if q.Number.Family() != tt.family || len(q.Orders) != tt.orders || q.Step != tt.step {
						t.Errorf("%s: %+v of %s", name, q, q.Number.Family())
					}
				}
				inSubject(t, n)
			}
		})
	}
}

func sample(t *testing.T, prefix string) []byte {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(samples, prefix+"*.eml"))
	if err != nil || len(files) != 1 {
		t.Fatalf("%d files begin with %s: %v", len(files), prefix, err)
	}
	raw, err := os.ReadFile(files[0])
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

var subjectToken = regexp.MustCompile(`[A-Z0-9]*\d{8}[A-Z0-9]*|[A-Z0-9]{8,}`)

// inSubject checks that the number in a mail's subject is the first order or
// the first parcel.
func inSubject(t *testing.T, n parcel.Notice) {
	t.Helper()
	for _, token := range subjectToken.FindAllString(n.Subject, -1) {
		if (len(n.Orders) == 0 || n.Orders[0] != token) && (len(n.Parcels) == 0 || string(n.Parcels[0].Number) != token) {
			t.Errorf("%s of the subject is neither an order nor a parcel: %v %v", token, n.Orders, n.Parcels)
		}
	}
}

// TestSampleSubjects parses every complete subject in the list of samples.
func TestSampleSubjects(t *testing.T) {
	t.Parallel()
	skipWithoutSamples(t)
	list, err := os.ReadFile(filepath.Join(samples, "subjects.tsv"))
	if err != nil {
		t.Fatal(err)
	}
	kinds := map[string]parcel.Step{
		"confirmed_multi": parcel.StepConfirmed, "rating": parcel.StepFeedback, "combined_update": parcel.StepUpdate,
		"delivery_update": parcel.StepUpdate, "coupon": parcel.StepNone, "marketing": parcel.StepNone,
	}
	p := newParser(t, options{})
	for _, line := range strings.Split(strings.TrimSpace(string(list)), "\n")[1:] {
		f := strings.Split(line, "\t")
		if len(f) != 5 || strings.HasPrefix(f[3], "(") || strings.Contains(f[3], "...") {
			continue
		}
		want, ok := kinds[f[2]]
		if !ok {
			want = parcel.Step(f[2])
		}
		subject := strings.NewReplacer("<n>", "8190000000001234", "xxxxxxxxxxxxx", "0000000000001", " (with a 15-digit order number)", "").Replace(f[3])
		n, err := p.Parse(letter(encoded(subject), "Hi"), unverified)
		if err != nil || n.Step != want {
			t.Errorf("%q: %s (%v), want %s", subject, n.Step, err, want)
		}
		if f[1] == "package" && (len(n.Parcels) != 1 || len(n.Orders) != 0) || f[1] == "order" && len(n.Parcels) != 0 {
			t.Errorf("%q: orders %v, parcels %v", subject, n.Orders, n.Parcels)
		}
	}
}

// TestSampleNumbers puts the published numbers into running text. Numbers that
// are only recognised by their format must not be extracted.
func TestSampleNumbers(t *testing.T) {
	t.Parallel()
	skipWithoutSamples(t)
	list, err := os.ReadFile(filepath.Join(samples, "..", "tracking-numbers.tsv"))
	if err != nil {
		t.Skip("no list of numbers")
	}
	p := newParser(t, options{})
	for _, line := range strings.Split(strings.TrimSpace(string(list)), "\n")[1:] {
		f := strings.Split(line, "\t")
		if len(f) < 3 || !strings.HasPrefix(f[2], "invalid") {
			continue
		}
		n, err := p.Parse(letter("Your order has shipped", "See "+f[1]+" for more.\n"), unverified)
		if err != nil || len(n.Parcels) != 0 {
			t.Errorf("%s (%s) was extracted: %v %v", f[1], f[2], n.Parcels, err)
		}
	}
}
