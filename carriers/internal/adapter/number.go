package adapter

import (
	"slices"
	"strings"

	"parcelwatch/carriers"
	"parcelwatch/parcel"
	"parcelwatch/parcel/number"
)

// If returns m if fits is true, and [carriers.No] otherwise.
func If(fits bool, m carriers.Match) carriers.Match {
	if fits {
		return m
	}
	return carriers.No
}

// Is reports whether the number has the form of one of the families.
func Is(n number.Number, families ...number.Family) bool {
	return slices.ContainsFunc(n.Families(), func(f number.Family) bool { return slices.Contains(families, f) })
}

// National returns the match of a country's post: Yes for the numbers it issues,
// Maybe for those of other posts, whose items may be on their way there.
func National(n number.Number, country string) carriers.Match {
	if n.Country() == country {
		return carriers.Yes
	}
	return If(Is(n, number.FamilyS10, number.FamilyYanwen), carriers.Maybe)
}

// Alias returns s as another number of the parcel. It returns nil if s is not a
// number, or the one asked for.
func Alias[S ~string](asked number.Number, s S, field string) []parcel.Alias {
	n, err := number.Parse(string(s))
	if err != nil || n == asked {
		return nil
	}
	return []parcel.Alias{{Number: n, Field: field}}
}

// Same reports whether s is the number asked for.
func Same[S ~string](asked number.Number, s S) bool {
	n, err := number.Parse(string(s))
	return err == nil && n == asked
}

// List joins numbers with commas.
func List(numbers []number.Number) string {
	list := make([]string, 0, len(numbers))
	for _, n := range numbers {
		list = append(list, string(n))
	}
	return strings.Join(list, ",")
}
