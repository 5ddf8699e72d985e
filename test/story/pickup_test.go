package story_test

import "testing"

func TestWaitsAtThePostOffice(t *testing.T) {
	const n = "61039903000177"
	tell(t, life{
		name: "waits_at_the_post_office", days: 4,
		mails: []shopMail{{0, "12:00", "8190000000010017", n, "shipped", "Camera", ""}},
		scans: []scan{
			{"russianpost", n, 0, "20:00", 3, "1:2", "Прием: Партионный", "140983, Подольск", "RU"},
			{"russianpost", n, 2, "10:05", 3, "8:2", "Обработка: Прибыло в место вручения", "170100, Тверь", "RU"},
		},
	})
}
