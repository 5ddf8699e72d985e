package parcel

import (
	"cmp"
	"slices"
	"strconv"
	"time"
)

// Sharing is a carrier whose budget is short: parcels would be asked about more often
// than it allows.
type Sharing struct {
	Carrier string `json:"carrier"`
	Parcels int    `json:"parcels"` // asked about in the last days
	Budget  int    `json:"budget"`  // lookups per day
}

// shortBelow is the number of lookups a day for each parcel below which a budget is short.
const shortBelow = 4

// SharingTime is for how long a parcel counts as one that a carrier is asked about.
const SharingTime = 4 * 24 * time.Hour

// Sharings returns the carriers whose budgets, in lookups per day, are short for the
// numbers of parcels that they were asked about in the last [SharingTime], by name.
func Sharings(asked, budgets map[string]int) []Sharing {
	var out []Sharing
	for name, n := range asked {
		if budget := budgets[name]; budget > 0 && n*shortBelow > budget {
			out = append(out, Sharing{Carrier: name, Parcels: n, Budget: budget})
		}
	}
	slices.SortFunc(out, func(a, b Sharing) int { return cmp.Compare(a.Carrier, b.Carrier) })
	return out
}

// Each returns how many lookups a day there are for each parcel: "2", or "1/3" for one
// in three days.
func (s Sharing) Each() string {
	if 2*s.Parcels <= 3*s.Budget {
		return strconv.Itoa(max(1, (s.Budget+s.Parcels/2)/s.Parcels))
	}
	return "1/" + strconv.Itoa((s.Parcels+s.Budget/2)/s.Budget)
}
