package notify_test

import (
	"strings"
	"testing"
	"unicode/utf8"

	"parcelwatch/notify"
	"parcelwatch/parcel"
)

func TestClean(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, in, want string
		limit          int
	}{
		{"a plain text stays", "USB-C кабель, 2 м", "USB-C кабель, 2 м", 90},
		{"blanks are one blank, and none at the ends", " a \t\r\n  b\u00a0\u3000c ", "a b c", 90},
		{"control characters part words", "a\x00b\x1b[31mc", "a b [31mc", 90},
		{"direction characters go", "\u202egnp.exe\u202c \u2067x\u2069\u200f", "gnp.exe x", 90},
		{"invisible characters go", "a\u200b\u00ad\ufeff\u2060b\U000e0041", "ab", 90},
		{"broken bytes go", "a\xff\xfeb", "ab", 90},
		{"the replacement character goes", "a\ufffdb", "ab", 90},
		{"private characters go", "a\ue000b", "ab", 90},
		{"an emoji of several parts stays whole", "👩\u200d💻 box", "👩\u200d💻 box", 90},
		{"three accents are enough", "e" + strings.Repeat("\u0301", 9) + "x", "e\u0301\u0301\u0301x", 90},
		{"a long text ends in dots", "abcdefgh", "abcd…", 5},
		{"a text that fits does not", "abcd", "abcd", 5},
		{"nothing stays nothing", "", "", 90},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			if got := notify.Clean(c.in, c.limit); got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}

func FuzzClean(f *testing.F) {
	f.Add("USB-C \u202e\x00 кабель", 10)
	f.Add(strings.Repeat("a\u0301", 500), 3)
	f.Fuzz(func(t *testing.T, in string, limit int) {
		if limit < 2 || limit > 1000 {
			return
		}
		got := notify.Clean(in, limit)
		if n := utf8.RuneCountInString(got); n > limit+1 || !utf8.ValidString(got) {
			t.Errorf("%d characters of at most %d: %q", n, limit, got)
		}
		if strings.ContainsAny(got, "\r\n\t\x00\u202e\u2066\u2067\u2068\u2069") || strings.Contains(got, "  ") || strings.HasPrefix(got, " ") {
			t.Errorf("not harmless: %q", got)
		}
		if again := notify.Clean(got, limit+1); again != got {
			t.Errorf("cleaned again it is another: %q, then %q", got, again)
		}
	})
}

func TestIsolate(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"": "", "cable": "cable", "кабель": "кабель", "电缆": "电缆",
		"כבל 2": "\u2068כבל 2\u2069", "box كابل": "\u2068box كابل\u2069",
	} {
		if got := notify.Isolate(in); got != want {
			t.Errorf("Isolate(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestPage(t *testing.T) {
	t.Parallel()
	with := func(n parcel.Number, phase parcel.Phase) *parcel.Parcel {
		return &parcel.Parcel{Links: []parcel.Link{{Number: n}}, Phase: phase, Origin: "BY", Destination: "RU"}
	}
	for _, c := range []struct {
		name       string
		p          *parcel.Parcel
		host, post string
	}{
		{"at the origin it is the origin's post", with("RB123456785BY", parcel.PhaseOrigin), "belpost", "BY"},
		{"the post that gave out the number counts, not where it is sent from", with("RB123456785CN", parcel.PhaseOrigin), "ems.com.cn", "CN"},
		{"after that it is the destination's", with("RB123456785BY", parcel.PhaseBetween), "pochta.ru", "RU"},
		{"a number of no post names none", with("LP00999900000034", parcel.PhaseBetween), "cainiao", ""},
		{"no number has no page", &parcel.Parcel{}, "", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			link, post := notify.Page(c.p)
			if !strings.Contains(link, c.host) || (c.host == "") != (link == "") {
				t.Errorf("the page is %q, want one of %q", link, c.host)
			}
			if !strings.Contains(post, c.post) || (c.post == "") != (post == "") {
				t.Errorf("the post is %q, want %q", post, c.post)
			}
		})
	}
	evil := with(`RB1"><script>`, parcel.PhaseBetween)
	if link, _ := notify.Page(evil); strings.ContainsAny(link, `"<> `) {
		t.Errorf("the page is %q", link)
	}
}
