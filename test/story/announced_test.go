package story_test

import "testing"

// A parcel that was announced and never scanned is told as silent after 20 days, and its end after
// 120 days, in words.
func TestAnAnnouncedParcelEnds(t *testing.T) {
	tell(t, life{
		name: "announced_ends", days: 123, later: true,
		mails: []shopMail{{0, "12:00", "8190000000010017", "RB999900517CN", "shipped", "Kettle", ""}},
		acts:  []act{{118, "09:00", (*told).install}},
	})
}

func TestAnAnnouncedParcelBecomesSilent(t *testing.T) {
	tell(t, life{
		name: "announced_silent", days: 23, later: true,
		mails: []shopMail{
			{0, "12:00", "8190000000010017", waitingNumber, "shipped", "Kettle", ""},
			{0, "12:30", "8190000000010024", "RB999900517CN", "shipped", "Lamp", ""},
		},
		acts: []act{{17, "09:00", (*told).install}},
	})
}
