package number_test

import (
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"parcelwatch/parcel/number"
)

func itoa(n int) string { return strconv.Itoa(n) }

func TestCandidates(t *testing.T) {
	type found []string // number, strength
	for name, c := range map[string]struct {
		text string
		want found
	}{
		"a number in a sentence":                   {"Your parcel RB123456785CN has left.", found{"RB123456785CN high"}},
		"several, in their order":                  {"LP00999900000034, then RB123456785CN.", found{"LP00999900000034 high", "RB123456785CN high"}},
		"in lower case":                            {"rb123456785cn", found{"RB123456785CN high"}},
		"printed in groups":                        {"No. RB 123 456 785 CN!", found{"RB123456785CN high"}},
		"printed with dashes":                      {"RB-123456785-CN", found{"RB123456785CN high"}},
		"printed with hard blanks":                 {"RB\u00a0123\u202f456\u00a0785\u00a0CN", found{"RB123456785CN high"}},
		"groups need capitals":                     {"in rb 123 456 785 cn", nil},
		"groups need the check digit":              {"RB 123 456 789 CN", nil},
		"groups need a country":                    {"RB 123 456 785 XX", nil},
		"groups need usual letters":                {"TO 123 456 785 US", nil},
		"groups end where a word ends":             {"RB 123 456 785 CNY", nil},
		"groups stay on one line":                  {"RB 123 456\n785 CN", nil},
		"Yanwen's in groups":                       {"UA 123456785 YP", found{"UA123456785YP high"}},
		"with invisible padding":                   {"RB\u200b1234\u200c56785CN\u200b", found{"RB123456785CN high"}},
		"glued by an invisible character":          {"LP00999900000034\u200b8190000000000001", found{"LP00999900000034 high"}},
		"beside a Chinese word":                    {"单号LP00999900000034已发货", found{"LP00999900000034 high"}},
		"beside a Cyrillic word":                   {"трек:RB123456785CN.", found{"RB123456785CN high"}},
		"behind an order id and an underscore":     {"123456789012345_YT2200000000000446", found{"YT2200000000000446 medium"}},
		"a wrong check digit wants a label":        {"RB123456789CN", found{"RB123456789CN low"}},
		"digits want a label":                      {"10100022000006", found{"10100022000006 low"}},
		"digits with a dash":                       {"714-0000001", found{"714-0000001 low"}},
		"between brackets":                         {"(RB123456785CN)", found{"RB123456785CN high"}},
		"two with a slash":                         {"RB123456785CN/LP00999900000034", found{"RB123456785CN high", "LP00999900000034 high"}},
		"an order id is none":                      {"Order 8190000000000001 was sent", nil},
		"an old order id is none":                  {"Order 819000000000001", nil},
		"an item id is none":                       {"item 1005000000000000", nil},
		"a phone number is none":                   {"call +4900000000000", nil},
		"a price is none":                          {"1234567890.50 or 12,1234567890", nil},
		"a variant is none":                        {"20Pcs 6P Length 30cm AC 220V DC 12V 24V 1/2", nil},
		"a value of a link is none":                {"x?id=RB123456785CN&RB123456785CN", nil},
		"a link is not looked into":                {"see https://example.org/RB123456785CN now RB123456785DE", found{"RB123456785DE high"}},
		"a link without scheme is not looked into": {"WWW.example.org/RB123456785CN", nil},
		"a mail address is not looked into":        {"LP00999900000034@example.org me@LP00999900000034", nil},
		"an identifier is none":                    {"gp_SF6000000000724 x9_SF6000000000724 SF6000000000724_x", nil},
		"mixed case is none":                       {"wNbAa0000000238yQ", nil},
		"an endless word is none":                  {strings.Repeat("A1", 5000), nil},
		"empty text":                               {"", nil},
		"text that only begins like a number":      {"RB 12", nil},
	} {
		t.Run(name, func(t *testing.T) {
			var got found
			for _, c := range number.Candidates(c.text) {
				got = append(got, string(c.Number)+" "+c.Strength.String())
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("in %.80q (-want +got):\n%s", c.text, diff)
			}
		})
	}
}

