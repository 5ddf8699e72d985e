package story_test

import "testing"

// The mailbox of a parcel gets another name: its reader hears of it as before, and
// nothing is told again.
func TestARenamedMailboxLosesNothing(t *testing.T) {
	tell(t, life{
		name: "a_renamed_mailbox", days: 5, digest: "always = true",
		readers: readers{"en": {"home"}, "ru": {"home"}},
		mails:   []shopMail{{0, "12:00", "8190000000010017", waitingNumber, "shipped", "Camera", ""}},
		acts: []act{{1, "10:00", func(w *told) {
			w.life.readers = readers{"en": {"work"}, "ru": {"work"}}
			w.rename("work")
		}}},
		scans: waiting(),
	})
}

// The same mail comes to two mailboxes, and later a second one is forwarded: both
// readers hear of their parcels, each once.
func TestAMailInTwoMailboxesIsToldToBoth(t *testing.T) {
	const other = "61039903000184"
	tell(t, life{
		name: "a_mail_in_two_mailboxes", days: 3, boxes: []string{"home", "partner"},
		readers: readers{"en": {"home"}, "ru": {"partner"}},
		mails: []shopMail{
			{0, "12:00", "8190000000010017", waitingNumber, "shipped", "Camera", "home"},
			{0, "12:00", "8190000000010017", waitingNumber, "shipped", "Camera", "partner"},
			{0, "13:00", "8190000000010025", other, "shipped", "Lamp", "home"},
			{1, "13:00", "8190000000010025", other, "shipped", "Lamp", "partner"},
			{1, "14:00", "8190000000010033", "", "order confirmed", "Kettle", "home"},
			{2, "14:00", "8190000000010033", "", "order confirmed", "Kettle", "partner"},
		},
		scans: waiting(),
	})
}

// A mailbox is no longer configured: its parcels are in every digest.
func TestParcelsOfARemovedMailboxAreToldToAll(t *testing.T) {
	tell(t, life{
		name: "a_removed_mailbox", days: 4, boxes: []string{"home", "partner"}, digest: "always = true",
		readers: readers{"en": {"partner"}, "ru": {"partner"}},
		mails:   []shopMail{{0, "12:00", "8190000000010017", waitingNumber, "shipped", "Camera", "home"}},
		acts:    []act{{1, "10:00", func(w *told) { w.remove("home") }}},
		scans:   waiting(),
	})
}
