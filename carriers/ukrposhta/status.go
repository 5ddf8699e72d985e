package ukrposhta

import (
	"strconv"
	"strings"

	"parcelwatch/carriers/internal/adapter"
	"parcelwatch/parcel"
)

// home is the post's own country.
const home = "UA"

// handed is the code of handing over, to whomever the reason says.
const handed = "41000"

// status is what an event says, for its code and the number of its reason. Known
// is false for a code that neither the table nor the rule of containers holds.
func (c *carrier) status(code, reason, words string) (row adapter.Code, known bool) {
	row, known = c.codes.Find(code, reason)
	switch {
	case !known && container(code):
		return adapter.Code{Status: parcel.Info, Side: adapter.SideNone, Sub: "*", Meaning: "Container scan"}, true
	case !known:
		return adapter.Code{Status: parcel.InTransit, Side: adapter.SideNone, Sub: "*"}, false
	case code == handed && toSender(words):
		row.Status = parcel.Returned
	}
	return row, true
}

// container reports codes of scans that are of a receptacle, not of the item.
func container(code string) bool {
	n, err := strconv.Atoi(code)
	return err == nil && n >= 2100 && n <= 4082
}

// toSender reports words that say that the item is with its sender again.
func toSender(words string) bool {
	words = strings.ToLower(words)
	return strings.Contains(words, "відправнику") || strings.Contains(words, "to sender") || strings.Contains(words, "to the sender")
}

// country is the code of a country that the service names in English or in
// Ukrainian.
func country(name string) string {
	if c := adapter.CountryNamed(name); c != "" {
		return c
	}
	switch strings.ToLower(strings.TrimSpace(name)) {
	case "україна":
		return home
	case "китай", "кнр", "китайська народна республіка":
		return "CN"
	case "гонконг":
		return "HK"
	case "сінгапур":
		return "SG"
	case "польща":
		return "PL"
	case "німеччина":
		return "DE"
	case "туреччина":
		return "TR"
	case "нідерланди":
		return "NL"
	case "сша":
		return "US"
	default:
		return ""
	}
}
