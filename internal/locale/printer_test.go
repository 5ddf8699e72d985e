package locale_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"parcelwatch/internal/locale"
	"parcelwatch/parcel"
)

func printer(t *testing.T, language string) *locale.Printer {
	t.Helper()
	p, err := locale.New(language)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestNew(t *testing.T) {
	t.Parallel()
	for tag, want := range map[string]string{
		"": "en", "en": "en", "ru": "ru", "RU": "ru", "ru-RU": "ru", "ru_RU.UTF-8": "ru", " ru ": "ru", "de_AT@euro": "de", "pt-BR": "pt-BR", "be_BY.UTF-8@latin": "be",
	} {
		p, err := locale.New(tag)
		if err != nil {
			t.Errorf("New(%q): %v", tag, err)
			continue
		}
		if got := p.Language(); got != want {
			t.Errorf("New(%q) speaks %q, want %q", tag, got, want)
		}
	}
	for _, tag := range []string{"xx", "sr", "C", "russian", "zh-CN", "r\x00u", strings.Repeat("ru", 9999)} {
		_, err := locale.New(tag)
		if !errors.Is(err, locale.ErrLanguage) {
			t.Errorf("New(%.20q) = %v, want ErrLanguage", tag, err)
		}
		if err != nil && (len(err.Error()) > 200 || !strings.Contains(err.Error(), "ru")) {
			t.Errorf("New(%.20q): the error does not name the languages shortly: %v", tag, err)
		}
	}
}

func TestFromEnvironment(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name string
		env  map[string]string
		want string
	}{
		{"nothing set is English", nil, "en"},
		{"LANG counts", map[string]string{"LANG": "ru_RU.UTF-8"}, "ru"},
		{"LC_ALL is stronger than LANG", map[string]string{"LANG": "ru_RU.UTF-8", "LC_ALL": "en_GB.UTF-8"}, "en"},
		{"LC_ALL=C is English whatever LANG says", map[string]string{"LANG": "ru_RU.UTF-8", "LC_ALL": "C"}, "en"},
		{"a language we lack is English", map[string]string{"LANG": "ja_JP.UTF-8"}, "en"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			if got := locale.FromEnvironment(func(k string) string { return c.env[k] }); got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}

func TestT(t *testing.T) {
	t.Parallel()
	ru := printer(t, "ru")
	t.Run("an id nobody has comes back as it is", func(t *testing.T) {
		t.Parallel()
		for _, id := range []string{"no_such_message", "days", ""} {
			if got := ru.T(id); got != id {
				t.Errorf("T(%q) = %q", id, got)
			}
		}
	})
	t.Run("odd data does no harm", func(t *testing.T) {
		t.Parallel()
		if got := ru.T("days", "Count"); got != "days" {
			t.Errorf("got %q", got)
		}
		if got := ru.T("days", 1, 2, "Count", 3, "x"); got != "3 дня" {
			t.Errorf("got %q", got)
		}
	})
}

func TestPlurals(t *testing.T) {
	t.Parallel()
	for language, want := range map[string][]string{
		"en": {"0 days", "1 day", "2 days", "5 days", "11 days", "21 days"},
		"ru": {"0 дней", "1 день", "2 дня", "5 дней", "11 дней", "21 день"},
		"uk": {"0 днів", "1 день", "2 дні", "5 днів", "11 днів", "21 день"},
		"be": {"0 дзён", "1 дзень", "2 дні", "5 дзён", "11 дзён", "21 дзень"},
		"pl": {"0 dni", "1 dzień", "2 dni", "5 dni", "11 dni", "21 dni"},
		"de": {"0 Tage", "1 Tag", "2 Tage", "5 Tage", "11 Tage", "21 Tage"},
		"fr": {"0 jour", "1 jour", "2 jours", "5 jours", "11 jours", "21 jours"},
		"pt": {"0 dia", "1 dia", "2 dias", "5 dias", "11 dias", "21 dias"},
		"tr": {"0 gün", "1 gün", "2 gün", "5 gün", "11 gün", "21 gün"},
	} {
		p := printer(t, language)
		for i, n := range []int{0, 1, 2, 5, 11, 21} {
			if got := p.Days(n); got != want[i] {
				t.Errorf("%s: Days(%d) = %q, want %q", language, n, got, want[i])
			}
		}
	}
}

func TestDates(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 3, 2, 8, 5, 0, 0, time.FixedZone("", 3*3600))
	for _, c := range []struct{ language, long, short, day, full string }{
		{"en", "2 March 2026", "2 March", "Monday, 2 March", "2 March 2026, 08:05"},
		{"uk", "2 березня 2026 р.", "2 березня", "понеділок, 2 березня", "2 березня 2026 р., 08:05"},
		{"de", "2. März 2026", "2. März", "Montag, 2. März", "2. März 2026, 08:05 Uhr"},
		{"fr", "2 mars 2026", "2 mars", "lundi 2 mars", "2 mars 2026 à 08:05"},
		{"pt", "2 de março de 2026", "2 de março", "segunda-feira, 2 de março", "2 de março de 2026, 08:05"},
		{"tr", "2 Mart 2026", "2 Mart", "2 Mart Pazartesi", "2 Mart 2026, 08:05"},
		{"kk", "2026 жылғы 2 наурыз", "2 наурыз", "2 наурыз, дүйсенбі", "2026 жылғы 2 наурыз, 08:05"},
		{"ru", "2 марта 2026 г.", "2 марта", "понедельник, 2 марта", "2 марта 2026 г., 08:05"},
	} {
		p := printer(t, c.language)
		for _, x := range [][2]string{
			{p.Date(at), c.long}, {p.ShortDate(at), c.short}, {p.DayDate("2026-03-02"), c.day}, {p.DateTime(at), c.full},
		} {
			if x[0] != x[1] {
				t.Errorf("%s: got %q, want %q", c.language, x[0], x[1])
			}
		}
		if got := p.DayDate("soon"); got != "soon" {
			t.Errorf("a text that is no date became %q", got)
		}
	}
}

func TestAgo(t *testing.T) {
	t.Parallel()
	ru := printer(t, "ru")
	for d, want := range map[time.Duration]string{
		-time.Hour: "только что", time.Second: "только что", time.Minute: "1 минуту назад", 59 * time.Minute: "59 минут назад",
		3 * time.Hour: "3 часа назад", 47 * time.Hour: "47 часов назад", 48 * time.Hour: "2 дня назад", 21 * 24 * time.Hour: "21 день назад",
	} {
		if got := ru.Ago(d); got != want {
			t.Errorf("Ago(%v) = %q, want %q", d, got, want)
		}
	}
}

func TestNoCountryIsWithoutAName(t *testing.T) {
	t.Parallel()
	for _, language := range locale.Languages() {
		p := printer(t, language)
		for _, code := range []string{"CN", "HK", "SG", "RU", "UA", "BY", "KZ", "PL", "DE", "US", "IL", "BR", "TR", "UZ"} {
			if got := p.Country(code); got == code || got == "" {
				t.Errorf("%s: no name for %s", language, code)
			}
		}
	}
}

// A printer must not fall back to a third language: matchers like to answer Ukrainian
// with Russian.
func TestFallbackIsEnglishOnly(t *testing.T) {
	t.Parallel()
	en := printer(t, "en")
	for _, language := range locale.Languages()[2:] {
		id := "cli_only_in_english_and_russian"
		for candidate := range messages(t, "en", "cli.toml") {
			id = candidate
			break
		}
		if got, want := printer(t, language).T(id, "Count", 1), en.T(id, "Count", 1); got != want {
			t.Errorf("%s: %s is %q, in English %q", language, id, got, want)
		}
	}
}

func TestCountry(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ language, code, want string }{
		{"en", "CN", "China"},
		{"en", "hk", "Hong Kong"},
		{"ru", "CN", "Китай"},
		{"ru", "HK", "Гонконг"},
		{"ru", "RU", "Россия"},
		{"uk", "CN", "Китай"},
		{"be", "UA", "Украіна"},
		{"kk", "KZ", "Қазақстан"},
		{"pl", "DE", "Niemcy"},
		{"en", "", ""},
		{"en", "XX", "XX"},
		{"en", "<B>", "<B>"},
	} {
		if got := printer(t, c.language).Country(c.code); got != c.want {
			t.Errorf("%s: Country(%q) = %q, want %q", c.language, c.code, got, c.want)
		}
	}
}

