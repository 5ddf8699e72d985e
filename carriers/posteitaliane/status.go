package posteitaliane

import (
	"strings"

	"parcelwatch/carriers/internal/adapter"
	"parcelwatch/parcel"
)

// home is the post's own country.
const home = "IT"

// byText are the rows of the table that are found by words, byBox those by the
// number beside them.
const byText, byBox = "text", "box"

// status is what a movement says, and whether the table holds it. The words
// count more than the box, which only tells four stages apart. On the way back
// only the end of it is told from the rest.
func (c *carrier) status(text, box string, back bool) (parcel.Status, bool) {
	row, known := c.worded(strings.ToLower(text))
	if !known {
		row, known = c.box(box)
	}
	switch {
	case back && row.Status == parcel.Delivered:
		return parcel.Returned, true
	case back && row.Status != parcel.Returned:
		return parcel.Returning, true
	case !known:
		return parcel.InTransit, false
	}
	return row.Status, true
}

// worded finds the row with the longest words that the text holds.
func (c *carrier) worded(text string) (best adapter.Code, ok bool) {
	for _, row := range c.codes.Codes() {
		if row.Code == byText && len(row.Sub) > len(best.Sub) && strings.Contains(text, row.Sub) {
			best, ok = row, true
		}
	}
	return best, ok
}

func (c *carrier) box(box string) (adapter.Code, bool) {
	row, ok := c.codes.Find(byBox, box)
	return row, ok
}

// country is the one a place is in. Abroad the country is all there is of a
// place; a town is at home where words beside it are used nowhere else.
func country(place, text string) string {
	place = strings.ToLower(place)
	if place == "" || strings.Contains(place, "poste.it") {
		return ""
	}
	for line := range strings.Lines(abroad) {
		code, names, _ := strings.Cut(strings.TrimSpace(line), " ")
		for name := range strings.SplitSeq(names, "|") {
			if place == name {
				return code
			}
		}
	}
	if code := adapter.CountryNamed(place); code != "" && len(place) > 2 {
		return code
	}
	said := strings.ToLower(text) + " | " + place + " "
	for _, mark := range homeMarks {
		if strings.Contains(said, mark) {
			return home
		}
	}
	return ""
}

// homeMarks are words of movements, and of the names of offices, that are used
// at home only.
//
//nolint:gochecknoglobals // table
var homeMarks = []string{
	"in consegna", "svincolo", "per il ritiro", "giacenza", "consegna non andata", " cmp ", " csi ", "ufficio", "malpensa", "fiumicino",
}

// abroad are the countries that AliExpress ships from and Italy exchanges most
// post with, as Italians call them.
const abroad = `IT italia
CN cina|repubblica popolare cinese
HK hong kong
SG singapore
MY malesia|malaysia
TW taiwan
JP giappone
KR corea del sud|corea
IN india
TR turchia
AE emirati arabi uniti
CH svizzera
DE germania
AT austria
FR francia
ES spagna
PT portogallo
NL paesi bassi|olanda
BE belgio
LU lussemburgo
GB gran bretagna|regno unito
IE irlanda
SE svezia
NO norvegia
DK danimarca
FI finlandia
PL polonia
CZ repubblica ceca
SK slovacchia
HU ungheria
SI slovenia
HR croazia
RO romania
BG bulgaria
GR grecia
LT lituania
LV lettonia
EE estonia
UA ucraina
RU russia|federazione russa
US stati uniti|stati uniti d'america|usa
CA canada
AU australia
BR brasile
UZ uzbekistan
MT malta
SM san marino`
