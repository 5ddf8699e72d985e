package number

import "regexp"

// forms lists the known forms; where several fit one number, the best comes first.
// "seen" marks a form of real numbers, "rule" a published one. Digits alone are
// never better than Low: order ids, phone numbers and prices look the same.
//
// A form with countries (in) is used by a company of those: for a parcel to one of
// them it comes first, for a parcel to another country last.
//
//nolint:gochecknoglobals // table
var forms = []form{
	// Posts. Rule: UPU S10. National use of unassigned letters is seen, so any two are taken.
	{family: FamilyS10, strength: High, lo: 13, hi: 13, re: shape(`[A-Z]{2}\d{9}[A-Z]{2}`), check: s10Digit, posts: true},

	// Seen; S10's check digit holds for Yanwen although YP is no country.
	{family: FamilyYanwen, strength: High, lo: 13, hi: 13, re: shape(`[UV][A-Z]\d{9}YP`), check: s10Digit},

	// AliExpress and Cainiao. LP and AP with 14 digits are by far the most common;
	// other lengths appear in trackers only.
	{family: FamilyAliExpress, strength: High, lo: 16, hi: 16, re: shape(`AP\d{14}`), internal: true},
	{family: FamilyCainiao, strength: High, lo: 16, hi: 16, re: shape(`LP\d{14}`), internal: true},
	{family: FamilyCainiao, strength: High, lo: 17, hi: 17, re: shape(`CNG\d{14}`), internal: true},
	{family: FamilyCainiao, strength: Medium, lo: 14, hi: 18, re: shape(`LP\d{12,16}`), internal: true},
	{family: FamilyCainiao, strength: Medium, lo: 15, hi: 15, re: shape(`LP\d{11}CN`), internal: true},
	{family: FamilyCainiao, strength: Low, lo: 13, hi: 13, re: shape(`LP\d{11}`), internal: true},
	{family: FamilyCainiao, strength: Medium, lo: 11, hi: 18, re: shape(`AE\d{9,16}`)},
	{family: FamilyCainiao, strength: Medium, lo: 15, hi: 21, re: shape(`CN[A-Z]{2}\d{9,15}[A-Z]{2}`)},      // seen in Europe: CNFR..HD
	{family: FamilyCainiaoLine, strength: Medium, lo: 23, hi: 27, re: shape(`CN(PRT|ESP)\d{18,22}`)},        // last mile in Portugal and Spain
	{family: FamilyCainiao, strength: Low, lo: 14, hi: 18, re: shape(`CN\d{12,16}`)},                        // rule of a plugin only
	{family: FamilyCainiao, strength: Low, lo: 12, hi: 13, re: shape(`S\d{12}|SB\d{10}`)},                   // seen until 2017
	{family: FamilyCainiao, strength: Low, lo: 13, hi: 14, re: shape(`Q\d{10,11}XX`)},                       // seen until 2017
	{family: FamilyCainiaoLine, strength: Medium, lo: 18, hi: 18, re: shape(`JY\d{2}[A-Z]{3}\d[A-Z]\d{9}`)}, // seen to Canada
	{family: FamilyCainiaoLine, strength: Medium, lo: 18, hi: 18, re: shape(`HM\d{16}`)},                    // seen to Canada
	{family: FamilyCainiaoLine, strength: Low, lo: 23, hi: 23, re: shape(`\d{23}`)},
	{family: FamilyCainiaoLine, strength: Low, lo: 11, hi: 11, re: shape(`ED\d{9}`)}, // seen to Israel

	// Chinese carriers. Real 4PX numbers have 13 digits, the rule of one client has 14.
	{family: FamilyFourPX, strength: High, lo: 18, hi: 19, re: shape(`4PX\d{13,14}CN`)},
	{family: FamilyFourPX, strength: Low, lo: 16, hi: 16, re: shape(`LP\d{14}`)},
	{family: FamilyFourPX, strength: Low, lo: 12, hi: 12, re: shape(`3042\d{8}`)},
	{family: FamilyYQ, strength: High, lo: 17, hi: 17, re: shape(`[A-Z]{5}\d{10}YQ`)},
	{family: FamilyYunExpress, strength: Medium, lo: 18, hi: 18, re: shape(`YT\d{16}`)}, // rule: jkeen/tracking_number_data
	{family: FamilyYunExpress, strength: Low, lo: 19, hi: 20, re: shape(`YT\d{17,18}`)},
	{family: FamilyYTO, strength: Low, lo: 15, hi: 15, re: shape(`YT\d{13}`)},
	{family: FamilyMalaysia, strength: Medium, lo: 13, hi: 13, re: shape(`SYB[A-Z]{2}\d{8}`)},
	{family: FamilySunYou, strength: Medium, lo: 13, hi: 13, re: shape(`SY[A-Z]{2}\d{9}`)}, // S10's digit does not hold
	{family: FamilySunYou, strength: Low, lo: 13, hi: 18, re: shape(`SY[A-Z]{0,4}\d{8,16}`)},
	{family: FamilyUBI, strength: Medium, lo: 15, hi: 15, re: shape(`AUS\d{12}`)},
	{family: FamilySF, strength: High, lo: 15, hi: 15, re: shape(`SF\d{13}`)},
	{family: FamilySF, strength: Medium, lo: 14, hi: 16, re: shape(`SF\d{12}|SF\d{14}`)},
	{family: FamilyGOFO, strength: High, lo: 18, hi: 18, re: shape(`GFUS\d{14}`)}, // rule: jkeen/tracking_number_data
	{family: FamilyPitney, strength: Medium, lo: 20, hi: 20, re: shape(`UPA[A-Z]{2}\d{15}`)},
	{family: FamilyLandmark, strength: Medium, lo: 13, hi: 14, re: shape(`LTN\d{8}N\d{1,2}`)},

	// The last mile. Rule: jkeen/tracking_number_data for USPS and Yodel, GS1 for DHL's SSCC.
	{family: FamilyDHL, strength: Low, lo: 20, hi: 20, re: shape(`0034\d{16}`), check: gs1Digit},
	{family: FamilyYodel, strength: Medium, lo: 19, hi: 19, re: shape(`JJD0002\d{12}`)},
	{family: FamilyDHL, strength: Medium, lo: 13, hi: 21, re: shape(`JJD\d{10,18}|JVGL\d{9,16}`)},
	{family: FamilyYodel, strength: Low, lo: 18, hi: 19, re: shape(`J?JD\d{16}`)},
	{family: FamilyHermes, strength: Medium, lo: 20, hi: 20, re: shape(`H\d{19}`)},
	{family: FamilyCorreos, strength: High, lo: 23, hi: 23, re: shape(`P[A-Z][A-Z0-9]{4}\d{16}[A-Z]`)},
	{family: FamilyCorreos, strength: Medium, lo: 23, hi: 27, re: shape(`PQ4F6P07\d{14,18}[A-Z]`)},
	{family: FamilyBpost, strength: Low, lo: 24, hi: 24, re: shape(`3232\d{20}`), in: "BE LU NL"},
	{family: FamilyInPost, strength: Low, lo: 24, hi: 24, re: shape(`\d{24}`), in: "PL"},
	{family: FamilyUSPS, strength: Low, lo: 22, hi: 34, re: shape(`(420\d{5}(\d{4})?)?9[1-5]\d{20}`), check: uspsDigit},

	// Nova Poshta before Russia: no Russian postal code begins with 20 or 59.
	{family: FamilyNovaPoshta, strength: High, lo: 13, hi: 19, re: shape(`[A-Z]{2,4}\d{8,12}NP[IG]`)},
	{family: FamilyNovaPoshta, strength: Medium, lo: 11, hi: 18, re: shape(`NP[IG]\d{8,15}`)},
	{family: FamilyNovaPoshta, strength: Low, lo: 14, hi: 14, re: shape(`(20|59)\d{12}`), in: "UA"},
	{family: FamilyRussianPost, strength: Low, lo: 14, hi: 14, re: shape(`\d{14}`), check: russianDigit, in: "RU"},
	{family: FamilyNovaPoshta, strength: Low, lo: 14, hi: 14, re: shape(`1\d{13}`), in: "UA"},
	{family: FamilyDPD, strength: Low, lo: 14, hi: 14, re: shape(`\d{14}`), in: dpdCountries},
	{family: FamilyDPD, strength: Low, lo: 14, hi: 14, re: shape(`\d{13}[A-Z]`), in: "PL"},
	{family: FamilyUkrposhta, strength: Low, lo: 13, hi: 13, re: shape(`\d{13}`), in: "UA"},
	{family: FamilyMeest, strength: Medium, lo: 13, hi: 15, re: shape(`(MY)?CV\d{9}[A-Z]{2}`)}, // collides with S10's insured parcels
	{family: FamilyMeest, strength: Low, lo: 10, hi: 10, re: shape(`71\d{8}`), in: "UA"},
	{family: FamilyMeest, strength: Low, lo: 11, hi: 11, re: shape(`\d{3}-\d{7}`), in: "UA"},

	// Plain digits, which fit many carriers.
	{family: FamilyPartner, strength: Low, lo: 18, hi: 18, re: shape(`\d{18}`), internal: true},
	{family: FamilyKorea, strength: Low, lo: 12, hi: 12, re: shape(`\d{12}`), in: "KR"},
	{family: FamilyDHL, strength: Low, lo: 12, hi: 12, re: shape(`\d{12}`), in: "DE"}, // DHL's parcels within Germany
	{family: FamilySF, strength: Low, lo: 12, hi: 12, re: shape(`\d{12}`), in: "CN HK MO TW SG"},
	{family: FamilyGLS, strength: Low, lo: 10, hi: 11, re: shape(`\d{10,11}`), in: glsCountries},
	{family: FamilyDHL, strength: Low, lo: 10, hi: 10, re: shape(`\d{10}`)},
	{family: FamilyCDEK, strength: Low, lo: 10, hi: 10, re: shape(`\d{10}`), in: "RU BY KZ AM KG UZ GE AZ"},
}

// Countries of companies with plain digits, from their own sites.
const (
	dpdCountries = "DE AT BE BG CH CZ EE ES FR GB HR HU IE IT LT LU LV NL PL PT RO SI SK"
	glsCountries = "AT BE BG CH CZ DE DK ES FI FR HR HU IE IT LU NL PL PT RO RS SE SI SK"
)

// opening is the start of every expression.
const opening = `^(?:`

// shape compiles a pattern that must match the whole number. All alternatives must
// begin with the same character or the same class (see begins).
func shape(pattern string) *regexp.Regexp { return regexp.MustCompile(opening + pattern + `)$`) }

// begins reports whether a number of the form may begin with c, a cheap test that
// rules out most forms.
func (f *form) begins(c byte) bool {
	switch first := f.re.String()[len(opening)]; first {
	case '\\': // a digit
		return digit(c)
	case '[': // a letter
		return !digit(c)
	case '(':
		return true
	default:
		return c == first
	}
}
