package story_test

import "testing"

// A mail server that is away for two days: one mail tells everything since, with the outage in the
// past tense, and none says that mail cannot be sent.
func TestAMailServerIsAwayForTwoDays(t *testing.T) {
	tell(t, life{
		name: "mail_server_away", days: 6,
		mails: []shopMail{
			{0, "12:00", "8190000000010017", waitingNumber, "shipped", "Camera", ""},
			{2, "13:00", "8190000000010024", "RB999900517CN", "shipped", "Kettle", ""},
		},
		acts: []act{
			{1, "18:00", func(w *told) { w.unmailed.Store(true) }},
			{2, "21:00", (*told).restart},
			{3, "16:30", func(w *told) { w.unmailed.Store(false) }},
		},
		scans: waiting(),
	})
}

// Urgent mail that could not be sent goes out on its own once it can, with the present state.
func TestACourierComesWhileTheMailServerIsAway(t *testing.T) {
	tell(t, life{
		name: "mail_server_away_courier", days: 3,
		mails: []shopMail{
			{0, "12:00", "8190000000010017", waitingNumber, "shipped", "Camera", ""},
			{1, "10:00", "8190000000010017", waitingNumber, "out for delivery", "Camera", ""},
		},
		acts: []act{
			{1, "08:30", func(w *told) { w.unmailed.Store(true) }},
			{1, "13:00", func(w *told) { w.unmailed.Store(false) }},
		},
		scans: []scan{
			{"russianpost", waitingNumber, 0, "10:00", 3, "1:2", "Прием: Партионный", "140983, Подольск", "RU"},
			{"russianpost", waitingNumber, 1, "09:30", 3, "8:15", "Обработка: Передано курьеру", "170100, Тверь", "RU"},
			{"russianpost", waitingNumber, 1, "20:30", 3, "2:1", "Вручение: Вручение адресату", "170100, Тверь", "RU"},
		},
	})
}
