package aliexpress_test

import (
	"os"
	"slices"
	"strings"
	"testing"

	"parcelwatch/extract/shop"
	"parcelwatch/extract/shop/aliexpress"
	"parcelwatch/parcel"
)

var _ shop.Shop = (*aliexpress.Shop)(nil)

func table(t *testing.T, name string) [][]string {
	t.Helper()
	raw, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	var out [][]string
	for line := range strings.Lines(string(raw)) {
		if line[0] != '#' {
			out = append(out, strings.Split(strings.TrimRight(line, "\n"), "\t"))
		}
	}
	return out
}

func TestEveryTemplateIsAStep(t *testing.T) {
	t.Parallel()
	s := aliexpress.New()
	for _, f := range table(t, "templates.tsv") {
		if len(f) != 3 || !slices.Contains(parcel.Steps(), parcel.Step(f[0])) || f[1] != "seen" && f[1] != "guessed" || f[2] != strings.ToLower(f[2]) {
			t.Errorf("templates: %q", f)
			continue
		}
		if step, ok := s.Step("x_" + f[2] + "_en_20260301"); !ok || step != parcel.Step(f[0]) {
			t.Errorf("%s: step %s, %v", f[2], step, ok)
		}
	}
}

func TestEveryQuietSenderHasTwoPatternsAndAReason(t *testing.T) {
	t.Parallel()
	for _, f := range table(t, "senders.tsv") {
		if len(f) != 3 || f[0] != strings.ToLower(f[0]) || f[2] == "" {
			t.Errorf("senders: %q", f)
		}
	}
}

func TestSites(t *testing.T) {
	t.Parallel()
	for host, want := range map[string]bool{
		"aliexpress.com": true, "s.click.aliexpress.com": true, "pl.aliexpress.com": true, "aliexpress.us": true, "aliexpress.co.uk": true,
		"aliexpress.com.evil.example": false, "notaliexpress.com": false, "aliexpress": false, "aliexpress.evil": false, "": false,
	} {
		if got := aliexpress.New().Site(host); got != want {
			t.Errorf("%s: %v", host, got)
		}
	}
}
