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
		for i := range 26 * 26 {
			code := string([]byte{'A' + byte(i/26), 'A' + byte(i%26)})
			region, err := language.ParseRegion(code)
			if _, ok := number.PostOf(code); !ok || err != nil || !region.IsCountry() || own[code] || own[tag+" "+code] {
				continue
			}
			if got, want := p.Country(code), names.Name(region); want != "" && got != want {
				t.Errorf("%s in %s is %q, CLDR says %q", code, tag, got, want)
			}
		}
	}
}
