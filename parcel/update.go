package parcel

import "time"

// Update takes over what the carrier answered.
func (s *Source) Update(t Tracking, now time.Time) {
	if len(t.Events) == 0 {
		return
	}
	s.Events, s.Answered = t.Events, now
}
