package posteitaliane

import (
	"strings"

	"parcelwatch/carriers/internal/adapter"
	"parcelwatch/parcel"
)

// home is the post's country.
const home = "IT"

// Codes of the table: rows that are found by words, and by the number beside
// them.
const (
	byText = "text"
	byBox  = "box"
)

// row finds the row of a movement. The words decide before the box, which has
// five values only. On the way back, only its end differs from the rest.
func (c *carrier) row(text, box string, back bool) adapter.Code {
	row, ok := c.Holds(byText, text)
	if !ok {
		row = c.Row(byBox, box)
	}
	switch {
	case back && row.Status == parcel.Delivered:
		row.Status = parcel.Returned
	case back && row.Status != parcel.Returned:
		row.Status, row.Guess = parcel.Returning, false
	}
	return row
}

// country is where a movement was made. Abroad the place is just a country. A
// town is in Italy if the words beside it are used nowhere else.
func country(place, text string) string {
	if code := adapter.CountryNamed(place); code != "" && len(place) > 2 {
		return code
	}
	if place != "" && !adapter.Mentions(place, "poste.it") && adapter.Mentions(text+" | "+place+" ", strings.Split(homeMarks, "|")...) {
		return home
	}
	return ""
}

// homeMarks are words of movements, and of the names of offices, that are used in
// Italy only.
const homeMarks = "in consegna|svincolo|per il ritiro|giacenza|consegna non andata| cmp | csi |ufficio|malpensa|fiumicino"
