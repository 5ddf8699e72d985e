package seventeentrack

import (
	"cmp"
	"strings"

	"parcelwatch/carriers"
	"parcelwatch/carriers/internal/adapter"
	"parcelwatch/parcel"
	"parcelwatch/parcel/number"
)

// Codes of rejected numbers that are not failures.
const (
	alreadyRegistered = "-18019901"
	notRegistered     = "-18019902"
)

// row finds the row of an event: of its sub-status, of its stage, or of the stage
// that the sub-status begins with.
func (c *carrier) row(e event) adapter.Code {
	code := cmp.Or(string(e.Sub), string(e.Stage))
	stage, _, _ := strings.Cut(code, "_")
	row := c.Row(code, "*")
	for _, general := range []string{string(e.Stage), stage} {
		if row.Guess {
			row = c.Row(general, "*")
		}
	}
	row.Code = code
	return row
}

// abroad is the row's status. Departures and arrivals are those of ports: a parcel
// crosses the border only if the country agrees.
func abroad(row adapter.Code, country, origin, destination string) parcel.Status {
	home := origin
	if row.Status == parcel.Import {
		home = destination
	}
	switch {
	case row.Status != parcel.Export && row.Status != parcel.Import:
	case origin != "" && origin == destination, country != "" && home != "" && country != home:
		return parcel.InTransit
	}
	return row.Status
}

// kind is the error that a failure means by the documentation, or nil if it is not
// understood.
func (f failure) kind() error {
	switch f.Code {
	case "429", "-18019907", "-18019908":
		return carriers.ErrThrottled
	case "401", "403", "-18010001", "-18010002", "-18010004", "-18010005", "-18019912":
		return carriers.ErrCredential
	case "500", "502", "503", "504", "-18010003", "-18019815", "-18019816", "-18019817":
		return carriers.ErrTemporary
	default:
		return nil
	}
}

// unknown says why a single number is rejected, or "" if that is a failure.
func (f failure) unknown() string {
	switch f.Code {
	case notRegistered:
		return "not registered"
	case "-18019909":
		return "no answer of its carriers yet"
	case "-18010011", "-18010012", "-18010013", "-18010015":
		return "the number is refused by its form"
	case "-18019903", "-18019910", "-18019911":
		return "17TRACK cannot tell whose number it is"
	default:
		return ""
	}
}

// String is the failure in the words of the service, after our own for limits and
// the key.
func (f failure) String() string {
	words := strings.TrimSpace(string(f.Code + " " + f.Message))
	own := map[adapter.Lax]string{
		"-18019908": "the quota is used up",
		"-18019907": "the day's limit is reached",
		"-18010001": "this address is not on the key's white list",
		"-18010002": "the key is wrong",
	}[f.Code]
	if own == "" {
		return words
	}
	return own + " (" + words + ")"
}

// operator is the service's number of the carrier if the form of the number, or of
// plain digits also the country of the delivery, leaves no doubt; else 0, which lets the
// service guess. It does not recognize all numbers.
func operator(n number.Number, destination string) int {
	if destination == "PL" {
		switch n.FamilyIn(destination) {
		case number.FamilyInPost:
			return 100043
		case number.FamilyDPD:
			return 100111
		default:
		}
	}
	if n.Check() == number.CheckWrong || n.Strength() < number.Medium {
		return 0
	}
	if n.Family() == number.FamilyS10 {
		return post(n)
	}
	return map[number.Family]int{
		number.FamilyCainiao: 190271, number.FamilyCainiaoLine: 190271, number.FamilyYanwen: 190012, number.FamilyFourPX: 190094, number.FamilySunYou: 190072,
		number.FamilyUBI: 190112, number.FamilyYunExpress: 190008, number.FamilyNovaPoshta: 100035, number.FamilyMeest: 100023,
	}[n.Family()]
}

// post is the number of the post that issued an S10 number.
func post(n number.Number) int {
	if n.Country() == "CN" && n[0] == 'E' {
		return 3013
	}
	return map[string]int{
		"CN": 3011, "SG": 19131, "RU": 18031, "UA": 21021, "BY": 2051, "KZ": 11011, "GB": 11031, "NL": 14041, "US": 21051, "PL": 8051,
	}[n.Country()]
}
