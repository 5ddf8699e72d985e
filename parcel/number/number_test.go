package number_test

import (
	"bufio"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"parcelwatch/parcel/number"
)

func TestParseNumber(t *testing.T) {
	for name, c := range map[string]struct{ in, want string }{
		"is taken as it is":              {"RB123456785CN", "RB123456785CN"},
		"is made upper case":             {"rb123456785cn", "RB123456785CN"},
		"loses its blanks":               {" RB 123\t456 785\u00a0CN ", "RB123456785CN"},
		"loses invisible characters":     {"RB\u200b123\u200c456\u200d785\u2060CN\ufeff\u00ad", "RB123456785CN"},
		"keeps its dashes":               {"714-1098112", "714-1098112"},
		"may be five characters":         {"UH123", "UH123"},
		"may be forty characters":        {strings.Repeat("7", 40), strings.Repeat("7", 40)},
		"of no known family is a number": {"HELLO-99", "HELLO-99"},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := number.Parse(c.in)
			if err != nil || string(got) != c.want {
				t.Errorf("Parse(%q) = %q, %v; want %q", c.in, got, err, c.want)
			}
		})
	}
	for name, in := range map[string]string{
		"too short":                "AB12",
		"too long":                 strings.Repeat("7", 41),
		"very long":                strings.Repeat("7", 1<<20),
		"empty":                    "",
		"blanks only":              strings.Repeat(" ", 100),
		"with a line end":          "RB123456785CN\nX",
		"with an underscore":       "1234567_LP0099",
		"with Cyrillic look-alike": "RВ123456785CN",
		"with a quote":             `RB123"456785CN`,
		"of broken encoding":       "RB123456785\xff",
		"with NUL":                 "RB123456785\x00CN",
	} {
		t.Run(name+" is refused", func(t *testing.T) {
			if got, err := number.Parse(in); !errors.Is(err, number.ErrInvalid) || got != "" {
				t.Errorf("Parse(%q) = %q, %v; want ErrInvalid", in, got, err)
			}
		})
	}
}

