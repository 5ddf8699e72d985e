package story_test

import "testing"

// sentWeeksAgo is a parcel that left China long ago, as the origin knows it.
func sentWeeksAgo(n string) []scan {
	return []scan{
		{"cainiao", n, 1, "14:20", 8, "PU_PICKUP_SUCCESS", "Received by logistics company", "Shenzhen", ""},
		{"cainiao", n, 4, "22:10", 8, "LH_DEPART", "Departed from departure country/region", "Guangzhou", ""},
	}
}

// The visit that learns from Cainiao that the parcel is abroad asks the post there.
func TestAlreadyAtThePostOffice(t *testing.T) {
	const n = "RB999900506CN"
	tell(t, life{
		name: "already_at_the_post_office", days: 41, later: true,
		mails: []shopMail{{1, "12:00", "8190000000010017", n, "collected by the carrier", "Camera", ""}},
		acts:  []act{{39, "10:00", (*told).install}},
		scans: append(
			sentWeeksAgo(n),
			scan{"russianpost", n, 30, "08:15", 3, "9:0", "Импорт международной почты", "Москва PCI-1", "RU"},
			scan{"russianpost", n, 38, "10:05", 3, "8:2", "Обработка: Прибыло в место вручения", "170100, Тверь", "RU"},
		),
	})
}

// Without its credential the post cannot be asked: nobody says that the parcel has not
// arrived.
func TestSilenceWithoutACredential(t *testing.T) {
	const n = "RB999900506CN"
	tell(t, life{
		name: "silence_without_a_credential", days: 41, later: true, without: []string{"russianpost"}, digest: "always = true",
		mails: []shopMail{{1, "12:00", "8190000000010017", n, "collected by the carrier", "Camera", ""}},
		acts:  []act{{39, "10:00", (*told).install}, {40, "09:00", (*told).restart}},
		scans: sentWeeksAgo(n),
	})
}
