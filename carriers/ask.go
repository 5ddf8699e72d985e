package carriers

import (
	"time"

	"parcelwatch/internal/message"
	"parcelwatch/parcel"
	"parcelwatch/parcel/number"
)

// Ask is one carrier to call for one number, or the reason for skipping it.
type Ask struct {
	Carrier string
	Number  number.Number
	Why     message.Text  // why it is skipped
	Again   time.Time     // when it can be asked again, if it was asked too recently
	Skip    parcel.Result // empty to ask, else no_credential or skipped
	Link    string        // the carrier's public tracking page, if it has one
}

// Asked is the outcome of an [Ask].
type Asked struct {
	Ask
	Result   parcel.Result
	Tracking parcel.Tracking
	Err      error // nil for ok, and for asks that the plan skipped
}
