package app

import (
	"testing"

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
		if p.Carrier(m.Info.Name) == m.Info.Name {
			t.Errorf("%s has no name for people; add it to the English posts.toml, or to the carriers that are posts", m.Info.Name)
		}
	}
}

func TestWhereKeysAreToBeHadIsSaidInRussian(t *testing.T) {
	t.Parallel()
	set, _, err := Carriers(t.Context(), &config.Config{})
	if err != nil {
		t.Fatal(err)
	}
	ru, err := locale.New("ru")
	if err != nil {
		t.Fatal(err)
	}
	de, err := locale.New("de")
	if err != nil {
		t.Fatal(err)
	}
	told := 0
	for _, m := range set.Members() {
		own := m.Info.CredentialHelp
		if own == "" {
			continue
		}
		told++
		if got := ru.CredentialHelp(m.Info.Name, own); got == own || got == "" {
			t.Errorf("%s: %q; add key_%s to the Russian keys.toml", m.Info.Name, got, m.Info.Name)
		}
		if got := de.CredentialHelp(m.Info.Name, own); got != own {
			t.Errorf("%s: a language without a text of its own says %q", m.Info.Name, got)
		}
	}
	if told < 5 {
		t.Errorf("only %d carriers say where their key is to be had", told)
	}
}
