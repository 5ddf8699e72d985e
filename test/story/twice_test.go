package story_test

import (
	"testing"
	"time"
)

// A machine that sleeps and is switched off, and a mailbox with another name: the
// parcel that waits is told once.
func TestNothingIsToldTwice(t *testing.T) {
	tell(t, life{
		name: "nothing_is_told_twice", days: 4, later: true,
		mails: []shopMail{{0, "12:00", "8190000000010017", waitingNumber, "shipped", "Camera", ""}},
		acts: []act{
			{3, "10:00", (*told).install},
			{3, "11:00", func(w *told) { w.suspend(time.Hour) }},
			{3, "13:00", func(w *told) { w.off(time.Hour) }},
			{3, "15:00", func(w *told) { w.rename("work") }},
		},
		scans: waiting(),
	})
}
