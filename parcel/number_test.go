package parcel_test

import (
	"bufio"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"parcelwatch/parcel"
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
			got, err := parcel.ParseNumber(c.in)
			if err != nil || string(got) != c.want {
				t.Errorf("ParseNumber(%q) = %q, %v; want %q", c.in, got, err, c.want)
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
			if got, err := parcel.ParseNumber(in); !errors.Is(err, parcel.ErrNumber) || got != "" {
				t.Errorf("ParseNumber(%q) = %q, %v; want ErrNumber", in, got, err)
			}
		})
	}
}

// known are invented numbers of every family, with right check digits.
func known() []struct {
	number   string
	families []parcel.Family
	check    parcel.Check
	strength parcel.Strength
} {
	f := func(families ...parcel.Family) []parcel.Family { return families }
	return []struct {
		number   string
		families []parcel.Family
		check    parcel.Check
		strength parcel.Strength
	}{
		{"RB123456785CN", f(parcel.FamilyS10), parcel.CheckOK, parcel.High},
		{"LP123456785SG", f(parcel.FamilyS10), parcel.CheckOK, parcel.High},
		{"CV123456785DE", f(parcel.FamilyS10, parcel.FamilyMeest), parcel.CheckOK, parcel.High},
		{"RB123456789CN", f(parcel.FamilyS10), parcel.CheckWrong, parcel.Low},
		{"CV123456789DE", f(parcel.FamilyMeest, parcel.FamilyS10), parcel.CheckNone, parcel.Medium},
		{"MYCV123456789DE", f(parcel.FamilyMeest), parcel.CheckNone, parcel.Medium},
		{"001-0000001", f(parcel.FamilyMeest), parcel.CheckNone, parcel.Low},
		{"714-0000001", f(parcel.FamilyMeest), parcel.CheckNone, parcel.Low},
		{"7100000001", f(parcel.FamilyMeest, parcel.FamilyGLS, parcel.FamilyDHL), parcel.CheckNone, parcel.Low},
		{"UA123456785YP", f(parcel.FamilyYanwen), parcel.CheckOK, parcel.High},
		{"UA123456789YP", f(parcel.FamilyYanwen), parcel.CheckWrong, parcel.Low},
		{"AP00999900000180", f(parcel.FamilyAliExpress), parcel.CheckNone, parcel.High},
		{"LP00999900000034", f(parcel.FamilyCainiao, parcel.FamilyFourPX), parcel.CheckNone, parcel.High},
		{"LP0099990000003", f(parcel.FamilyCainiao), parcel.CheckNone, parcel.Medium},
		{"LP00999900000", f(parcel.FamilyCainiao), parcel.CheckNone, parcel.Low},
		{"LP00999900000CN", f(parcel.FamilyCainiao), parcel.CheckNone, parcel.Medium},
		{"CNG00999900000034", f(parcel.FamilyCainiao), parcel.CheckNone, parcel.High},
		{"AE000000498", f(parcel.FamilyCainiao), parcel.CheckNone, parcel.Medium},
		{"CNFR9000000000571HD", f(parcel.FamilyCainiao), parcel.CheckNone, parcel.Medium},
		{"CN0000000000001", f(parcel.FamilyCainiao), parcel.CheckNone, parcel.Low},
		{"S000000000855", f(parcel.FamilyCainiao), parcel.CheckNone, parcel.Low},
		{"Q0000000341XX", f(parcel.FamilyCainiao), parcel.CheckNone, parcel.Low},
		{"HM0000000000000611", f(parcel.FamilyCainiaoLine), parcel.CheckNone, parcel.Medium},
		{"JY26CAA0D000000012", f(parcel.FamilyCainiaoLine), parcel.CheckNone, parcel.Medium},
		{"63590000000000000005002", f(parcel.FamilyCainiaoLine), parcel.CheckNone, parcel.Low},
		{"ED000000581", f(parcel.FamilyCainiaoLine), parcel.CheckNone, parcel.Low},
		{"4PX3000000000168CN", f(parcel.FamilyFourPX), parcel.CheckNone, parcel.High},
		{"4PX30000000000168CN", f(parcel.FamilyFourPX), parcel.CheckNone, parcel.High},
		{"304200000500", f(parcel.FamilyFourPX, parcel.FamilyKorea, parcel.FamilySF), parcel.CheckNone, parcel.Low},
		{"WNBAA0000000238YQ", f(parcel.FamilyYQ), parcel.CheckNone, parcel.High},
		{"YT2200000000000446", f(parcel.FamilyYunExpress), parcel.CheckNone, parcel.Medium},
		{"YT22000000000004460", f(parcel.FamilyYunExpress), parcel.CheckNone, parcel.Low},
		{"YT2024000000045", f(parcel.FamilyYTO), parcel.CheckNone, parcel.Low},
		{"SYUS000000718", f(parcel.FamilySunYou), parcel.CheckNone, parcel.Medium},
		{"SYBPL00000055", f(parcel.FamilyMalaysia, parcel.FamilySunYou), parcel.CheckNone, parcel.Medium},
		{"AUS490000000512", f(parcel.FamilyUBI), parcel.CheckNone, parcel.Medium},
		{"SF6000000000724", f(parcel.FamilySF), parcel.CheckNone, parcel.High},
		{"GFUS00000000214464", f(parcel.FamilyGOFO), parcel.CheckNone, parcel.High},
		{"UPAAA000000000004455", f(parcel.FamilyPitney), parcel.CheckNone, parcel.Medium},
		{"LTN70000003N1", f(parcel.FamilyLandmark), parcel.CheckNone, parcel.Medium},
		{"520000000456", f(parcel.FamilyKorea, parcel.FamilySF), parcel.CheckNone, parcel.Low},
		{"00340999999999990015", f(parcel.FamilyDHL), parcel.CheckOK, parcel.Low},
		{"00340999999999990016", f(parcel.FamilyDHL), parcel.CheckWrong, parcel.Low},
		{"JJD000390000000396", f(parcel.FamilyDHL), parcel.CheckNone, parcel.Medium},
		{"JJD0002200000000396", f(parcel.FamilyYodel, parcel.FamilyDHL), parcel.CheckNone, parcel.Medium},
		{"JD0002200000000396", f(parcel.FamilyYodel), parcel.CheckNone, parcel.Low},
		{"H9990000000000000373", f(parcel.FamilyHermes), parcel.CheckNone, parcel.Medium},
		{"9000000000", f(parcel.FamilyGLS, parcel.FamilyDHL), parcel.CheckNone, parcel.Low},
		{"696300000000000000000017", f(parcel.FamilyInPost), parcel.CheckNone, parcel.Low},
		{"PHBW6T0000000000000002J", f(parcel.FamilyCorreos), parcel.CheckNone, parcel.High},
		{"420537049200190000000000000009", f(parcel.FamilyUSPS), parcel.CheckOK, parcel.Low},
		{"420537049200190000000000000000", f(parcel.FamilyUSPS), parcel.CheckWrong, parcel.Low},
		{"9200190000000000000009", f(parcel.FamilyUSPS), parcel.CheckOK, parcel.Low},
		{"10100022000006", f(parcel.FamilyRussianPost, parcel.FamilyNovaPoshta), parcel.CheckOK, parcel.Low},
		{"10100022000007", f(parcel.FamilyNovaPoshta, parcel.FamilyRussianPost), parcel.CheckNone, parcel.Low},
		{"62000022000002", f(parcel.FamilyRussianPost), parcel.CheckOK, parcel.Low},
		{"62000022000000", f(parcel.FamilyRussianPost), parcel.CheckWrong, parcel.Low},
		{"20400000000000", f(parcel.FamilyNovaPoshta, parcel.FamilyRussianPost), parcel.CheckNone, parcel.Low},
		{"59000000000001", f(parcel.FamilyNovaPoshta, parcel.FamilyRussianPost), parcel.CheckNone, parcel.Low},
		{"NPMD000000000001NPI", f(parcel.FamilyNovaPoshta), parcel.CheckNone, parcel.High},
		{"NPG00000000001", f(parcel.FamilyNovaPoshta), parcel.CheckNone, parcel.Medium},
		{"0500100000003", f(parcel.FamilyUkrposhta), parcel.CheckNone, parcel.Low},
		{"315190000000000012", f(parcel.FamilyPartner), parcel.CheckNone, parcel.Low},
		{"8190000000000001", nil, parcel.CheckNone, parcel.Unlikely},
		{"819000000000001", nil, parcel.CheckNone, parcel.Unlikely},
		{"RB123456785XX", nil, parcel.CheckNone, parcel.Unlikely},
		{"YT123456789012345", nil, parcel.CheckNone, parcel.Unlikely},
		{"HELLO-WORLD", nil, parcel.CheckNone, parcel.Unlikely},
	}
}

