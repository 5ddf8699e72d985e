package locale_test

import (
	"cmp"
	"testing"

	"golang.org/x/text/language"
	"golang.org/x/text/language/display"

	"parcelwatch/internal/locale"
	"parcelwatch/parcel/number"
)

func TestCountriesAreNamedAsCLDRNamesThem(t *testing.T) {
	own := map[string]bool{} // shorter names of our own
	for _, code := range []string{"HK", "MO", "be AE", "be MK", "be US", "be ZA"} {
		own[code] = true
	}
	// CLDR's Portuguese without a country is that of Brazil.
	cldr := map[string]string{"pt": "pt-PT", "pt-BR": "pt"}
	for _, tag := range locale.Tags() {
		names := display.Regions(language.Make(cmp.Or(cldr[tag], tag)))
		p, err := locale.New(tag)
		if err != nil {
			t.Fatal(err)
		}
		for _, post := range number.Posts() {
			region, err := language.ParseRegion(post.Country)
			if err != nil || !region.IsCountry() || own[post.Country] || own[tag+" "+post.Country] {
				continue
			}
			if got, want := p.Country(post.Country), names.Name(region); want != "" && got != want {
				t.Errorf("%s in %s is %q, CLDR says %q", post.Country, tag, got, want)
			}
		}
	}
}