func TestCandidatesSayWhereAndWhat(t *testing.T) {
	text := "№ RB 123 456 785 CN, 62000022000000"
	got := number.Candidates(text)
	want := []number.Candidate{
		{Number: "RB123456785CN", Family: number.FamilyS10, Strength: number.High, Check: number.CheckOK, Start: 4, End: 21},
		{Number: "62000022000000", Family: number.FamilyDPD, Strength: number.Low, Check: number.CheckNone, Start: 23, End: 37},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if part := text[got[0].Start:got[0].End]; part != "RB 123 456 785 CN" {
		t.Errorf("the place is %q", part)
	}
}

func TestCandidatesAreBounded(t *testing.T) {
	noise := strings.Repeat("10100022000006 ", 5000)
	got := number.Candidates(noise + strings.Repeat("RB123456785CN ", 5000))
	if len(got) > 200 {
		t.Errorf("%d candidates", len(got))
	}
	if !slices.ContainsFunc(got, func(c number.Candidate) bool { return c.Strength == number.High }) {
		t.Error("weak candidates crowd out the strong ones")
	}
}

func FuzzCandidates(f *testing.F) {
	for _, c := range known() {
		f.Add("text " + c.number + ", text")
	}
	for _, s := range []string{
		"RB 123 456 785 CN", "1_2_3_RB123456785CN", "RB\u200b123456785CN", "https://", "www.", "RB", "714-0000001-", "+\xff\xfe8", "é\u00ad\u200b12345678901234",
		strings.Repeat("R\u200b", 50), strings.Repeat("RB 1", 50), "x@RB123456785CN=", "0034 0999 9999 9999 9001 0",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		found := number.Candidates(text)
		if len(found) > 200 {
			t.Fatalf("%d candidates", len(found))
		}
		end := 0
		for _, c := range found {
			canonical(t, c.Number)
			if c.Start < end || c.End <= c.Start || c.End > len(text) {
				t.Fatalf("%q at %d to %d of %d, after %d", c.Number, c.Start, c.End, len(text), end)
			}
			end = c.End
			if n, err := number.Parse(strings.ReplaceAll(text[c.Start:c.End], "-", "")); err == nil && strings.ReplaceAll(string(c.Number), "-", "") != string(n) {
				t.Fatalf("%q stands where the text is %q", c.Number, text[c.Start:c.End])
			}
			if c.Number.Family() != c.Family || c.Number.Check() != c.Check || c.Number.Strength() != c.Strength {
				t.Fatalf("%+v differs from its number", c)
			}
			digitsOnly := strings.IndexFunc(string(c.Number), func(r rune) bool { return r >= 'A' }) < 0
			if c.Strength > number.Low && (digitsOnly || c.Check == number.CheckWrong) || c.Strength == number.Unlikely {
				t.Fatalf("%+v is too strong", c)
			}
		}
	})
}

func BenchmarkCandidates(b *testing.B) {
	mail := strings.Repeat("Hello, your order 8190000000000001 with 20Pcs USB-C cable 1 m has left; details on https://example.org/x?y=1. ", 80) +
		"Tracking number: LP00999900000034."
	hostile := map[string]string{
		"mail of 9 KB":      mail,
		"digits":            strings.Repeat("10100022000006 ", 600),
		"padding":           strings.Repeat("R\u200bB\u200b", 1300),
		"starts of numbers": strings.Repeat("RB 12345678", 800),
		"underscores":       strings.Repeat("1234567_", 1100),
	}
	for name, text := range hostile {
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(len(text)))
			for b.Loop() {
				number.Candidates(text)
			}
		})
	}
}

// The work for hostile text is bounded by a multiple of its length: no form of
// it makes the recogniser remember more than that.
func TestCandidatesAllocateLittle(t *testing.T) {
	for name, text := range map[string]string{
		"starts of numbers":       strings.Repeat("RB 12345678", 2000),
		"numbers without an end":  strings.Repeat("LP0099990000003", 2000),
		"invisible characters":    strings.Repeat("R\u200b", 5000),
		"padded words":            strings.Repeat("LP0099\u200b9900\u200c000034 ", 1000),
		"digits":                  strings.Repeat("10100022000006 ", 1000),
		"digits and underscores":  strings.Repeat("12345678_", 2000),
		"one endless word":        strings.Repeat("9", 20000),
		"many links":              strings.Repeat("https://RB123456785CN ", 1000),
		"bytes that are no text":  strings.Repeat("\xe2\x80", 5000),
		"dashes between triplets": strings.Repeat("714-", 5000),
	} {
		t.Run(name, func(t *testing.T) {
			allocations := testing.AllocsPerRun(2, func() { number.Candidates(text) })
			if allocations > float64(len(text)) {
				t.Errorf("%.0f allocations for %d bytes", allocations, len(text))
			}
			if found := number.Candidates(text); len(found) > 192 {
				t.Errorf("%d candidates", len(found))
			}
		})
	}
}
