package carriers

import (
	"parcelwatch/parcel"
	"parcelwatch/parcel/number"
)

// Ask is one carrier to ask for one number, or the reason why it is not asked.
type Ask struct {
	Carrier string
	Number  number.Number
	Why     string        // in a few words
	Skip    parcel.Result // empty: ask; else no_credential or skipped
	Link    string        // the page for people, where the carrier has one
}

// Asked is how an [Ask] ended.
type Asked struct {
	Ask
	Result   parcel.Result
	Tracking parcel.Tracking
	Err      error // nil for ok, and for asks that were skipped by the plan
}
