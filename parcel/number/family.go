package number

import "regexp"

// Family is a form of tracking numbers, named by who gives or answers for them.
type Family string

// The families.
const (
	FamilyS10         Family = "s10"          // the postal union's form, of all posts
	FamilyCainiao     Family = "cainiao"      // LP.., CNG.., AE.. and others of AliExpress' own carrier
	FamilyAliExpress  Family = "aliexpress"   // AP..: internal to the shop
	FamilyCainiaoLine Family = "cainiao_line" // lines of Cainiao to one country, owner not known
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
	FamilyPartner     Family = "partner18" // 18 digits: reference of a last-mile partner
	FamilyUnknown     Family = "unknown"
)

// Strength says how safe it is to take a text for a tracking number without a
// label that says so.
type Strength int

// The strengths. Only strong forms are taken from running text.
const (
	Unlikely Strength = iota // no known form
	Low                      // looks like much else: a label is needed
	Medium                   // rarely anything else, still wants a label
	High                     // nothing else looks like it
)

// String is the strength in one word.
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

// Strength is that of the family's weakest form; a number of it may be stronger
// (see [Number.Strength]).
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
	lo, hi   int // lengths, to spare the expression
	re       *regexp.Regexp
	check    func(string) bool // of the check digit; nil where the form has none
	posts    bool              // the last two letters must be a country with a post
	internal bool
}

// formMatch is a form a number fits.
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

// forms calls yield for every form the number fits, best first.
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

func (n Number) best() (formMatch, bool) {
	var first formMatch
	n.forms(func(m formMatch) {
		if first.form == nil {
			first = m
		}
	})
	return first, first.form != nil
}
