package mailwatch

import (
	"cmp"

	"parcelwatch/internal/ordered"
)

// match keeps one response for each requested mail and returns the UIDs without one.
func match(asked []uint32, got []fetched) (kept []fetched, missing []uint32) {
	byUID := make(map[uint32]fetched, len(got))
	for _, f := range got {
		if _, double := byUID[f.uid]; !double {
			byUID[f.uid] = f
		}
	}
	for _, uid := range asked {
		if f, ok := byUID[uid]; ok {
			kept = append(kept, f)
			continue
		}
		missing = append(missing, uid)
	}
	return kept, missing
}

// order sorts by UID.
func order(list []fetched) []fetched {
	ordered.Sort(list, func(a, b fetched) int { return cmp.Compare(a.uid, b.uid) })
	return list
}
