package rig

import (
	"fmt"

	"parcelwatch/parcel/number"
)

// Number is the nth registered item of a country's post, its check digit right.
func Number(n int, country string) string {
	for digit := range 10 {
		s := fmt.Sprintf("RB%08d%d%s", 40_000_000+n, digit, country)
		if number.Number(s).Check() == number.CheckOK {
			return s
		}
	}
	return "" // a country that is none
}
