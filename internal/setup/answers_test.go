package setup_test

import (
	"errors"
	"strings"
	"testing"

	"parcelwatch/internal/setup"
)

func TestAddressesAreReadAsPeopleTypeThem(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		" me@Example.ORG ": "me@example.org", "Me <me@example.org>": "me@example.org", "a.b+c@x.example.": "", "Я@почта.рф": "Я@почта.рф",
	} {
		got, _, err := setup.ParseAddress(text)
		if got != want || (err == nil) != (want != "") {
			t.Errorf("%q: got %q, %v", text, got, err)
		}
	}
	for _, text := range []string{"", "me", "me@", "@example.org", "a@b@c", "me@exa mple", "me@-x", "me@[127.0.0.1]"} {
		if got, _, err := setup.ParseAddress(text); !errors.Is(err, setup.ErrAddress) {
			t.Errorf("%q: got %q, %v", text, got, err)
		}
	}
}

func TestTheCountryIsGuessedFromTheSurroundings(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name string
		in   setup.Guess
		want string
	}{
		{"the zone says most", setup.Guess{Domain: "ukr.net", Zone: "Asia/Almaty", Language: "ru_RU.UTF-8"}, "KZ"},
		{"the provider", setup.Guess{Domain: "ukr.net", Zone: "UTC", Language: "ru_RU.UTF-8"}, "UA"},
		{"the domain's ending", setup.Guess{Domain: "firma.by", Zone: "Etc/UTC"}, "BY"},
		{"the language's region", setup.Guess{Domain: "gmail.com", Language: "de_AT.UTF-8@euro"}, "AT"},
		{"the language of an image says nothing", setup.Guess{Domain: "gmail.com", Language: "en_US.UTF-8"}, ""},
		{"nothing", setup.Guess{Domain: "example.org", Language: "C"}, ""},
		{"an ending that is a country's by name only", setup.Guess{Domain: "startup.io"}, ""},
	} {
		if got := c.in.Country(); got != c.want {
			t.Errorf("%s: got %q, want %q", c.name, got, c.want)
		}
	}
}

func TestNamesAreRelatedToTheirDomain(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, domain, host string
		want               bool
	}{
		{"mx.example.org", "example.org", "imap.other.net", true},
		{"mx7.other.net", "example.org", "imap.other.net", true},
		{"mx.evil.example", "example.org", "imap.other.net", false},
		{"mx.net", "example.org", "other.net", false},
		{"0.0.1", "example.org", "127.0.0.1", false},
		{"notexample.org", "example.org", "imap.other.net", false},
	} {
		if got := setup.Related(c.name, c.domain, c.host); got != c.want {
			t.Errorf("%+v: got %v", c, got)
		}
	}
}

func TestLinesAreBrokenAtBlanks(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		line  string
		width int
		want  string
	}{
		{"one two three", 0, "one two three"},
		{"one two three", 13, "one two three"},
		{"one two three", 8, "one two\n  three"},
		{"  один два три", 9, "  один\n  два три"},
		{"a veryveryverylongword b", 8, "a\n  veryveryverylongword\n  b"},
		{"veryveryverylongword", 8, "veryveryverylongword"},
	} {
		if got := setup.Wrap(c.line, c.width, "  "); got != c.want {
			t.Errorf("%q at %d: got %q, want %q", c.line, c.width, got, c.want)
		}
	}
}

func FuzzWrap(f *testing.F) {
	f.Add("one two three", 5)
	f.Add("   ", 1)
	f.Add("00\x80ree", 5)
	f.Fuzz(func(t *testing.T, line string, width int) {
		if width > 1000 || strings.ContainsAny(line, "\n") {
			t.Skip()
		}
		got := setup.Wrap(line, width, "")
		if strings.Join(strings.Fields(got), " ") != strings.Join(strings.Fields(line), " ") {
			t.Errorf("words are lost: %q", got)
		}
	})
}
