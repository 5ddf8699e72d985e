package story_test

import (
	"testing"

	"parcelwatch/parcel"
)

// refuse lets Russian Post refuse the password, as after it was mistyped.
func (w *told) refuse() { w.posts.locked.Store(true) }

// correct is the password corrected in the configuration.
func (w *told) correct() {
	w.posts.locked.Store(false)
	w.restart()
}

// A wrong password is told at once with what to do, and news come soon after it was
// corrected.
func TestAWrongPassword(t *testing.T) {
	const n = "RB999900506CN"
	tell(t, life{
		name: "a_wrong_password", days: 42, later: true, digest: "always = true",
		mails: []shopMail{{1, "12:00", "8190000000010017", n, "collected by the carrier", "Camera", ""}},
		acts: []act{
			{39, "09:00", (*told).refuse},
			{39, "10:00", (*told).install},
			{40, "12:00", func(w *told) { w.carrier("russianpost", parcel.CarrierCredential) }},
			{40, "13:00", (*told).correct},
			{41, "12:00", func(w *told) { w.carrier("russianpost", parcel.CarrierOK) }},
		},
		scans: append(sentWeeksAgo(n),
			scan{"russianpost", n, 30, "08:15", 3, "9:0", "Импорт международной почты", "Москва PCI-1", "RU"},
			scan{"russianpost", n, 38, "10:05", 3, "8:2", "Обработка: Прибыло в место вручения", "170100, Тверь", "RU"},
		),
	})
}

// carrier compares the recorded state of a carrier.
func (w *told) carrier(name string, want parcel.CarrierState) {
	h, err := w.db.CarrierHealth(w.t.Context(), name)
	if err != nil || h.State != want {
		w.t.Errorf("%s: %s (%s), error %v; want %s", name, h.State, h.Error, err, want)
	}
}
