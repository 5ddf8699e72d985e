package carriers

import (
	"time"

	"parcelwatch/parcel"
)

// View is what planning needs to know of the carriers and of home.
type View struct {
	Members []Member
	Home    string // ISO country where parcels usually arrive; empty when not said
}

// Ask is one carrier to ask for one number, or the reason why it is not asked.
type Ask struct {
	Carrier string
	Number  parcel.Number
	Why     string        // in a few words
	Skip    parcel.Result // empty: ask; else no_credential or skipped
	Link    string        // the page for people, where the carrier has one
}

// Plan says which carriers to ask for which number of the parcel, in order. It
// is pure.
func Plan(p parcel.Parcel, v View, now time.Time) []Ask {
	return nil
}
