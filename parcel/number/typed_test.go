package number_test

import (
	"errors"
	"strings"
	"testing"

	"parcelwatch/parcel/number"
)

func TestTypedNumbers(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ in, want string }{
		"a number":                          {"rb 123 456 785 cn", "RB123456785CN"},
		"a number of no known form":         {"HELLO-99", "HELLO-99"},
		"groups of digits of no known form": {"4444 1", "44441"},
		"a link with a parameter":           {"https://www.pochta.ru/tracking?barcode=RB123456785CN", "RB123456785CN"},
		"a link with several":               {"https://global.cainiao.com/newDetail.htm?lang=ru-RU&mailNoList=LP00999900000042&spm=a1z2", "LP00999900000042"},
		"a link with a fragment":            {"https://t.17track.net/en#nums=RB123456785CN", "RB123456785CN"},
		"a link with a path":                {"https://posta.example/track/RB123456785CN/details", "RB123456785CN"},
		"a link with escapes":               {"https://track.example/?n=RB%20123456785%20CN&id=61039903000177", "61039903000177"},
		"Cyrillic letters in a number":      {"RВ123456785СN", "RB123456785CN"},
		"small Cyrillic letters":            {"rв123456785сn", "RB123456785CN"},
		"words before it":                   {"Трек-номер: RB123456785CN", "RB123456785CN"},
		"punctuation behind it":             {"RB123456785CN,", "RB123456785CN"},
		"a sign before it":                  {"№ 61039903000177", "61039903000177"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got, err := number.Typed(c.in); err != nil || string(got) != c.want {
				t.Errorf("Typed(%q) = %q, %v; want %q", c.in, got, err, c.want)
			}
		})
	}
	for name, in := range map[string]string{
		"a word":                    "slippers",
		"a Russian word":            "тапочки",
		"a word of look-alikes":     "СОРТ-МОРЕ",
		"a link without a number":   "https://www.pochta.ru/tracking",
		"nothing":                   "",
		"a page of text":            strings.Repeat("RB123456785CN ", 200),
		"words around no known one": "my number is HELLO-99",
	} {
		t.Run(name+" is refused", func(t *testing.T) {
			t.Parallel()
			if got, err := number.Typed(in); !errors.Is(err, number.ErrInvalid) || got != "" {
				t.Errorf("Typed(%q) = %q, %v; want ErrInvalid", in, got, err)
			}
		})
	}
}

func FuzzTyped(f *testing.F) {
	f.Add("https://t.17track.net/en#nums=RB123456785CN")
	f.Add("RВ123456785СN")
	f.Add("%zz://\xff")
	f.Fuzz(func(t *testing.T, s string) {
		n, err := number.Typed(s)
		if (err == nil) == (n == "") {
			t.Errorf("Typed(%q) = %q, %v", s, n, err)
		}
		if again, err := number.Parse(string(n)); err == nil && again != n {
			t.Errorf("Typed(%q) = %q is not in canonical form", s, n)
		}
	})
}
