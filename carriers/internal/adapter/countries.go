package adapter

import (
	"strings"
	"time"
)

// CountryNamed returns the ISO 3166-1 alpha-2 code of a country that a service
// names in its language or by a code, or "" if the name is not known. A town
// behind a comma is ignored.
func CountryNamed[S ~string](name S) string {
	s, _, _ := strings.Cut(string(name), ",")
	if c := Country(s); c != "" {
		return c
	}
	s = strings.ToLower(strings.TrimSpace(s))
	for line := range strings.Lines(countryNames) {
		code, names, _ := strings.Cut(strings.TrimSpace(line), " ")
		for n := range strings.SplitSeq(names, "|") {
			if s != "" && n == s {
				return code
			}
		}
	}
	return ""
}

// ZoneOf returns the time zone of a country that has only one, or nil.
func ZoneOf(country string) *time.Location {
	for line := range strings.Lines(zones) {
		code, name, _ := strings.Cut(strings.TrimSpace(line), " ")
		if code != country {
			continue
		}
		if zone, err := time.LoadLocation(name); err == nil {
			return zone
		}
	}
	return nil
}

// countryNames holds the countries that AliExpress ships from and to, with the
// names and alpha-3 codes that services use. An event of a country missing here has
// no country.
const countryNames = `CN china|chn|mainland china|china mainland|people's republic of china|cina|repubblica popolare cinese|китай|кнр|китайська народна республіка
HK hong kong|hkg|hong kong sar|hongkong|гонконг
MO macau|macao
TW taiwan|twn
SG singapore|sgp|сінгапур
MY malaysia|mys|malesia
TH thailand|tha
VN vietnam|viet nam
KR korea|kor|south korea|republic of korea|corea del sud|corea
JP japan|jpn|giappone
IN india|ind
TR turkey|tur|türkiye|turkiye|turchia|туреччина
RU russia|russian federation|federazione russa
UA ukraine|ucraina|україна
BY belarus
KZ kazakhstan
UZ uzbekistan
KG kyrgyzstan
AM armenia
AZ azerbaijan
GE georgia
MD moldova|republic of moldova
LT lithuania|ltu|lituania
LV latvia|lva|lettonia
EE estonia|est
PL poland|pol|polonia|польща
CZ czech republic|cze|czechia|repubblica ceca
SK slovakia|svk|slovacchia
HU hungary|hun|ungheria
RO romania
BG bulgaria
RS serbia
HR croatia|croazia
SI slovenia
GR greece|grecia
CY cyprus
MT malta
SM san marino
DE germany|deu|germania|німеччина
AT austria|aut
CH switzerland|che|svizzera
NL netherlands|nld|the netherlands|holland|paesi bassi|olanda|нідерланди
BE belgium|bel|belgio
LU luxembourg|lux|lussemburgo
FR france|fra|francia
ES spain|spagna
PT portugal|portogallo
IT italy|ita|italia
IE ireland|irl|irlanda
GB united kingdom|gbr|great britain|uk|gran bretagna|regno unito
SE sweden|swe|svezia
NO norway|nor|norvegia
DK denmark|dnk|danimarca
FI finland|fin|finlandia
IS iceland|isl
US united states|united states of america|usa|stati uniti|stati uniti d'america|сша
CA canada
MX mexico
BR brazil|brasile
CL chile
CO colombia
PE peru
AU australia
NZ new zealand
IL israel
AE united arab emirates|are|emirati arabi uniti
SA saudi arabia
ZA south africa
NG nigeria`

// zones are the time zones of countries that have only one, and in which the
// services with wall clocks of several countries scan.
const zones = `SE Europe/Stockholm
DK Europe/Copenhagen
NO Europe/Oslo
FI Europe/Helsinki
IS Atlantic/Reykjavik
DE Europe/Berlin
NL Europe/Amsterdam
BE Europe/Brussels
LU Europe/Luxembourg
FR Europe/Paris
IT Europe/Rome
AT Europe/Vienna
CH Europe/Zurich
PL Europe/Warsaw
CZ Europe/Prague
SK Europe/Bratislava
HU Europe/Budapest
RO Europe/Bucharest
MD Europe/Chisinau
UA Europe/Kyiv
EE Europe/Tallinn
LV Europe/Riga
LT Europe/Vilnius
GB Europe/London
IE Europe/Dublin
TR Europe/Istanbul
AE Asia/Dubai
CN Asia/Shanghai
HK Asia/Hong_Kong
TW Asia/Taipei
SG Asia/Singapore
MY Asia/Kuala_Lumpur
TH Asia/Bangkok
KR Asia/Seoul
JP Asia/Tokyo
IN Asia/Kolkata`
