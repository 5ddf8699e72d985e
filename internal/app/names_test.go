package app

import (
	"slices"
	"strings"
	"testing"
	"unicode"

	"parcelwatch/carriers"
	"parcelwatch/config"
	"parcelwatch/internal/locale"
)

func TestEveryCarrierHasANameForPeople(t *testing.T) {
	t.Parallel()
	set, _, err := Carriers(t.Context(), &config.Config{})
	if err != nil {
		t.Fatal(err)
	}
	p, err := locale.New("en")
	if err != nil {
		t.Fatal(err)
	}
	if len(set.Members()) < 10 {
		t.Fatalf("only %d carriers", len(set.Members()))
	}
	for _, m := range set.Members() {
		if p.Carrier(m.Info.Name) == m.Info.Name && m.Info.Title != m.Info.Name {
			t.Errorf("%s has no name for people; add it to the English posts.toml, or to the carriers that are posts", m.Info.Name)
		}
	}
}

func TestACarrierWithAKeySaysWhereToGetIt(t *testing.T) {
	t.Parallel()
	set, _, err := Carriers(t.Context(), &config.Config{})
	if err != nil {
		t.Fatal(err)
	}
	told := 0
	for _, language := range []string{"en", "ru"} {
		say, err := locale.New(language)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range set.Members() {
			if !m.Info.NeedsCredential() {
				continue
			}
			told++
			got := say.Text(m.CredentialHelp())
			if cyrillic := strings.ContainsFunc(got, func(r rune) bool { return unicode.Is(unicode.Cyrillic, r) }); got == "key_"+m.Info.Name || cyrillic != (language == "ru") {
				t.Errorf("%s: %s: %q", language, m.Info.Name, got)
			}
		}
	}
	if told < 10 {
		t.Errorf("only %d texts say where to get a key", told)
	}
}

func TestThePostalCodeIsToldOnlyToCarriersOfTheDestinationThatNeedIt(t *testing.T) {
	t.Parallel()
	told := func(c config.Config) string {
		set, _, err := Carriers(t.Context(), &c)
		if err != nil {
			t.Fatal(err)
		}
		var names []string
		for _, m := range set.Members() {
			asks := slices.ContainsFunc(m.Info.Settings, func(s carriers.Setting) bool { return s.Name == "postal_code" })
			if asks && len(m.Missing) == 0 {
				names = append(names, m.Info.Name)
			}
		}
		return strings.Join(names, " ")
	}
	for _, tc := range []struct {
		config config.Config
		want   string
	}{
		{config.Config{}, ""},
		{config.Config{Destination: "NL", PostalCode: "1012 AB"}, "postnl"},
		{config.Config{Destination: "BE", PostalCode: "1000"}, "bpost"},
		{config.Config{Destination: "RU", PostalCode: "101000"}, ""},
		{config.Config{PostalCode: "1000"}, ""},
	} {
		if got := told(tc.config); got != tc.want {
			t.Errorf("with %q in %q it is told to %q, want %q", tc.config.PostalCode, tc.config.Destination, got, tc.want)
		}
	}
}
