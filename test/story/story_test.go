package story_test

import (
	"testing"

	"parcelwatch/parcel"
	"parcelwatch/parcel/number"
)

func TestChinaPostToRussianPost(t *testing.T) {
	const n = "RB999900506CN"
	play(t, story{
		name: "china_post_to_russian_post", home: "RU", zone: "Europe/Moscow", language: "ru", dest: "Russian Federation", days: 50,
		number: n, numbers: []number.Number{n}, status: parcel.Delivered,
		scans: []scan{
			{"cainiao", n, 1, "14:20", 8, "PU_PICKUP_SUCCESS", "Received by logistics company", "Shenzhen", ""},
			{"cainiao", n, 3, "09:00", 8, "SC_INBOUND_SUCCESS", "Inbound in sorting center", "Guangzhou", ""},
			{"cainiao", n, 5, "22:10", 8, "LH_DEPART", "Departed from departure country/region", "Guangzhou", ""},
			{"upu", n, 1, "14:20", 8, "EMA", "Posting/collection", "SHENZHEN", "CN"},
			{"upu", n, 5, "21:55", 8, "EMC", "Departure from outward office of exchange", "GUANGZHOU", "CN"},
			{"upu", n, 20, "08:15", 3, "EMD", "Arrival at inward office of exchange", "MOSCOW", "RU"},
			{"russianpost", n, 1, "14:20", 8, "1:1", "Прием: Единичный", "Shenzhen", "CN"},
			{"russianpost", n, 5, "22:00", 8, "10:0", "Экспорт международной почты", "Guangzhou", "CN"},
			{"russianpost", n, 20, "08:15", 3, "9:0", "Импорт международной почты", "Москва PCI-1", "RU"},
			{"russianpost", n, 21, "13:00", 3, "14:1", "Таможенное оформление: Выпущено таможней", "Москва PCI-1", "RU"},
			{"russianpost", n, 24, "10:40", 3, "8:3", "Обработка: Прибыло в сортировочный центр", "Киров", "RU"},
			{"russianpost", n, 26, "10:05", 3, "8:2", "Обработка: Прибыло в место вручения", "610000, Киров", "RU"},
			{"russianpost", n, 29, "18:30", 3, "2:1", "Вручение: Вручение адресату", "610000, Киров", "RU"},
		},
		silent: []rest{{"russianpost", 0, 5}, {"cainiao", 22, 50}, {"upu", 22, 50}, {"russianpost", 46, 50}},
	})
}

func TestSingaporePostToBelpost(t *testing.T) {
	const n = "LZ999900510SG"
	play(t, story{
		name: "singapore_post_to_belpost", home: "BY", zone: "Europe/Minsk", language: "ru", dest: "Belarus", days: 50,
		number: n, numbers: []number.Number{n}, status: parcel.Delivered,
		scans: []scan{
			{"cainiao", n, 1, "10:20", 8, "PU_PICKUP_SUCCESS", "Received by logistics company", "Dongguan", ""},
			{"cainiao", n, 6, "03:10", 8, "LH_DEPART", "Departed from departure country/region", "Singapore", ""},
			{"upu", n, 5, "18:20", 8, "EMA", "Posting/collection", "SINGAPORE", "SG"},
			{"upu", n, 6, "03:30", 8, "EMC", "Departure from outward office of exchange", "SINGAPORE", "SG"},
			{"belpost", n, 6, "03:30", 8, "", "Направлено из страны по назначению", "SINGAPORE", "SG"},
			{"belpost", n, 19, "09:15", 3, "30", "Поступило в учреждение обмена", "200400 Минск PI-1", "BY"},
			{"belpost", n, 20, "12:00", 3, "38", "Завершение таможенного контроля", "200400 Минск PI-1", "BY"},
			{"belpost", n, 22, "10:30", 3, "", "Поступило в учреждение доставки", "220089 Минск 89", "BY"},
			{"belpost", n, 23, "17:45", 3, "", "Вручено", "220089 Минск 89", "BY"},
		},
		silent: []rest{{"belpost", 0, 6}, {"cainiao", 21, 50}, {"upu", 21, 50}},
	})
}

