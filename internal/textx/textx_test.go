package textx_test

import (
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"pgregory.net/rapid"

	"parcelwatch/internal/textx"
)

func TestLine(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, in, want string
		limit          int
	}{
		{"a plain text stays", "USB-C кабель, 2 м", "USB-C кабель, 2 м", 90},
		{"nothing stays nothing", "", "", 90},
		{"blanks become one, with none at the ends", " a \t\r\n  b\u00a0\u3000\u2028\u2029c ", "a b c", 90},
		{"control characters part words", "a\x00b\x1b[31mc\u009bd\u0085e", "a b [31mc d e", 90},
		{"direction marks go", "\u202egnp.exe\u202c \u2067x\u2069\u200f", "gnp.exe x", 90},
		{"invisible characters go", "a\u200b\u00ad\ufeff\u2060b\U000e0041\u3164", "ab", 90},
		{"only invisible characters are nothing", strings.Repeat("\u200b", 5000), "", 90},
		{"broken bytes and the replacement character go", "a\xff\xfeb\ufffdc", "abc", 90},
		{"private characters and noncharacters go", "a\ue000b\ufffe\U0010ffffc", "abc", 90},
		{"an emoji of several parts stays whole", "👩\u200d💻 box", "👩\u200d💻 box", 90},
		{"joiners go where they join nothing", "\u200da\u200d b\u200d\u200dc\u200c", "a b\u200dc", 90},
		{"a character keeps three combining marks", "e" + strings.Repeat("\u0301", 9) + "x", "e\u0301\u0301\u0301x", 90},
		{"a text of exactly the limit stays whole", "abcde", "abcde", 5},
		{"blanks behind a text of exactly the limit do not count", "abcde  \n", "abcde", 5},
		{"a longer text ends in an ellipsis that counts", "abcdef", "abcd…", 5},
		{"no blank stands before the ellipsis", "abc def", "abc…", 5},
		{"characters are counted, not bytes", strings.Repeat("я", 100_000), "яяяя…", 5},
		{"a text cut between two scripts stays valid", "包裹已到达北京", "包裹已到…", 5},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			if got := textx.Line(c.in, c.limit); got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}

func TestCut(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		in, want string
		limit    int
	}{{"abc", "abc", 3}, {"abcd", "abc", 3}, {"дом", "дом", 3}, {"домик", "дом", 3}, {"", "", 0}, {"a", "", 0}, {"包裹", "包", 1}} {
		if got := textx.Cut(c.in, c.limit); got != c.want {
			t.Errorf("Cut(%q, %d) = %q, want %q", c.in, c.limit, got, c.want)
		}
	}
}

// harmless checks what Line promises of any text.
func harmless(t rapid.TB, in string, limit int) {
	t.Helper()
	got := textx.Line(in, limit)
	if n := utf8.RuneCountInString(got); n > limit || !utf8.ValidString(got) {
		t.Fatalf("%d characters of at most %d: %q", n, limit, got)
	}
	if strings.TrimSpace(got) != got || strings.Contains(got, "  ") {
		t.Fatalf("blanks at an end or side by side: %q", got)
	}
	for _, r := range got {
		joiner := r == '\u200c' || r == '\u200d'
		if unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r) || r == '\u2028' || r == '\u2029' || textx.Invisible(r) && !joiner {
			t.Fatalf("%U is in %q", r, got)
		}
	}
	if again := textx.Line(got, limit); again != got {
		t.Fatalf("cleaned again it is another: %q, then %q", got, again)
	}
	if whole := textx.Clean(in); utf8.RuneCountInString(whole) <= limit && got != whole {
		t.Fatalf("%q fits %d characters and became %q", whole, limit, got)
	}
}

func TestLineIsHarmlessForAnyText(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		parts := rapid.SliceOf(rapid.OneOf(rapid.String(), rapid.SampledFrom([]string{
			" ", "\n", "\u2028", "\u202e", "\u2066", "\u200d", "\u200c", "\u0301", "\xff", "\ue000", "a", "包", "👩",
		})))
		harmless(t, strings.Join(parts.Draw(t, "parts"), ""), rapid.IntRange(1, 40).Draw(t, "limit"))
	})
}

func FuzzLine(f *testing.F) {
	f.Add("USB-C \u202e\x00 кабель", 10)
	f.Add(strings.Repeat("a\u0301", 500), 3)
	f.Add("a\x1b]0;title\x07b\u200d包", 4)
	f.Fuzz(func(t *testing.T, in string, limit int) {
		harmless(t, in, 1+(limit&0x7fffffff)%500)
	})
}
