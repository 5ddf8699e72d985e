package story_test

import (
	"fmt"
	"testing"
	"time"
)

// TestAShortBudget has 45 parcels in Russia, of which one goes to the courier, and 100
// lookups a day.
func TestAShortBudget(t *testing.T) {
	l := life{name: "a_short_budget", days: 43, later: true, acts: []act{{39, "12:00", (*told).install}}}
	for i := range 45 {
		n := s10(99990100+i, "CN")
		l.mails = append(l.mails, shopMail{38, "12:00", fmt.Sprintf("81900000000%05d", 10017+i), n, "collected by the carrier", fmt.Sprintf("Camera %d", i+1), ""})
		l.scans = append(l.scans, sentWeeksAgo(n)...)
		l.scans = append(l.scans,
			scan{"russianpost", n, 36, "08:15", 3, "9:0", "Импорт международной почты", "Москва PCI-1", "RU"},
			scan{"russianpost", n, 38, "09:30", 3, "8:4", "Обработка: Покинуло сортировочный центр", "Москва", "RU"},
		)
	}
	l.scans = append(l.scans, scan{"russianpost", s10(99990107, "CN"), 41, "08:30", 3, "8:15", "Обработка: Передано курьеру", "170100, Тверь", "RU"})
	l.then = func(w *told) {
		for day := 40; day < 43; day++ {
			first, night, afternoon := w.lookups("russianpost", day)
			if all := night + first + afternoon; all > 100 || night > 20 || afternoon < 25 {
				t.Errorf("day %d: %d lookups before 7:00, %d until 14:30, %d after; want a few at night, some left for the afternoon, 100 at most", day, night, first, afternoon)
			}
		}
	}
	tell(t, l)
}

// lookups counts the calls of a post on a day in Moscow: until 14:30, of these before
// 7:00, and after.
func (w *told) lookups(post string, day int) (first, night, afternoon int) {
	w.posts.mu.Lock()
	defer w.posts.mu.Unlock()
	begin := w.at(day, "00:00")
	for _, at := range w.posts.asked[post] {
		switch since := at.Sub(begin); {
		case since < 0 || since >= 24*time.Hour:
		case since < 7*time.Hour:
			night++
		case since < 14*time.Hour+30*time.Minute:
			first++
		default:
			afternoon++
		}
	}
	w.t.Logf("day %d: %d, %d, %d", day, night, first, afternoon)
	return first, night, afternoon
}

// s10 is a number of the postal union with its check digit.
func s10(body int, country string) string {
	digits, sum := fmt.Sprintf("%08d", body), 0
	for i, weight := range []int{8, 6, 4, 2, 3, 5, 9, 7} {
		sum += int(digits[i]-'0') * weight
	}
	check := 11 - sum%11
	switch check {
	case 10:
		check = 0
	case 11:
		check = 5
	}
	return fmt.Sprintf("RB%s%d%s", digits, check, country)
}
