package parcel

import "time"

// spreadUnknown is how far the instant of an event with unknown zone and country
// may be from its wall clock read as UTC.
const spreadUnknown = 14 * time.Hour

// instant returns when the event happened, as well as it is known: its time, or the
// wall clock read in the usual zone of its country, or in UTC.
func (e Event) instant() time.Time {
	if e.ZoneKnown {
		return e.Time
	}
	w := e.Time.UTC()
	offset, _ := clock(e.Country)
	zone := time.UTC
	if offset != 0 {
		zone = time.FixedZone("", int(offset/time.Second))
	}
	return time.Date(w.Year(), w.Month(), w.Day(), w.Hour(), w.Minute(), w.Second(), w.Nanosecond(), zone)
}

// spread returns how far the true instant may be from [Event.instant].
func (e Event) spread() time.Duration {
	if e.ZoneKnown {
		return 0
	}
	_, spread := clock(e.Country)
	return spread
}

// wall returns the wall clock of the event's place, stored as UTC.
func (e Event) wall() time.Time {
	if !e.ZoneKnown {
		return e.Time.UTC()
	}
	_, offset := e.Time.Zone()
	return e.Time.UTC().Add(time.Duration(offset) * time.Second)
}

// clock returns the offset from UTC in winter where most people of a country live,
// and how far other zones and summer time are from it. It only helps to order wall
// clocks of different posts, so it does not need the history of time zones, which
// the standard library has on some systems only.
func clock(country string) (offset, spread time.Duration) {
	if offset, spread, ok := wideClock(country); ok {
		return offset, spread
	}
	const summer = time.Hour
	switch country {
	case "GB", "IE", "PT", "IS", "FO", "GG", "JE", "IM", "MA", "SN", "GH", "CI", "ML", "MR", "GM", "GN", "SL", "LR", "TG", "BF":
		return 0, summer
	case "DE", "FR", "IT", "ES", "PL", "NL", "BE", "LU", "AT", "CH", "LI", "CZ", "SK", "HU", "SI", "HR", "BA", "RS", "ME", "MK", "AL", "XK",
		"DK", "NO", "SE", "MT", "AD", "MC", "SM", "VA", "GI", "DZ", "TN", "NG", "CM", "BJ", "NE", "TD", "AO", "GA", "CG", "CF", "GQ":
		return time.Hour, summer
	case "FI", "AX", "EE", "LV", "LT", "UA", "MD", "RO", "BG", "GR", "CY", "IL", "PS", "LB", "EG", "ZA", "NA", "BW", "ZM", "ZW", "MZ", "MW", "RW", "BI", "LY", "LS", "SZ", "SD", "SS":
		return 2 * time.Hour, summer
	case "BY", "TR", "SA", "IQ", "KW", "QA", "BH", "YE", "JO", "SY", "KE", "TZ", "UG", "ET", "ER", "DJ", "SO", "MG", "KM", "YT":
		return 3 * time.Hour, summer
	case "IR":
		return 3*time.Hour + 30*time.Minute, summer
	case "AE", "OM", "GE", "AM", "AZ", "MU", "RE", "SC":
		return 4 * time.Hour, summer
	case "AF":
		return 4*time.Hour + 30*time.Minute, 0
	case "UZ", "TM", "TJ", "PK", "MV":
		return 5 * time.Hour, 0
	case "IN", "LK":
		return 5*time.Hour + 30*time.Minute, 0
	case "NP":
		return 5*time.Hour + 45*time.Minute, 0
	case "KG", "BD", "BT":
		return 6 * time.Hour, 0
	case "MM":
		return 6*time.Hour + 30*time.Minute, 0
	case "TH", "VN", "KH", "LA":
		return 7 * time.Hour, 0
	case "CN", "HK", "MO", "TW", "SG", "MY", "PH", "BN":
		return 8 * time.Hour, 0
	case "JP", "KR", "KP", "TL":
		return 9 * time.Hour, 0
	case "NZ", "FJ":
		return 12 * time.Hour, summer
	case "AR", "UY", "GF", "SR", "PM":
		return -3 * time.Hour, summer
	case "VE", "BO", "PY", "GY", "DO", "PR", "TT", "BB", "GP", "MQ", "CW", "AW", "VI", "BM":
		return -4 * time.Hour, summer
	case "CO", "PE", "PA", "JM", "CU", "HT", "BS", "KY":
		return -5 * time.Hour, summer
	case "GT", "SV", "HN", "NI", "CR", "BZ":
		return -6 * time.Hour, 0
	default:
		return 0, spreadUnknown
	}
}

// wideClock is clock for countries with several zones.
func wideClock(country string) (offset, spread time.Duration, ok bool) {
	switch country {
	case "RU":
		return 3 * time.Hour, 9 * time.Hour, true
	case "KZ":
		return 5 * time.Hour, time.Hour, true
	case "MN":
		return 8 * time.Hour, time.Hour, true
	case "ID":
		return 7 * time.Hour, 2 * time.Hour, true
	case "AU":
		return 10 * time.Hour, 3 * time.Hour, true
	case "US":
		return -5 * time.Hour, 6 * time.Hour, true
	case "CA":
		return -5 * time.Hour, 4 * time.Hour, true
	case "MX":
		return -6 * time.Hour, 2 * time.Hour, true
	case "BR":
		return -3 * time.Hour, 2 * time.Hour, true
	case "CL":
		return -4 * time.Hour, 2 * time.Hour, true
	case "EC":
		return -5 * time.Hour, time.Hour, true
	case "CD":
		return time.Hour, time.Hour, true
	default:
		return 0, 0, false
	}
}