// known are invented numbers of every family, with right check digits.
func known() []struct {
	number   string
	families []number.Family
	check    number.Check
	strength number.Strength
} {
	f := func(families ...number.Family) []number.Family { return families }
	return []struct {
		number   string
		families []number.Family
		check    number.Check
		strength number.Strength
	}{
		{"RB123456785CN", f(number.FamilyS10), number.CheckOK, number.High},
		{"LP123456785SG", f(number.FamilyS10), number.CheckOK, number.High},
		{"CV123456785DE", f(number.FamilyS10, number.FamilyMeest), number.CheckOK, number.High},
		{"RB123456789CN", f(number.FamilyS10), number.CheckWrong, number.Low},
		{"CV123456789DE", f(number.FamilyMeest, number.FamilyS10), number.CheckNone, number.Medium},
		{"MYCV123456789DE", f(number.FamilyMeest), number.CheckNone, number.Medium},
		{"001-0000001", f(number.FamilyMeest), number.CheckNone, number.Low},
		{"714-0000001", f(number.FamilyMeest), number.CheckNone, number.Low},
		{"7100000001", f(number.FamilyMeest, number.FamilyGLS, number.FamilyDHL, number.FamilyCDEK), number.CheckNone, number.Low},
		{"UA123456785YP", f(number.FamilyYanwen), number.CheckOK, number.High},
		{"UA123456789YP", f(number.FamilyYanwen), number.CheckWrong, number.Low},
		{"AP00999900000180", f(number.FamilyAliExpress), number.CheckNone, number.High},
		{"LP00999900000034", f(number.FamilyCainiao, number.FamilyFourPX), number.CheckNone, number.High},
		{"LP0099990000003", f(number.FamilyCainiao), number.CheckNone, number.Medium},
		{"LP00999900000", f(number.FamilyCainiao), number.CheckNone, number.Low},
		{"LP00999900000CN", f(number.FamilyCainiao), number.CheckNone, number.Medium},
		{"CNG00999900000034", f(number.FamilyCainiao), number.CheckNone, number.High},
		{"AE000000498", f(number.FamilyCainiao), number.CheckNone, number.Medium},
		{"CNFR9000000000571HD", f(number.FamilyCainiao), number.CheckNone, number.Medium},
		{"CN0000000000001", f(number.FamilyCainiao), number.CheckNone, number.Low},
		{"S000000000855", f(number.FamilyCainiao), number.CheckNone, number.Low},
		{"Q0000000341XX", f(number.FamilyCainiao), number.CheckNone, number.Low},
		{"HM0000000000000611", f(number.FamilyCainiaoLine), number.CheckNone, number.Medium},
		{"JY26CAA0D000000012", f(number.FamilyCainiaoLine), number.CheckNone, number.Medium},
		{"63590000000000000005002", f(number.FamilyCainiaoLine), number.CheckNone, number.Low},
		{"ED000000581", f(number.FamilyCainiaoLine), number.CheckNone, number.Low},
		{"4PX3000000000168CN", f(number.FamilyFourPX), number.CheckNone, number.High},
		{"4PX30000000000168CN", f(number.FamilyFourPX), number.CheckNone, number.High},
		{"304200000500", f(number.FamilyFourPX, number.FamilyKorea, number.FamilyDHL, number.FamilySF), number.CheckNone, number.Low},
		{"WNBAA0000000238YQ", f(number.FamilyYQ), number.CheckNone, number.High},
		{"YT2200000000000446", f(number.FamilyYunExpress), number.CheckNone, number.Medium},
		{"YT22000000000004460", f(number.FamilyYunExpress), number.CheckNone, number.Low},
		{"YT2024000000045", f(number.FamilyYTO), number.CheckNone, number.Low},
		{"SYUS000000718", f(number.FamilySunYou), number.CheckNone, number.Medium},
		{"SYBPL00000055", f(number.FamilyMalaysia, number.FamilySunYou), number.CheckNone, number.Medium},
		{"AUS490000000512", f(number.FamilyUBI), number.CheckNone, number.Medium},
		{"SF6000000000724", f(number.FamilySF), number.CheckNone, number.High},
		{"GFUS00000000214464", f(number.FamilyGOFO), number.CheckNone, number.High},
		{"UPAAA000000000004455", f(number.FamilyPitney), number.CheckNone, number.Medium},
		{"LTN70000003N1", f(number.FamilyLandmark), number.CheckNone, number.Medium},
		{"520000000456", f(number.FamilyKorea, number.FamilyDHL, number.FamilySF), number.CheckNone, number.Low},
		{"00340999999999990015", f(number.FamilyDHL), number.CheckOK, number.Low},
		{"00340999999999990016", f(number.FamilyDHL), number.CheckWrong, number.Low},
		{"JJD000390000000396", f(number.FamilyDHL), number.CheckNone, number.Medium},
		{"JJD0002200000000396", f(number.FamilyYodel, number.FamilyDHL), number.CheckNone, number.Medium},
		{"JD0002200000000396", f(number.FamilyYodel), number.CheckNone, number.Low},
		{"H9990000000000000373", f(number.FamilyHermes), number.CheckNone, number.Medium},
		{"9000000000", f(number.FamilyGLS, number.FamilyDHL, number.FamilyCDEK), number.CheckNone, number.Low},
		{"696300000000000000000017", f(number.FamilyInPost), number.CheckNone, number.Low},
		{"323200000000000000000017", f(number.FamilyBpost, number.FamilyInPost), number.CheckNone, number.Low},
		{"PHBW6T0000000000000002J", f(number.FamilyCorreos), number.CheckNone, number.High},
		{"420537049200190000000000000009", f(number.FamilyUSPS), number.CheckOK, number.Low},
		{"420537049200190000000000000000", f(number.FamilyUSPS), number.CheckWrong, number.Low},
		{"9200190000000000000009", f(number.FamilyUSPS), number.CheckOK, number.Low},
		{"10100022000006", f(number.FamilyRussianPost, number.FamilyNovaPoshta, number.FamilyDPD), number.CheckOK, number.Low},
		{"10100022000007", f(number.FamilyNovaPoshta, number.FamilyDPD, number.FamilyRussianPost), number.CheckNone, number.Low},
		{"62000022000002", f(number.FamilyRussianPost, number.FamilyDPD), number.CheckOK, number.Low},
		{"62000022000000", f(number.FamilyDPD, number.FamilyRussianPost), number.CheckNone, number.Low},
		{"20400000000000", f(number.FamilyNovaPoshta, number.FamilyDPD, number.FamilyRussianPost), number.CheckNone, number.Low},
		{"59000000000001", f(number.FamilyNovaPoshta, number.FamilyDPD, number.FamilyRussianPost), number.CheckNone, number.Low},
		{"NPMD000000000001NPI", f(number.FamilyNovaPoshta), number.CheckNone, number.High},
		{"NPG00000000001", f(number.FamilyNovaPoshta), number.CheckNone, number.Medium},
		{"0500100000003", f(number.FamilyUkrposhta), number.CheckNone, number.Low},
		{"315190000000000012", f(number.FamilyPartner), number.CheckNone, number.Low},
		{"8190000000000001", nil, number.CheckNone, number.Unlikely},
		{"819000000000001", nil, number.CheckNone, number.Unlikely},
		{"RB123456785XX", nil, number.CheckNone, number.Unlikely},
		{"YT123456789012345", nil, number.CheckNone, number.Unlikely},
		{"HELLO-WORLD", nil, number.CheckNone, number.Unlikely},
	}
}

