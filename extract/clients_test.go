package extract_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"parcelwatch/parcel"
)

// copies returns the forms of forwarded mail in testdata by name.
func copies(t *testing.T) map[string]string {
	t.Helper()
	raw, err := os.ReadFile(filepath.Join("testdata", "forwards.txt"))
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]string{}
	for part := range strings.SplitSeq(string(raw), "\n-- ") {
		if name, text, ok := strings.Cut(part, " --\n"); ok {
			out[name] = text
		}
	}
	return out
}

func TestEveryCopyOfAMail(t *testing.T) {
	t.Parallel()
	p := newParser(t, options{Forwarders: []string{"partner@example.org"}})
	for name, form := range copies(t) {
		markup := strings.HasPrefix(name, "html")
		body := "Hi Jo,\nYour package " + lp + " is at the border.\nOrder number " + order1 + "\n"
		if !strings.Contains(form, "BODY") {
			form += "\nBODY"
		}
		for _, shop := range []string{"transaction@notice.aliexpress.com", "news@shop.example"} {
			text := strings.NewReplacer("SHOP", "AliExpress <"+shop+">", "ADDR", shop, "SUBJ", delivered, "BODY", body).Replace(form)
			if shop == "news@shop.example" {
				text = strings.ReplaceAll(text, "AliExpress", "Shop")
			}
			raw := string(sent("Fwd: "+delivered, "look\n\n"+text))
			if markup {
				raw = strings.Replace(string(sent("Fwd: "+delivered, "look<br>\n"+strings.ReplaceAll(text, "\n", "<br>\n"))), "text/plain", "text/html", 1)
			}
			n, err := p.Parse([]byte(raw), forwarded)
			switch {
			case err != nil:
				t.Errorf("%s: %v", name, err)
			case shop == "news@shop.example":
				if n.Shop != "" || len(n.Orders)+len(n.Parcels) > 0 {
					t.Errorf("%s, of another shop: %v %v", name, n.Orders, numbers(n))
				}
			case n.Step != parcel.StepDelivered || len(n.Parcels) != 1 || n.Parcels[0].Number != lp || len(n.Orders) != 1:
				t.Errorf("%s: %q %s, orders %v, parcels %v", name, n.Shop, n.Step, n.Orders, numbers(n))
			}
		}
	}
}

func TestALongHeaderHidesNoText(t *testing.T) {
	t.Parallel()
	p := newParser(t, options{})
	for name, field := range map[string]string{
		"one field": "X-Long: " + strings.Repeat("a", 900_000) + "\r\n", "many fields": strings.Repeat("X-Some: "+strings.Repeat("b", 70)+"\r\n", 9000),
		"folded": "References:" + strings.Repeat("\r\n <x@y.example>", 20_000) + "\r\n",
	} {
		raw := strings.Replace(string(letter("Your order has shipped", "Tracking number "+lp)), "Content-Type", field+"Content-Type", 1)
		if n, err := p.Parse([]byte(raw), unverified); err != nil || len(n.Parcels) != 1 || len(n.Problems) != 0 {
			t.Errorf("%s: %v %v, %v", name, numbers(n), n.Problems, err)
		}
	}
}
