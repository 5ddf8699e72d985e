package number

import (
	"regexp"
	"strings"
)

// Family groups forms of tracking numbers by the company that issues or tracks them.
type Family string

// The families.
const (
	FamilyS10         Family = "s10"          // UPU S10, all posts
	FamilyCainiao     Family = "cainiao"      // LP.., CNG.., AE.. and others of AliExpress' own carrier
	FamilyAliExpress  Family = "aliexpress"   // AP..: internal to the shop
	FamilyCainiaoLine Family = "cainiao_line" // Cainiao's lines to one country, owner unknown
	FamilyYanwen      Family = "yanwen"       // like S10, with the suffix YP
	FamilyFourPX      Family = "fourpx"
	FamilyYunExpress  Family = "yunexpress"
	FamilyYTO         Family = "yto" // domestic Chinese, shares YT with YunExpress
	FamilySunYou      Family = "sunyou"
	FamilyUBI         Family = "ubi"
	FamilyYQ          Family = "yq" // Chinese consolidators: J-NET, Wanb, JCEX, CJ and others
	FamilySF          Family = "sf"
	FamilyGOFO        Family = "gofo"
	FamilyPitney      Family = "pitneybowes"
	FamilyLandmark    Family = "landmark"
	FamilyMalaysia    Family = "posmalaysia"
	FamilyKorea       Family = "korea" // 12 digits of Korean couriers
	FamilyDHL         Family = "dhl"
	FamilyHermes      Family = "hermes"
	FamilyGLS         Family = "gls"
	FamilyInPost      Family = "inpost"
	FamilyYodel       Family = "yodel"
	FamilyCorreos     Family = "correos"
	FamilyUSPS        Family = "usps"
	FamilyRussianPost Family = "russianpost" // domestic, 14 digits
	FamilyNovaPoshta  Family = "novaposhta"
	FamilyUkrposhta   Family = "ukrposhta" // domestic, 13 digits
	FamilyMeest       Family = "meest"
	FamilyCDEK        Family = "cdek"
	FamilyDPD         Family = "dpd"
	FamilyBpost       Family = "bpost"
	FamilyPartner     Family = "partner18" // 18 digits: reference of a last-mile partner
	FamilyUnknown     Family = "unknown"
)

// Strength tells how safe it is to read text as a tracking number without a label
// that says so.
type Strength int

// The strengths. Only High forms are taken from running text.
const (
	Unlikely Strength = iota // no known form
	Low                      // looks like many other ids: needs a label
	Medium                   // rarely anything else, but still needs a label
	High                     // nothing else looks like it
)

// String returns the strength as one word.
func (s Strength) String() string {
	switch s {
	case Low:
		return "low"
	case Medium:
		return "medium"
	case High:
		return "high"
	default:
		return "unlikely"
	}
}

// Strength returns the strength of the family's weakest form. A number may be
// stronger: see [Number.Strength].
func (f Family) Strength() Strength {
	weakest := Unlikely
	for i := range forms {
		if forms[i].family == f && (weakest == Unlikely || forms[i].strength < weakest) {
			weakest = forms[i].strength
		}
	}
	return weakest
}

// form is one pattern of a family.
type form struct {
	family   Family
	strength Strength
	lo, hi   int // length bounds, checked before the expression
	re       *regexp.Regexp
	check    func(string) bool // verifies the check digit; nil if the form has none
	posts    bool              // the last two letters must be a country with a post
	internal bool
	in       string // ISO countries where the form is used; empty for anywhere
}

// formMatch is a form that a number has.
type formMatch struct {
	form  *form
	check Check
}

func (m formMatch) strength() Strength {
	if m.check == CheckWrong {
		return Low
	}
	return m.form.strength
}

// forms calls yield for every form that the number has, best first.
func (n Number) forms(yield func(formMatch)) {
	s := string(n)
	var wrong []formMatch
	for i := range forms {
		f := &forms[i]
		if len(s) < f.lo || len(s) > f.hi || !f.begins(s[0]) || !f.re.MatchString(s) || f.posts && !n.S10() {
			continue
		}
		switch {
		case f.check == nil:
			yield(formMatch{f, CheckNone})
		case f.check(s):
			yield(formMatch{f, CheckOK})
		default:
			wrong = append(wrong, formMatch{f, CheckWrong})
		}
	}
	for _, m := range wrong {
		yield(m)
	}
}

func (n Number) best() (formMatch, bool) { return n.bestIn("") }

// bestIn returns the best form for a parcel to a country.
func (n Number) bestIn(country string) (formMatch, bool) {
	var best formMatch
	n.forms(func(m formMatch) {
		if best.form == nil || m.fits(country) > best.fits(country) {
			best = m
		}
	})
	return best, best.form != nil
}

// fits ranks a form for a parcel to a country: forms of the country (a wrong
// check digit there is likely a typing error), forms of any country, then the rest.
func (m formMatch) fits(country string) int {
	switch {
	case country == "":
		return 0
	case strings.Contains(m.form.in, country) && m.check != CheckWrong:
		return 2
	case strings.Contains(m.form.in, country):
		return 1
	case m.check == CheckWrong:
		return -2
	case m.form.in == "":
		return 0
	default:
		return -1
	}
}
