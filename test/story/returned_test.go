package story_test

import (
	"encoding/json"
	"net/http"
	"path"
	"slices"
	"testing"
	"time"
)

// poste answers as Poste Italiane. A number expires with a scan of the code
// "expired": from then on nothing is known of it.
func (p *posts) poste(w http.ResponseWriter, r *http.Request) {
	var ask struct {
		Number string `json:"codiceSpedizione"`
	}
	p.read(r, func(b []byte) error { return json.Unmarshal(b, &ask) })
	movements := []object{}
	answer := object{"idTracciatura": ask.Number, "esitoRicerca": "1"}
	for _, s := range p.happened("posteitaliane", ask.Number) {
		if s.code == "expired" {
			p.json(w, object{"idTracciatura": ask.Number, "listaMovimenti": []object{}})
			return
		}
		movements = append(movements, object{"dataOra": s.at().UnixMilli(), "statoLavorazione": s.text, "luogo": s.place, "box": s.code})
		answer["esitoRicerca"] = "3"
	}
	answer["listaMovimenti"] = movements
	p.json(w, answer)
}

// laposte answers as La Poste does for a parcel of Chronopost: with a check
// character behind the number.
func (p *posts) laposte(w http.ResponseWriter, r *http.Request) {
	number := path.Base(r.URL.Path)
	events := []object{}
	for _, s := range slices.Backward(p.happened("laposte", number)) {
		events = append(events, object{"code": s.code, "label": s.text, "date": s.local().Format(time.RFC3339)})
	}
	if len(events) == 0 {
		w.WriteHeader(http.StatusNotFound)
		p.json(w, object{"returnCode": 404, "returnMessage": "unknown", "idShip": number})
		return
	}
	p.json(w, object{"returnCode": 200, "shipment": object{"idShip": number + "J", "holder": 3, "product": "chronopost", "isFinal": false, "event": events}})
}

// TestReturned is a parcel that is refused: it waits at an office of the sender's on
// its way back, which is no place to fetch it from.
func TestReturned(t *testing.T) {
	const n = "61039903000177"
	tell(t, life{
		name: "returned", days: 14,
		mails: []shopMail{{0, "12:00", "8190000000020017", n, "shipped", "Camera", ""}},
		scans: []scan{
			{"russianpost", n, 0, "20:00", 3, "1:2", "Прием: Партионный", "140983, Подольск", "RU"},
			{"russianpost", n, 2, "10:05", 3, "8:2", "Обработка: Прибыло в место вручения", "170100, Тверь", "RU"},
			{"russianpost", n, 5, "09:00", 3, "3:4", "Возврат: Отказ адресата", "170100, Тверь", "RU"},
			{"russianpost", n, 6, "08:00", 3, "8:4", "Обработка: Покинуло сортировочный центр", "170000, Тверь", "RU"},
			{"russianpost", n, 8, "11:00", 3, "8:2", "Обработка: Прибыло в место вручения", "140983, Подольск", "RU"},
			{"russianpost", n, 10, "12:00", 3, "2:2", "Вручение: Вручение отправителю", "140983, Подольск", "RU"},
		},
	})
}

// TestDeliveredWithLateNotes is a delivery after which the post goes on to record
// things.
func TestDeliveredWithLateNotes(t *testing.T) {
	const n = "61039903000177"
	tell(t, life{
		name: "delivered_with_late_notes", days: 9,
		mails: []shopMail{{0, "12:00", "8190000000030017", n, "shipped", "Camera", ""}},
		scans: []scan{
			{"russianpost", n, 0, "20:00", 3, "1:2", "Прием: Партионный", "140983, Подольск", "RU"},
			{"russianpost", n, 2, "10:05", 3, "8:15", "Обработка: Передано курьеру", "170100, Тверь", "RU"},
			{"russianpost", n, 2, "15:05", 3, "2:8", "Вручение: Вручение адресату курьером", "170100, Тверь", "RU"},
			{"russianpost", n, 3, "10:00", 3, "34:0", "Электронное уведомление загружено", "170100, Тверь", "RU"},
			{"russianpost", n, 4, "10:00", 3, "7777:1", "Опрос: Отправлен", "170100, Тверь", "RU"},
		},
	})
}

// TestCustomsPaid is a parcel that waits for a payment and goes on after it.
func TestCustomsPaid(t *testing.T) {
	const n = "RB123456785CN"
	tell(t, life{
		name: "customs_paid", days: 12,
		mails: []shopMail{{0, "12:00", "8190000000040017", n, "shipped", "Camera", ""}},
		scans: []scan{
			{"upu", n, 0, "20:00", 8, "EMA", "Posting/collection", "SHENZHEN", "CN"},
			{"upu", n, 1, "20:00", 8, "EMC", "Departure from outward office of exchange", "SHENZHEN", "CN"},
			{"russianpost", n, 4, "08:00", 3, "9:0", "Импорт международной почты", "102975, Москва", "RU"},
			{"russianpost", n, 5, "10:05", 3, "14:6", "Таможенное оформление: Отправлено с обязательной уплатой таможенных платежей", "102975, Москва", "RU"},
			{"russianpost", n, 7, "10:00", 3, "19:0", "Поступление таможенных платежей", "102975, Москва", "RU"},
			{"russianpost", n, 7, "18:00", 3, "14:1", "Таможенное оформление: Выпущено таможней", "102975, Москва", "RU"},
			{"russianpost", n, 9, "10:00", 3, "8:4", "Обработка: Покинуло сортировочный центр", "102975, Москва", "RU"},
		},
	})
}

// TestExpiredNumber is a number that Poste Italiane forgets while the parcel is on
// its way: what was known stays.
func TestExpiredNumber(t *testing.T) {
	const n = "RN999900333IT"
	tell(t, life{
		name: "expired_number", home: "IT", zone: "Europe/Rome", days: 10,
		mails: []shopMail{{0, "12:00", "8190000000050017", n, "shipped", "Camera", ""}},
		scans: []scan{
			{"posteitaliane", n, 1, "20:00", 1, "2", "la spedizione è stata presa in carico", "MILANO", ""},
			{"posteitaliane", n, 3, "08:00", 1, "3", "la spedizione è in lavorazione", "BOLOGNA", ""},
			{"posteitaliane", n, 5, "08:00", 1, "expired", "", "", ""},
		},
	})
}

// TestCheckCharacter is a parcel of Chronopost, whose answers name another number.
func TestCheckCharacter(t *testing.T) {
	const n = "CW999900018FR"
	tell(t, life{
		name: "check_character", home: "FR", zone: "Europe/Paris", days: 5,
		mails: []shopMail{{0, "12:00", "8190000000060017", n, "shipped", "Camera", ""}},
		scans: []scan{
			{"laposte", n, 1, "20:00", 1, "PC1", "Votre colis est pris en charge", "", ""},
			{"laposte", n, 3, "08:00", 1, "MD2", "Votre colis est en cours de livraison", "", ""},
			{"laposte", n, 3, "12:00", 1, "DI1", "Votre colis est livré", "", ""},
		},
	})
}
