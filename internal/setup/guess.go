package setup

import (
	"strings"

	"parcelwatch/internal/provider"
)

// Guess holds the hints from which the destination country is guessed.
type Guess struct {
	Domain   string // of the mail address
	Zone     string // "Europe/Moscow"
	Language string // "ru_RU.UTF-8"
}

// Country returns the most likely country, empty without a hint. The time zone has
// priority.
func (g Guess) Country() string {
	if c := zones()[g.Zone]; c != "" {
		return c
	}
	if p, ok := provider.ByDomain(g.Domain); ok && p.Country != "" {
		return p.Country
	}
	if i := strings.LastIndex(g.Domain, "."); i >= 0 {
		if c := endings()[g.Domain[i+1:]]; c != "" {
			return c
		}
	}
	tag, _, _ := strings.Cut(g.Language, ".")
	tag, _, _ = strings.Cut(tag, "@")
	_, region, _ := strings.Cut(strings.ReplaceAll(tag, "-", "_"), "_")
	if len(region) == 2 && g.Language != "en_US.UTF-8" { // the default of many system images
		return strings.ToUpper(region)
	}
	return ""
}

// zones maps time zones to countries.
func zones() map[string]string {
	out := map[string]string{}
	for country, names := range map[string]string{
		"RU": "Europe/Moscow Europe/Kaliningrad Europe/Samara Europe/Volgograd Europe/Saratov Europe/Kirov Europe/Astrakhan Europe/Ulyanovsk " +
			"Asia/Yekaterinburg Asia/Omsk Asia/Novosibirsk Asia/Barnaul Asia/Tomsk Asia/Novokuznetsk Asia/Krasnoyarsk Asia/Irkutsk Asia/Chita " +
			"Asia/Yakutsk Asia/Khandyga Asia/Vladivostok Asia/Ust-Nera Asia/Magadan Asia/Sakhalin Asia/Srednekolymsk Asia/Kamchatka Asia/Anadyr",
		"UA": "Europe/Kyiv Europe/Kiev Europe/Uzhgorod Europe/Zaporozhye", "BY": "Europe/Minsk",
		"KZ": "Asia/Almaty Asia/Qyzylorda Asia/Qostanay Asia/Aqtobe Asia/Aqtau Asia/Atyrau Asia/Oral",
		"DE": "Europe/Berlin Europe/Busingen", "AT": "Europe/Vienna", "CH": "Europe/Zurich", "FR": "Europe/Paris",
		"ES": "Europe/Madrid Africa/Ceuta Atlantic/Canary", "PT": "Europe/Lisbon Atlantic/Madeira Atlantic/Azores", "IT": "Europe/Rome",
		"PL": "Europe/Warsaw", "NL": "Europe/Amsterdam", "BE": "Europe/Brussels", "CZ": "Europe/Prague", "SK": "Europe/Bratislava",
		"HU": "Europe/Budapest", "RO": "Europe/Bucharest", "BG": "Europe/Sofia", "GR": "Europe/Athens", "TR": "Europe/Istanbul",
		"GB": "Europe/London", "IE": "Europe/Dublin", "SE": "Europe/Stockholm", "NO": "Europe/Oslo", "DK": "Europe/Copenhagen",
		"FI": "Europe/Helsinki", "EE": "Europe/Tallinn", "LV": "Europe/Riga", "LT": "Europe/Vilnius", "MD": "Europe/Chisinau",
		"GE": "Asia/Tbilisi", "AM": "Asia/Yerevan", "AZ": "Asia/Baku", "UZ": "Asia/Tashkent Asia/Samarkand", "KG": "Asia/Bishkek",
		"RS": "Europe/Belgrade", "HR": "Europe/Zagreb", "SI": "Europe/Ljubljana", "IL": "Asia/Jerusalem Asia/Tel_Aviv",
		"BR": "America/Sao_Paulo America/Bahia America/Fortaleza America/Manaus America/Recife America/Belem America/Cuiaba",
		"MX": "America/Mexico_City America/Tijuana America/Monterrey", "CL": "America/Santiago", "KR": "Asia/Seoul", "JP": "Asia/Tokyo",
		"US": "America/New_York America/Chicago America/Denver America/Los_Angeles America/Phoenix", "CA": "America/Toronto America/Vancouver America/Montreal",
		"AU": "Australia/Sydney Australia/Melbourne Australia/Brisbane Australia/Perth Australia/Adelaide", "NZ": "Pacific/Auckland",
	} {
		for name := range strings.FieldsSeq(names) {
			out[name] = country
		}
	}
	return out
}

// endings maps top-level domains to the country in which most of their users are.
func endings() map[string]string {
	out := map[string]string{"uk": "GB", "su": "RU", "xn--p1ai": "RU"}
	for e := range strings.FieldsSeq("ru ua by kz de at ch fr es pt it pl nl be cz sk hu ro bg gr tr ie se no dk fi ee lv lt md ge am az uz kg rs hr si il br mx cl kr jp au nz ca") {
		out[e] = strings.ToUpper(e)
	}
	return out
}
