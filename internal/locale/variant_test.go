package locale_test

import (
	"io/fs"
	"slices"
	"strings"
	"testing"

	"parcelwatch/internal/locale"
)

// A variant has only what it says in another way than its language.
func TestAVariantSaysOnlyWhatDiffers(t *testing.T) {
	t.Parallel()
	for _, tag := range locale.Tags() {
		code, _, ok := strings.Cut(tag, "-")
		if !ok {
			continue
		}
		files, err := fs.ReadDir(locale.Catalog, "catalog/"+tag)
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range files {
			base := messages(t, code, f.Name())
			for id, forms := range messages(t, tag, f.Name()) {
				if base[id] == nil && !strings.HasPrefix(id, "country_") && !strings.HasPrefix(id, "post_") {
					t.Errorf("%s: %s is not in %s", tag, id, code)
				}
				for form, text := range forms {
					if text == base[id][form] {
						t.Errorf("%s: %s.%s is that of %s", tag, id, form, code)
					}
					if base[id] != nil && !slices.Equal(placeholders(text), placeholders(base[id][form])) {
						t.Errorf("%s: %s.%s has the placeholders of another message: %s", tag, id, form, text)
					}
				}
			}
		}
	}
}

func TestBrazilSaysSomeThingsInItsOwnWay(t *testing.T) {
	t.Parallel()
	for tag, want := range map[string][3]string{
		"pt":          {"disponível para levantamento", "a caminho", "Polónia"},
		"pt-PT":       {"disponível para levantamento", "a caminho", "Polónia"},
		"pt-BR":       {"aguardando retirada", "a caminho", "Polônia"},
		"pt_br.UTF-8": {"aguardando retirada", "a caminho", "Polônia"},
	} {
		p, err := locale.New(tag)
		if err != nil {
			t.Fatal(err)
		}
		if got := [3]string{p.Status("ready_for_pickup"), p.Status("in_transit"), p.Country("PL")}; got != want {
			t.Errorf("%s: %q, want %q", tag, got, want)
		}
		if got := p.T("do_wait"); got != "it will be tried again" {
			t.Errorf("%s: %q in place of a message that has no translation", tag, got)
		}
	}
}
