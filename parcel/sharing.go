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

// Sharings returns the carriers whose budgets, in lookups per day, are short for the
// parcels, by name.
func Sharings(parcels []Parcel, budgets map[string]int, now time.Time) []Sharing {
	count := map[string]int{}
	for _, p := range parcels {
		asked := map[string]bool{}
		for _, s := range p.Sources {
			if !p.Closed && !p.Status.Final() && now.Sub(s.Asked) < 4*24*time.Hour {
				asked[s.Carrier] = true
			}
		}
		for name := range asked {
			count[name]++
		}
	}
	var out []Sharing
	for name, n := range count {
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