func TestCainiaoToNovaPoshta(t *testing.T) {
	const n, local = "LP00999900005013", "20450999900509"
	play(t, story{
		name: "cainiao_to_nova_poshta", home: "UA", zone: "Europe/Kyiv", language: "uk", dest: "Ukraine", days: 45,
		number: n, numbers: []number.Number{n, local}, status: parcel.Delivered,
		renamed: map[string]renaming{n: {local, 14}},
		scans: []scan{
			{"cainiao", n, 1, "12:20", 8, "PU_PICKUP_SUCCESS", "Received by logistics company", "Yiwu", ""},
			{"cainiao", n, 4, "23:10", 8, "LH_DEPART", "Departed from departure country/region", "Hangzhou", ""},
			{"cainiao", n, 13, "16:00", 2, "LH_ARRIVE", "Arrived at destination country/region", "Lviv", ""},
			{"cainiao", n, 15, "11:00", 2, "CC_IM_SUCCESS", "Import customs clearance complete", "Lviv", ""},
			{"novaposhta", local, 16, "09:10", 2, "4", "Відправлення у місті відправника", "Львів", "UA"},
			{"novaposhta", local, 17, "20:00", 2, "5", "Прямує до міста одержувача", "Львів", "UA"},
			{"novaposhta", local, 18, "10:30", 2, "7", "Прибуло до відділення", "Полтава", "UA"},
			{"novaposhta", local, 20, "18:05", 2, "9", "Отримано", "Полтава", "UA"},
		},
		silent: []rest{{"novaposhta", 0, 13}, {"cainiao", 18, 45}},
	})
}

func TestChinaEMSToUkrposhta(t *testing.T) {
	const n = "EV999900523CN"
	play(t, story{
		name: "china_ems_to_ukrposhta", home: "UA", zone: "Europe/Kyiv", language: "uk", dest: "Ukraine", days: 40,
		number: n, numbers: []number.Number{n}, status: parcel.Delivered,
		scans: []scan{
			{"ems", n, 1, "16:40", 8, "", "Posted", "HANGZHOU", ""},
			{"ems", n, 2, "23:15", 8, "", "Released from export customs and security", "SHANGHAI", ""},
			{"ems", n, 3, "01:20", 8, "", "Departed from export office", "SHANGHAI", ""},
			{"ems", n, 10, "06:12", 2, "", "Arrived at destination import office", "KYIV EMS", ""},
			{"ukrposhta", n, 3, "01:20", 8, "67300", "Відправлення прямує до України", "SHANGHAI", "China"},
			{"ukrposhta", n, 10, "09:30", 2, "24300", "Митне оформлення", "КИЇВ PI 1", "Україна"},
			{"ukrposhta", n, 12, "08:20", 2, "20700", "Надходження на сортувальний центр", "КИЇВ", "Україна"},
			{"ukrposhta", n, 13, "09:40", 2, "29500", "Видано кур'єру", "КИЇВ 1", "Україна"},
			{"ukrposhta", n, 13, "14:25", 2, "41000", "Відправлення вручено: адресату", "КИЇВ 1", "Україна"},
		},
		silent: []rest{{"ems", 12, 40}, {"cainiao", 12, 40}, {"upu", 12, 40}},
	})
}

