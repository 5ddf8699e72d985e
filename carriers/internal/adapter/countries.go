package adapter

import "strings"

// CountryNamed is the ISO code of a country that a service names in English, or
// gives as a code; empty where it is not known. A town behind a comma is
// dropped.
func CountryNamed(s string) string {
	s, _, _ = strings.Cut(s, ",")
	s = strings.TrimSpace(s)
	if c := Country(s); c != "" {
		return c
	}
	return countryOf(strings.ToLower(s))
}

// countryOf knows the countries that AliExpress ships from and to, by the names
// that services use. A country missing here only leaves an event without one.
func countryOf(name string) string {
	for line := range strings.Lines(countryNames) {
		code, names, _ := strings.Cut(strings.TrimSpace(line), " ")
		for n := range strings.SplitSeq(names, "|") {
			if n == name {
				return code
			}
		}
	}
	return ""
}

const countryNames = `CN china|mainland china|china mainland|people's republic of china
HK hong kong|hong kong sar|hong kong, china|hongkong
MO macau|macao
TW taiwan|taiwan, china
SG singapore
MY malaysia
TH thailand
VN vietnam|viet nam
KR korea|south korea|republic of korea|korea, republic of
JP japan
IN india
TR turkey|türkiye|turkiye
RU russia|russian federation
UA ukraine
BY belarus
KZ kazakhstan
UZ uzbekistan
KG kyrgyzstan
AM armenia
AZ azerbaijan
GE georgia
MD moldova|republic of moldova
LT lithuania
LV latvia
EE estonia
PL poland
CZ czech republic|czechia
SK slovakia
HU hungary
RO romania
BG bulgaria
RS serbia
HR croatia
SI slovenia
GR greece
CY cyprus
MT malta
DE germany
AT austria
CH switzerland
NL netherlands|the netherlands|holland
BE belgium
LU luxembourg
FR france
ES spain
PT portugal
IT italy
IE ireland
GB united kingdom|great britain|uk
SE sweden
NO norway
DK denmark
FI finland
IS iceland
US united states|united states of america|usa
CA canada
MX mexico
BR brazil
CL chile
CO colombia
PE peru
AU australia
NZ new zealand
IL israel
AE united arab emirates
SA saudi arabia
ZA south africa
NG nigeria`