func TestFamilies(t *testing.T) {
	seen := map[number.Family]bool{}
	for _, c := range known() {
		t.Run(c.number, func(t *testing.T) {
			n := number.Number(c.number)
			if diff := cmp.Diff(c.families, n.Families()); diff != "" {
				t.Errorf("families (-want +got):\n%s", diff)
			}
			best := number.FamilyUnknown
			if len(c.families) > 0 {
				best = c.families[0]
			}
			if got := n.Family(); got != best {
				t.Errorf("family %s, want %s", got, best)
			}
			if got := n.Check(); got != c.check {
				t.Errorf("check %s, want %s", got, c.check)
			}
			if got := n.Strength(); got != c.strength {
				t.Errorf("strength %s, want %s", got, c.strength)
			}
		})
		for _, f := range c.families {
			seen[f] = true
		}
	}
	if len(seen) < 25 {
		t.Errorf("only %d families are tried", len(seen))
	}
}

func TestStrengthOfFamilies(t *testing.T) {
	for f, want := range map[number.Family]number.Strength{
		number.FamilyS10:         number.High,
		number.FamilyAliExpress:  number.High,
		number.FamilyCainiao:     number.Low,
		number.FamilyHermes:      number.Medium,
		number.FamilyRussianPost: number.Low,
		number.FamilyUnknown:     number.Unlikely,
	} {
		if got := f.Strength(); got != want {
			t.Errorf("%s is %s, want %s: that of its weakest form", f, got, want)
		}
	}
	for s, want := range map[number.Strength]string{number.Unlikely: "unlikely", number.Low: "low", number.Medium: "medium", number.High: "high"} {
		if s.String() != want {
			t.Errorf("strength %d is called %s", s, s)
		}
	}
}

func TestS10(t *testing.T) {
	for name, c := range map[string]struct {
		number    string
		country   string
		untracked bool
		internal  bool
	}{
		"a registered letter of China":                {number: "RB123456785CN", country: "CN"},
		"a wrong check digit does not hide a country": {number: "RB123456789CN", country: "CN"},
		"Kosovo has a post":                           {number: "RB123456785XK", country: "XK"},
		"a letter with customs barcode":               {number: "UA123456785SG", country: "SG", untracked: true},
		"Yanwen's suffix is no country":               {number: "RB123456785YP"},
		"Yanwen's letters":                            {number: "UA123456785YP", untracked: true},
		"no such country":                             {number: "UA123456785ZZ"},
		"Cainiao's is internal":                       {number: "LP00999900000034", internal: true},
		"the shop's is internal":                      {number: "AP00999900000180", internal: true},
		"the shop's second is internal":               {number: "CNG00999900000180", internal: true},
		"18 digits are internal":                      {number: "315190000000000012", internal: true},
		"S10 with LP is not internal":                 {number: "LP123456785SG", country: "SG"},
		"one digit short":                             {number: "RB12345678CN"},
		"a letter among the digits":                   {number: "RB12345O785CN"},
		"a digit among the letters":                   {number: "R1123456785CN"},
	} {
		t.Run(name, func(t *testing.T) {
			n := number.Number(c.number)
			if got := n.Country(); got != c.country || n.S10() != (c.country != "") {
				t.Errorf("country %q, S10 %v; want %q", got, n.S10(), c.country)
			}
			if got := n.Untracked(); got != c.untracked {
				t.Errorf("untracked %v, want %v", got, c.untracked)
			}
			if got := n.Internal(); got != c.internal {
				t.Errorf("internal %v, want %v", got, c.internal)
			}
		})
	}
}

// Of the ten possible check digits exactly one holds for every serial.
func TestCheckDigitIsUnique(t *testing.T) {
	for serial := 10000000; serial < 10000000+2000; serial++ {
		holds := 0
		for d := range 10 {
			n := number.Number("RB" + itoa(serial) + itoa(d) + "CN")
			if n.Check() == number.CheckOK {
				holds++
			}
		}
		if holds != 1 {
			t.Fatalf("%d check digits hold for serial %d", holds, serial)
		}
	}
}

