package adapter

import (
	"slices"

	"parcelwatch/carriers"
	"parcelwatch/parcel/number"
)

// If is m where the form fits, [carriers.No] otherwise.
func If(fits bool, m carriers.Match) carriers.Match {
	if fits {
		return m
	}
	return carriers.No
}

// Is reports whether the number's form fits one of the families.
func Is(n number.Number, families ...number.Family) bool {
	return slices.ContainsFunc(n.Families(), func(f number.Family) bool { return slices.Contains(families, f) })
}
