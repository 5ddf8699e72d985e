package main

import (
	"testing"

	"parcelwatch/config"
	"parcelwatch/internal/locale"
)

func TestEveryCarrierHasANameForPeople(t *testing.T) {
	t.Parallel()
	set, _, err := posts(t.Context(), &config.Config{})
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
