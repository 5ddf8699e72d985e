package story_test

import (
	"testing"
	"time"
)

// A machine that was off for three days: the posts are asked before the digest that
// is overdue, and it says since when nothing was known.
func TestAfterAnAbsenceThePostsAreAskedFirst(t *testing.T) {
	tell(t, life{
		name: "after_an_absence", days: 4,
		mails: []shopMail{{0, "12:00", "8190000000010017", waitingNumber, "shipped", "Camera", ""}},
		acts: []act{
			{0, "20:00", func(w *told) { w.off(72 * time.Hour) }},
		},
		scans: waiting(),
	})
}

// The same after a sleep, in which no timer runs.
func TestAfterASleepThePostsAreAskedFirst(t *testing.T) {
	tell(t, life{
		name: "after_a_sleep", days: 4, later: true, exact: true,
		mails: []shopMail{{0, "12:00", "8190000000010017", waitingNumber, "shipped", "Camera", ""}},
		acts: []act{
			{0, "17:00", (*told).install},
			{0, "20:00", func(w *told) { w.suspend(72 * time.Hour) }},
		},
		scans: waiting(),
	})
}
