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
	row.Code, row.Guess = code, row.Guess && code != ""
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
		return carriers.ErrDenied
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
	switch f.Code {
	case "-18019908":
		return "the quota is used up (" + words + ")"
	case "-18019907":
		return "the day's limit is reached (" + words + ")"
	case "-18010001":
		return "this address is not on the key's white list (" + words + ")"
	case "-18010002":
		return "the key is wrong (" + words + ")"
	default:
		return words
	}
}

// operator is the service's number of the carrier if the form of the number leaves
// no doubt, or 0, which lets the service guess. It does not recognize all numbers.
func operator(n number.Number) int {
	if n.Check() == number.CheckWrong || n.Strength() < number.Medium {
		return 0
	}
	switch n.Family() {
	case number.FamilyS10:
		return post(n)
	case number.FamilyCainiao:
		return 190271
	case number.FamilyYanwen:
		return 190012
	case number.FamilyFourPX:
		return 190094
	case number.FamilySunYou:
		return 190072
	case number.FamilyUBI:
		return 190112
	case number.FamilyYunExpress:
		return 190008
	case number.FamilyNovaPoshta:
		return 100035
	case number.FamilyMeest:
		return 100023
	default:
		return 0
	}
}

// post is the number of the post that issued an S10 number.
func post(n number.Number) int {
	switch n.Country() {
	case "CN":
		if n[0] == 'E' {
			return 3013
		}
		return 3011
	case "SG":
		return 19131
	case "RU":
		return 18031
	case "UA":
		return 21021
	case "BY":
		return 2051
	case "KZ":
		return 11011
	case "GB":
		return 11031
	case "NL":
		return 14041
	case "US":
		return 21051
	default:
		return 0
	}
}