func TestClosedSets(t *testing.T) {
	t.Parallel()
	for _, language := range locale.Languages() {
		p := printer(t, language)
		for _, s := range parcel.Statuses() {
			if got := p.Status(s); got == string(s) && language != "en" {
				t.Errorf("%s: status %s has no word", language, s)
			}
		}
		for _, s := range parcel.Steps() {
			if got := p.Step(s); got == string(s) && language != "en" {
				t.Errorf("%s: step %s has no word", language, s)
			}
		}
	}
	p := printer(t, "en")
	if got := p.Status("teleported"); got != "teleported" {
		t.Errorf("a status of a newer version is shown as %q", got)
	}
	if got := p.Phase(""); got != "" {
		t.Errorf("no phase is shown as %q", got)
	}
}

// TestPrintersShareTheirCatalogue counts what another printer takes: a catalogue of its own is thousands of allocations.
func TestPrintersShareTheirCatalogue(t *testing.T) { //nolint:paralleltest // it counts allocations
	for _, language := range []string{"en", "ru", "pt-BR"} {
		first, err := locale.New(language)
		if err != nil {
			t.Fatal(err)
		}
		if n := testing.AllocsPerRun(10, func() { _, _ = locale.New(language) }); n > 100 {
			t.Errorf("%s: another printer takes %v allocations", language, n)
		}
		if first.T("status_delivered") == "" {
			t.Error("the first printer is silent")
		}
	}
}
