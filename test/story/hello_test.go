package story_test

import "testing"

// A mailbox with the orders of half a year: the first digest counts them, lists what is
// open and raises no alarm about what is old; the next ones tell none of it again.
func TestTheFirstDigestIsAHello(t *testing.T) {
	tell(t, life{
		name: "hello", days: 68, later: true,
		mails: []shopMail{
			{6, "09:00", "8190000000020011", "", "order confirmed", "Tripod", ""},
			{1, "10:00", "8190000000020028", "RB999900517CN", "shipped", "Kettle", ""},
			{2, "11:00", "8190000000020035", "RB999900525CN", "shipped", "Lamp", ""},
			{12, "09:00", "8190000000020035", "RB999900525CN", "delivered", "Lamp", ""},
			{60, "12:00", "8190000000020042", waitingNumber, "shipped", "Camera", ""},
			{63, "12:00", "8190000000020059", "", "order confirmed", "Socks", ""},
		},
		acts: []act{{64, "10:00", (*told).install}},
		scans: []scan{
			{"russianpost", waitingNumber, 60, "20:00", 3, "1:2", "Прием: Партионный", "140983, Подольск", "RU"},
			{"russianpost", waitingNumber, 63, "10:05", 3, "8:2", "Обработка: Прибыло в место вручения", "170100, Тверь", "RU"},
		},
	})
}

// One thing that the shop's mails name in two languages is one item.
func TestOneThingInTwoLanguages(t *testing.T) {
	tell(t, life{
		name: "two_languages", days: 3,
		mails: []shopMail{
			{0, "12:00", "8190000000010017", waitingNumber, "shipped", "Camera", ""},
			{1, "10:00", "8190000000010017", waitingNumber, "in transit", "Фотоаппарат", ""},
		},
		scans: waiting(),
	})
}