func TestFamilies(t *testing.T) {
	seen := map[parcel.Family]bool{}
	for _, c := range known() {
		t.Run(c.number, func(t *testing.T) {
			n := parcel.Number(c.number)
			if diff := cmp.Diff(c.families, n.Families()); diff != "" {
				t.Errorf("families (-want +got):\n%s", diff)
			}
			best := parcel.FamilyUnknown
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
	for f, want := range map[parcel.Family]parcel.Strength{
		parcel.FamilyS10:         parcel.High,
		parcel.FamilyAliExpress:  parcel.High,
		parcel.FamilyCainiao:     parcel.Low,
		parcel.FamilyHermes:      parcel.Medium,
		parcel.FamilyRussianPost: parcel.Low,
		parcel.FamilyUnknown:     parcel.Unlikely,
	} {
		if got := f.Strength(); got != want {
			t.Errorf("%s is %s, want %s: that of its weakest form", f, got, want)
		}
	}
	for s, want := range map[parcel.Strength]string{parcel.Unlikely: "unlikely", parcel.Low: "low", parcel.Medium: "medium", parcel.High: "high"} {
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
			n := parcel.Number(c.number)
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
			n := parcel.Number("RB" + itoa(serial) + itoa(d) + "CN")
			if n.Check() == parcel.CheckOK {
				holds++
			}
		}
		if holds != 1 {
			t.Fatalf("%d check digits hold for serial %d", holds, serial)
		}
	}
}

// sampleFamilies are the families by the words of the samples.
func sampleFamilies() map[string]parcel.Family {
	return map[string]parcel.Family{
		"s10": parcel.FamilyS10, "yanwen-yp": parcel.FamilyYanwen, "cainiao-lp": parcel.FamilyCainiao,
		"cainiao-lp-cn": parcel.FamilyCainiao, "cainiao-ap": parcel.FamilyAliExpress, "cainiao-cng": parcel.FamilyCainiao,
		"cainiao-ae": parcel.FamilyCainiao, "cainiao-last-mile": parcel.FamilyCainiao, "cainiao-old": parcel.FamilyCainiao,
		"yq": parcel.FamilyYQ, "yunexpress": parcel.FamilyYunExpress, "yto": parcel.FamilyYTO, "4px": parcel.FamilyFourPX,
		"sunyou": parcel.FamilySunYou, "malaysia-via-sky": parcel.FamilyMalaysia, "ubi": parcel.FamilyUBI, "sf": parcel.FamilySF,
		"pitneybowes": parcel.FamilyPitney, "panasia/correos-express": parcel.FamilyCorreos, "gofo": parcel.FamilyGOFO,
		"landmark": parcel.FamilyLandmark, "meest": parcel.FamilyMeest, "novaposhta": parcel.FamilyNovaPoshta,
		"novaposhta-global": parcel.FamilyNovaPoshta, "ukrposhta-13": parcel.FamilyUkrposhta, "ru14": parcel.FamilyRussianPost,
	}
}

func TestSampleNumbers(t *testing.T) {
	file, err := os.Open(filepath.Join("..", "..", "shared", "samples", "tracking-numbers.tsv"))
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
		number, label := cells[1], cells[2]
		found := parcel.Candidates("Hello, " + number + " is it.")
		switch {
		case strings.HasPrefix(label, "valid"), strings.HasPrefix(label, "real"), strings.HasPrefix(label, "vendor"):
			good++
			n, err := parcel.ParseNumber(number)
			want, ok := sampleFamilies()[cells[0]]
			if err != nil || !ok || !slices.Contains(n.Families(), want) {
				t.Errorf("%s: families %v, %v; want %q", number, n.Families(), err, want)
				continue
			}
			if len(found) != 1 || found[0].Number != n {
				t.Errorf("%s: %v is found in text", number, found)
			}
		case strings.Contains(label, "invalid"), strings.Contains(label, "FAILS"), cells[0] == "not-a-tracking-number":
			bad++
			for _, c := range found {
				if c.Strength > parcel.Low {
					t.Errorf("%s (%s) would be taken from text as %s", number, label, c.Family)
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
		n, err := parcel.ParseNumber(s)
		if err != nil {
			if n != "" {
				t.Fatalf("number %q beside the error %v", n, err)
			}
			return
		}
		canonical(t, n)
		again, err := parcel.ParseNumber(string(n))
		if err != nil || again != n {
			t.Fatalf("%q is not canonical: %q, %v", n, again, err)
		}
		families := n.Families()
		if len(families) > 0 != (n.Family() != parcel.FamilyUnknown) {
			t.Fatalf("%q: families %v, best %s", n, families, n.Family())
		}
		if n.S10() && !slices.Contains(families, parcel.FamilyS10) {
			t.Fatalf("%q is S10, its families are %v", n, families)
		}
		if link := parcel.TrackingLink(n, n.Country()); !strings.HasPrefix(link, "https://") || strings.ContainsAny(link, "<>\" ") {
			t.Fatalf("%q: link %q", n, link)
		}
	})
}

// canonical fails where a number is not in canonical form.
func canonical(t *testing.T, n parcel.Number) {
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
