package story_test

import (
	"testing"
	"time"
)

const waitingNumber = "61039903000177"

func waiting() []scan {
	return []scan{
		{"russianpost", waitingNumber, 0, "20:00", 3, "1:2", "Прием: Партионный", "140983, Подольск", "RU"},
		{"russianpost", waitingNumber, 2, "08:05", 3, "8:2", "Обработка: Прибыло в место вручения", "170100, Тверь", "RU"},
	}
}

// The shop's "delivered" does not end what waits at the post office.
func TestTheShopSaysDeliveredWhileThePostWaits(t *testing.T) {
	tell(t, life{
		name: "the_shop_says_delivered", days: 4, later: true, digest: "always = true",
		acts: []act{{3, "10:00", (*told).install}},
		mails: []shopMail{
			{0, "12:00", "8190000000010017", waitingNumber, "shipped", "Camera", ""},
			{3, "14:00", "8190000000010017", waitingNumber, "delivered", "Camera", ""},
		},
		scans: waiting(),
	})
}

// A mail that moves a parcel makes the post be asked within seconds.
func TestAMailMakesThePostBeAsked(t *testing.T) {
	var before int
	tell(t, life{
		name: "a_mail_makes_the_post_be_asked", days: 3, later: true, exact: true,
		mails: []shopMail{
			{0, "12:00", "8190000000010017", waitingNumber, "shipped", "Camera", ""},
			{2, "22:30", "8190000000010017", waitingNumber, "ready for pickup", "Camera", ""},
		},
		acts: []act{
			{2, "07:30", (*told).install},
			{2, "22:29", func(w *told) { before = w.asked("russianpost") }},
			{2, "22:31", func(w *told) {
				w.posts.mu.Lock()
				defer w.posts.mu.Unlock()
				times := w.posts.asked["russianpost"]
				if len(times) <= before || times[before].Sub(w.at(2, "22:30")) > 15*time.Second {
					w.t.Errorf("the post was asked at %v, want within seconds of the mail at 22:30", times)
				}
			}},
		},
		scans: waiting(),
	})
}
