package locale_test

import (
	"io/fs"
	"path"
	"slices"
	"strings"
	"testing"
	"unicode"

	"parcelwatch/internal/locale"
	"parcelwatch/parcel/number"
)

// near are the countries whose posts readers of Cyrillic texts meet most.
var near = strings.Fields("RU UA BY KZ CN SG DE FR ES PT IT PL NL TR SE KG UZ AM GE MD LT LV EE")

func TestPost(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ language, country, want string }{
		{"ru", "RU", "Почта России"},
		{"ru", "by", "Белпочта"},
		{"uk", "UA", "Укрпошта"},
		{"be", "BY", "Белпошта"},
		{"kk", "KZ", "Қазпошта"},
		{"en", "RU", "Russian Post"},
		{"de", "RU", "Russische Post"},
		{"fr", "FR", "La Poste"},
		{"es", "FR", "La Poste (Francia)"},
		{"pl", "PL", "Poczta Polska"},
		{"ru", "PE", "Serpost"}, // not in the catalogue
		{"ru", "XX", ""},
		{"ru", "", ""},
		{"ru", "<B>", ""},
	} {
		if got := printer(t, c.language).Post(c.country); got != c.want {
			t.Errorf("%s: Post(%q) = %q, want %q", c.language, c.country, got, c.want)
		}
	}
	for _, language := range locale.Languages() {
		p := printer(t, language)
		cyrillic := slices.Contains([]string{"ru", "uk", "be", "kk"}, language)
		for _, country := range near {
			got := p.Post(country)
			if got == "" || cyrillic != strings.ContainsFunc(got, func(r rune) bool { return unicode.Is(unicode.Cyrillic, r) }) {
				t.Errorf("%s: the post of %s is called %q", language, country, got)
			}
		}
	}
}

func TestCarrier(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ language, name, want string }{
		{"ru", "russianpost", "Почта России"},
		{"en", "russianpost", "Russian Post"},
		{"uk", "novaposhta", "Нова пошта"},
		{"de", "novaposhta", "Nova Poshta"},
		{"ru", "upu", "UPU"},
		{"ru", "of a newer version", "of a newer version"},
		{"ru", "", ""},
	} {
		if got := printer(t, c.language).Carrier(c.name); got != c.want {
			t.Errorf("%s: Carrier(%q) = %q, want %q", c.language, c.name, got, c.want)
		}
	}
}

func TestNamesOfPostsAreOfPosts(t *testing.T) {
	t.Parallel()
	for _, language := range locale.Languages() {
		if language == "en" { // its names are those of the tables
			continue
		}
		if _, err := fs.Stat(locale.Catalog, path.Join("catalog", language, "posts.toml")); err != nil {
			t.Errorf("%s has no names of posts: %v", language, err)
			continue
		}
		for id, forms := range messages(t, language, "posts.toml") {
			name := forms[""]
			if name == "" || name != strings.TrimSpace(name) || strings.ContainsFunc(name, unicode.IsControl) {
				t.Errorf("%s: %s is %q", language, id, name)
			}
			country, isPost := strings.CutPrefix(id, "post_")
			post, known := number.PostOf(strings.ToUpper(country))
			switch {
			case !isPost && !strings.HasPrefix(id, "name_"):
				t.Errorf("%s: %s is no name", language, id)
			case isPost && !known:
				t.Errorf("%s: %s is of no country with a post", language, id)
			case isPost && name == post.Name:
				t.Errorf("%s: %s says what the table of posts says", language, id)
			}
		}
	}
}