func TestYanwenToKazpost(t *testing.T) {
	const n = "UA999900537YP"
	play(t, story{
		name: "yanwen_to_kazpost", home: "KZ", zone: "Asia/Almaty", language: "ru", dest: "Kazakhstan", days: 45,
		number: n, numbers: []number.Number{n}, status: parcel.Delivered,
		scans: []scan{
			{"cainiao", n, 1, "17:20", 8, "PU_PICKUP_SUCCESS", "Received by logistics company", "Shenzhen", ""},
			{"cainiao", n, 5, "02:10", 8, "LH_HO_AIRLINE", "Handed over to airline", "Urumqi", ""},
			{"kazpost", n, 14, "09:15", 5, "EMD", "", "АЛМАТЫ", ""},
			{"kazpost", n, 15, "12:00", 5, "EDC", "", "АЛМАТЫ", ""},
			{"kazpost", n, 17, "07:30", 5, "SRTSND", "", "АЛМАТЫ", ""},
			{"kazpost", n, 18, "10:20", 5, "DLV", "", "АСТАНА", ""},
			{"kazpost", n, 20, "17:05", 5, "ISSPAY", "", "АСТАНА", ""},
		},
		silent: []rest{{"kazpost", 0, 5}, {"cainiao", 17, 45}},
	})
}

func TestAliExpressToDHL(t *testing.T) {
	const n, local = "AP00999900005030", "JJD000390009999000541"
	play(t, story{
		name: "aliexpress_to_dhl", home: "DE", zone: "Europe/Berlin", language: "de", dest: "Germany", days: 35,
		number: n, numbers: []number.Number{n, local}, status: parcel.Delivered,
		renamed: map[string]renaming{n: {local, 8}},
		scans: []scan{
			{"cainiao", n, 0, "15:20", 8, "PU_PICKUP_SUCCESS", "Received by logistics company", "Shenzhen", ""},
			{"cainiao", n, 3, "03:10", 8, "LH_DEPART", "Departed from departure country/region", "Shenzhen", ""},
			{"cainiao", n, 8, "16:00", 1, "LH_ARRIVE", "Arrived at destination country/region", "Leipzig", ""},
			{"dhl", local, 8, "20:00", 1, "pre-transit", "The instruction data for this shipment have been provided by the sender to DHL electronically", "", "DE"},
			{"dhl", local, 10, "22:10", 1, "transit", "The shipment has been processed in the parcel center", "Radefeld", "DE"},
			{"dhl", local, 11, "08:40", 1, "transit", "The shipment has been loaded onto the delivery vehicle", "Kassel", "DE"},
			{"dhl", local, 11, "13:25", 1, "delivered", "The shipment has been successfully delivered", "Kassel", "DE"},
		},
		silent: []rest{{"dhl", 0, 8}, {"cainiao", 11, 35}},
	})
}

func TestDomesticRussianNumber(t *testing.T) {
	const n = "61039903000177"
	play(t, story{
		name: "domestic_russian", home: "RU", zone: "Asia/Vladivostok", language: "ru", dest: "Russian Federation", days: 30,
		number: n, numbers: []number.Number{n}, status: parcel.Returned,
		scans: []scan{
			{"russianpost", n, 0, "20:00", 3, "1:3", "Прием: Партионный электронно", "140983, Подольск", "RU"},
			{"russianpost", n, 1, "11:00", 3, "1:2", "Прием: Партионный", "140983, Подольск", "RU"},
			{"russianpost", n, 6, "05:40", 10, "8:3", "Обработка: Прибыло в сортировочный центр", "Владивосток", "RU"},
			{"russianpost", n, 8, "09:50", 10, "8:15", "Обработка: Передано курьеру", "690000, Владивосток", "RU"},
			{"russianpost", n, 8, "17:20", 10, "12:10", "Неудачная попытка вручения: Адресат отсутствует", "690000, Владивосток", "RU"},
			{"russianpost", n, 9, "09:00", 10, "8:2", "Обработка: Прибыло в место вручения", "690000, Владивосток", "RU"},
			{"russianpost", n, 17, "10:00", 10, "3:1", "Возврат: Истек срок хранения", "690000, Владивосток", "RU"},
			{"russianpost", n, 26, "12:00", 3, "2:2", "Вручение: Вручение отправителю", "140983, Подольск", "RU"},
		},
	})
}
