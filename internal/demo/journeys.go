package demo

import "time"

// scan is one event of a journey, without its time.
type scan struct {
	day, hour int // after the start, UTC
	Scan
}

// journey is the story of one parcel.
type journey struct {
	number string
	local  string // the number of the last mile; Cainiao reports it from day on
	day    int
	scans  []scan
}

// origin returns the country of the first scan in Cainiao's spelling.
func (j journey) origin() string {
	if j.scans[0].Country == "SG" {
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
			{3, 3, Scan{Cainiao: "PU_PICKUP_SUCCESS", UPU: "EMA", Russian: accepted(), Zone: 8, Country: "CN", Place: "Shenzhen", Text: "Accepted by carrier"}},
			{5, 1, Scan{Cainiao: "SC_INBOUND_SUCCESS", Zone: 8, Country: "CN", Place: "Guangzhou", Text: "Inbound in sorting center"}},
			{6, 5, Scan{Cainiao: "CC_EX_SUCCESS", Zone: 8, Country: "CN", Place: "Guangzhou", Text: "Export customs clearance complete"}},
			{7, 14, Scan{Cainiao: "LH_DEPART", UPU: "EMC", Russian: exported(), Zone: 8, Country: "CN", Place: "Guangzhou", Text: "Departed from departure country/region"}},
			{21, 4, Scan{UPU: "EMD", Russian: arrived(), Zone: 3, Country: "RU", Place: "Москва", Text: "Arrived at inward office of exchange"}},
			{21, 11, Scan{UPU: "EDB", Russian: toCustoms(), Zone: 3, Country: "RU", Place: "Москва"}},
			{22, 6, Scan{UPU: "EDC", Russian: released(), Zone: 3, Country: "RU", Place: "Москва"}},
			{23, 17, Scan{Russian: sorted(), Zone: 3, Country: "RU", Place: "Тверь"}},
			{25, 7, Scan{UPU: "EDH", Russian: waits(), Zone: 3, Country: "RU", Place: "Тверь 170100"}},
			{27, 15, Scan{UPU: "EMI", Russian: handed(), Zone: 3, Country: "RU", Place: "Тверь 170100"}},
		}},
		{number: "LP00710020030040", local: "10100011607346", day: 15, scans: []scan{
			{4, 2, Scan{Cainiao: "PU_PICKUP_SUCCESS", Zone: 8, Country: "CN", Place: "Yiwu", Text: "Accepted by carrier"}},
			{6, 9, Scan{Cainiao: "SC_OUTBOUND_SUCCESS", Zone: 8, Country: "CN", Place: "Hangzhou", Text: "Outbound in sorting center"}},
			{8, 3, Scan{Cainiao: "LH_DEPART", Zone: 8, Country: "CN", Place: "Hangzhou", Text: "Departed from departure country/region"}},
			{14, 8, Scan{Cainiao: "CC_IM_START", Zone: 3, Country: "RU", Place: "Москва", Text: "Import customs clearance started"}},
			{15, 6, Scan{Cainiao: "CC_IM_SUCCESS", Zone: 3, Country: "RU", Place: "Москва", Text: "Import customs clearance complete"}},
			{16, 9, Scan{Cainiao: "GTMS_ACCEPT", Russian: accepted(), Zone: 3, Country: "RU", Place: "Москва", Text: "Received by local delivery company"}},
			{18, 5, Scan{Russian: sorted(), Zone: 3, Country: "RU", Place: "Тверь"}},
			{20, 6, Scan{Cainiao: "GTMS_DELIVERING", Russian: courier(), Zone: 3, Country: "RU", Place: "Тверь", Text: "Out for delivery"}},
			{20, 13, Scan{Cainiao: "GTMS_SIGNED", Russian: handed(), Zone: 3, Country: "RU", Place: "Тверь", Text: "Delivered"}},
		}},
		{number: "LZ550104072SG", scans: []scan{
			{10, 4, Scan{Cainiao: "PU_PICKUP_SUCCESS", UPU: "EMA", Zone: 8, Country: "SG", Place: "Singapore", Text: "Posting/Collection"}},
			{13, 9, Scan{Cainiao: "LH_DEPART", UPU: "EMC", Russian: exported(), Zone: 8, Country: "SG", Place: "Singapore", Text: "Departure from outward office of exchange"}},
		}},
		{number: "RU700103052CN", scans: []scan{
			{14, 2, Scan{Cainiao: "PU_PICKUP_SUCCESS", Russian: accepted(), Zone: 8, Country: "CN", Place: "Dongguan", Text: "Accepted by carrier"}},
			{17, 9, Scan{Cainiao: "LH_DEPART", Russian: exported(), Zone: 8, Country: "CN", Place: "Guangzhou", Text: "Departed from departure country/region"}},
			{31, 5, Scan{Russian: arrived(), Zone: 3, Country: "RU", Place: "Москва"}},
			{33, 8, Scan{Russian: withheld(), Zone: 3, Country: "RU", Place: "Москва"}},
		}},
	}
}