// sampleFamilies are the families by the words of the samples.
func sampleFamilies() map[string]number.Family {
	return map[string]number.Family{
		"s10": number.FamilyS10, "yanwen-yp": number.FamilyYanwen, "cainiao-lp": number.FamilyCainiao,
		"cainiao-lp-cn": number.FamilyCainiao, "cainiao-ap": number.FamilyAliExpress, "cainiao-cng": number.FamilyCainiao,
		"cainiao-ae": number.FamilyCainiao, "cainiao-last-mile": number.FamilyCainiao, "cainiao-old": number.FamilyCainiao,
		"yq": number.FamilyYQ, "yunexpress": number.FamilyYunExpress, "yto": number.FamilyYTO, "4px": number.FamilyFourPX,
		"sunyou": number.FamilySunYou, "malaysia-via-sky": number.FamilyMalaysia, "ubi": number.FamilyUBI, "sf": number.FamilySF,
		"pitneybowes": number.FamilyPitney, "panasia/correos-express": number.FamilyCorreos, "gofo": number.FamilyGOFO,
		"landmark": number.FamilyLandmark, "meest": number.FamilyMeest, "novaposhta": number.FamilyNovaPoshta,
		"novaposhta-global": number.FamilyNovaPoshta, "ukrposhta-13": number.FamilyUkrposhta, "ru14": number.FamilyRussianPost,
	}
}

func TestSampleNumbers(t *testing.T) {
	file, err := os.Open(filepath.Join("..", "..", "..", "shared", "samples", "tracking-numbers.tsv"))
	if err != nil {
		t.Skip("the samples are not here")
	}
	defer func() { _ = file.Close() }()
	good, bad := 0, 0
	for lines := bufio.NewScanner(file); lines.Scan(); {
		cells := strings.Split(lines.Text(), "\t")
		if len(cells) < 3 || cells[0] == "format" {
			continue
		}
		text, label := cells[1], cells[2]
		found := number.Candidates("Hello, " + text + " is it.")
		switch {
		case strings.HasPrefix(label, "valid"), strings.HasPrefix(label, "real"), strings.HasPrefix(label, "vendor"):
			good++
			n, err := number.Parse(text)
			want, ok := sampleFamilies()[cells[0]]
			if err != nil || !ok || !slices.Contains(n.Families(), want) {
				t.Errorf("%s: families %v, %v; want %q", text, n.Families(), err, want)
				continue
			}
			if len(found) != 1 || found[0].Number != n {
				t.Errorf("%s: %v is found in text", text, found)
			}
		case strings.Contains(label, "invalid"), strings.Contains(label, "FAILS"), cells[0] == "not-a-tracking-number":
			bad++
			for _, c := range found {
				if c.Strength > number.Low {
					t.Errorf("%s (%s) would be taken from text as %s", text, label, c.Family)
				}
			}
		}
	}
	if good < 80 || bad < 20 {
		t.Errorf("only %d good and %d bad samples were tried", good, bad)
	}
}

func FuzzParseNumber(f *testing.F) {
	for _, c := range known() {
		f.Add(c.number)
	}
	for _, s := range []string{"", " rb 123 456 785 cn", "\u200bLP00\ufeff999900000034", "RB123456785\xff", strings.Repeat("9", 41)} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		n, err := number.Parse(s)
		if err != nil {
			if n != "" {
				t.Fatalf("number %q beside the error %v", n, err)
			}
			return
		}
		canonical(t, n)
		again, err := number.Parse(string(n))
		if err != nil || again != n {
			t.Fatalf("%q is not canonical: %q, %v", n, again, err)
		}
		families := n.Families()
		if len(families) > 0 != (n.Family() != number.FamilyUnknown) {
			t.Fatalf("%q: families %v, best %s", n, families, n.Family())
		}
		if n.S10() && !slices.Contains(families, number.FamilyS10) {
			t.Fatalf("%q is S10, its families are %v", n, families)
		}
		if link := number.TrackingLink(n, n.Country(), ""); !strings.HasPrefix(link, "https://") || strings.ContainsAny(link, "<>\" ") {
			t.Fatalf("%q: link %q", n, link)
		}
	})
}

// canonical fails where a number is not in canonical form.
func canonical(t *testing.T, n number.Number) {
	t.Helper()
	if len(n) < 5 || len(n) > 40 {
		t.Fatalf("%q has %d characters", n, len(n))
	}
	if i := strings.IndexFunc(string(n), func(r rune) bool {
		return r != '-' && (r < '0' || r > '9') && (r < 'A' || r > 'Z')
	}); i >= 0 {
		t.Fatalf("%q has something else at %d", n, i)
	}
}
