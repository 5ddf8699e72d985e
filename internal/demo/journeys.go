package demo

import "time"

// scan is one event of a journey in the form of each post. A post for which it has no
// code does not report it.
type scan struct {
	day, hour int // after the start, UTC

	cainiao string // action code
	upu     string // event code
	russian Oper   // Russian Post operation

	zone    int // hours east of UTC
	country string
	place   string
	text    string
}

// journey is the story of one parcel.
type journey struct {
	number string
	local  string // the number of the last mile; Cainiao reports it from localDay on
	day    int    // of that
	scans  []scan
}

// origin returns the country of the first scan in Cainiao's spelling.
func (j journey) origin() string {
	if j.scans[0].country == "SG" {
		return "Singapore"
	}
	return "Mainland China"
}

// days is the length of the story.
const days = 34

func (s scan) at(start time.Time) time.Time {
	return start.Add(time.Duration(s.day*24+s.hour) * time.Hour)
}

// Operations of Russian Post used in the story.
func accepted() Oper { return Oper{1, 0, "Прием", ""} }

func exported() Oper { return Oper{10, 0, "Экспорт международной почты", ""} }

func arrived() Oper {
	return Oper{8, 13, "Обработка", "Прибыло на территорию РФ"}
}
func toCustoms() Oper { return Oper{11, 0, "Прием на таможню", ""} }
func released() Oper {
	return Oper{14, 1, "Таможенное оформление", "Выпущено таможней"}
}

func withheld() Oper {
	return Oper{14, 6, "Таможенное оформление", "Направлено с обязательной уплатой таможенных платежей"}
}

func sorted() Oper {
	return Oper{8, 3, "Обработка", "Прибыло в сортировочный центр"}
}

func waits() Oper {
	return Oper{8, 2, "Обработка", "Прибыло в место вручения"}
}
func courier() Oper { return Oper{8, 15, "Обработка", "Передано курьеру"} }
func handed() Oper  { return Oper{2, 1, "Вручение", "Вручение адресату"} }

// journeys returns the parcels of the story. Numbers and persons are invented; the
// check digits are valid.
func journeys() []journey {
	return []journey{
		{number: "RB700102030CN", scans: []scan{
			{day: 3, hour: 3, cainiao: "PU_PICKUP_SUCCESS", upu: "EMA", russian: accepted(), zone: 8, country: "CN", place: "Shenzhen", text: "Accepted by carrier"},
			{day: 5, hour: 1, cainiao: "SC_INBOUND_SUCCESS", zone: 8, country: "CN", place: "Guangzhou", text: "Inbound in sorting center"},
			{day: 6, hour: 5, cainiao: "CC_EX_SUCCESS", zone: 8, country: "CN", place: "Guangzhou", text: "Export customs clearance complete"},
			{day: 7, hour: 14, cainiao: "LH_DEPART", upu: "EMC", russian: exported(), zone: 8, country: "CN", place: "Guangzhou", text: "Departed from departure country/region"},
			{day: 21, hour: 4, upu: "EMD", russian: arrived(), zone: 3, country: "RU", place: "Москва", text: "Arrived at inward office of exchange"},
			{day: 21, hour: 11, upu: "EDB", russian: toCustoms(), zone: 3, country: "RU", place: "Москва"},
			{day: 22, hour: 6, upu: "EDC", russian: released(), zone: 3, country: "RU", place: "Москва"},
			{day: 23, hour: 17, russian: sorted(), zone: 3, country: "RU", place: "Тверь"},
			{day: 25, hour: 7, upu: "EDH", russian: waits(), zone: 3, country: "RU", place: "Тверь 170100"},
			{day: 27, hour: 15, upu: "EMI", russian: handed(), zone: 3, country: "RU", place: "Тверь 170100"},
		}},
		{number: "LP00710020030040", local: "10100011607346", day: 15, scans: []scan{
			{day: 4, hour: 2, cainiao: "PU_PICKUP_SUCCESS", zone: 8, country: "CN", place: "Yiwu", text: "Accepted by carrier"},
			{day: 6, hour: 9, cainiao: "SC_OUTBOUND_SUCCESS", zone: 8, country: "CN", place: "Hangzhou", text: "Outbound in sorting center"},
			{day: 8, hour: 3, cainiao: "LH_DEPART", zone: 8, country: "CN", place: "Hangzhou", text: "Departed from departure country/region"},
			{day: 14, hour: 8, cainiao: "CC_IM_START", zone: 3, country: "RU", place: "Москва", text: "Import customs clearance started"},
			{day: 15, hour: 6, cainiao: "CC_IM_SUCCESS", zone: 3, country: "RU", place: "Москва", text: "Import customs clearance complete"},
			{day: 16, hour: 9, cainiao: "GTMS_ACCEPT", russian: accepted(), zone: 3, country: "RU", place: "Москва", text: "Received by local delivery company"},
			{day: 18, hour: 5, russian: sorted(), zone: 3, country: "RU", place: "Тверь"},
			{day: 20, hour: 6, cainiao: "GTMS_DELIVERING", russian: courier(), zone: 3, country: "RU", place: "Тверь", text: "Out for delivery"},
			{day: 20, hour: 13, cainiao: "GTMS_SIGNED", russian: handed(), zone: 3, country: "RU", place: "Тверь", text: "Delivered"},
		}},
		{number: "LZ550104072SG", scans: []scan{
			{day: 10, hour: 4, cainiao: "PU_PICKUP_SUCCESS", upu: "EMA", zone: 8, country: "SG", place: "Singapore", text: "Posting/Collection"},
			{day: 13, hour: 9, cainiao: "LH_DEPART", upu: "EMC", russian: exported(), zone: 8, country: "SG", place: "Singapore", text: "Departure from outward office of exchange"},
		}},
		{number: "RU700103052CN", scans: []scan{
			{day: 14, hour: 2, cainiao: "PU_PICKUP_SUCCESS", russian: accepted(), zone: 8, country: "CN", place: "Dongguan", text: "Accepted by carrier"},
			{day: 17, hour: 9, cainiao: "LH_DEPART", russian: exported(), zone: 8, country: "CN", place: "Guangzhou", text: "Departed from departure country/region"},
			{day: 31, hour: 5, russian: arrived(), zone: 3, country: "RU", place: "Москва"},
			{day: 33, hour: 8, russian: withheld(), zone: 3, country: "RU", place: "Москва"},
		}},
	}
}
