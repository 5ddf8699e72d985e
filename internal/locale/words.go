package locale

import (
	"cmp"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"parcelwatch/parcel"
	"parcelwatch/parcel/number"
)

// Status returns the status in words, in lower case if the language allows it.
func (p *Printer) Status(s parcel.Status) string { return p.word("status_", string(s)) }

// Standing returns the status of a parcel in words, given the event that reports it. If
// neither a shop nor a carrier has reported it, as with a number just typed in, it says
// so; a parcel that customs have released is not said to be there.
func (p *Printer) Standing(s parcel.Status, by parcel.Event, heard bool) string {
	if s == parcel.PreAdvice && !heard {
		return p.T("unheard")
	}
	if s == parcel.Customs {
		for _, carrier := range by.Sources {
			if op, _ := p.operationOf(carrier, codeOf(by)); op == "import_cleared" || op == "export_cleared" {
				return p.T("op_" + op)
			}
		}
	}
	return p.Status(s)
}

// Step returns the shop's step in words.
func (p *Printer) Step(s parcel.Step) string { return p.word("step_", string(s)) }

// Phase returns the phase of a parcel's journey in words.
func (p *Printer) Phase(s parcel.Phase) string { return p.word("phase_", string(s)) }

// Result returns the result of a request to a carrier in words.
func (p *Printer) Result(r parcel.Result) string { return p.word("result_", string(r)) }

// MailboxState returns the state of a mailbox in words.
func (p *Printer) MailboxState(s parcel.MailboxState) string { return p.word("mailbox_", string(s)) }

// Sharing says what a short budget means.
func (p *Printer) Sharing(s parcel.Sharing) string {
	return p.T("sharing", "Post", p.Carrier(s.Carrier), "Parcels", s.Parcels, "Budget", s.Budget, "Each", s.Each())
}

// CarrierState returns the state of a carrier in words.
func (p *Printer) CarrierState(s parcel.CarrierState) string { return p.word("carrier_", string(s)) }

// Country returns the name of the country with the ISO 3166-1 alpha-2 code, or the
// code if it has no name.
func (p *Printer) Country(code string) string {
	code = strings.ToUpper(code)
	// The catalogue has priority: CLDR's name of Hong Kong is long.
	if s := p.optional("country_" + strings.ToLower(code)); s != "" {
		return s
	}
	if s := p.regions()[code]; s != "" {
		return s
	}
	return code
}

// Post returns the name of the post of the country with the ISO code, empty if there
// is none.
func (p *Printer) Post(country string) string {
	if s := p.optional("post_" + strings.ToLower(country)); s != "" {
		return s
	}
	post, _ := number.PostOf(strings.ToUpper(country))
	return post.Name
}

// Carrier returns the display name of a carrier: the title that the user has defined, the
// name of its post or its own, or its name in the configuration if it is not known.
func (p *Printer) Carrier(name string) string {
	if title := p.titles[name]; title != "" {
		return title
	}
	if country := p.carriers()[name].country; country != "" {
		return p.Post(country)
	}
	return cmp.Or(p.optional("name_"+name), p.carriers()[name].called, name)
}

// Days renders a number of days: "1 day", "5 days".
func (p *Printer) Days(n int) string { return p.T("days", "Count", n) }

// Ago renders a time span in the past: "3 hours ago", "12 days ago". Less than a
// minute, or a time in the future, is "just now".
func (p *Printer) Ago(d time.Duration) string {
	const day = 24 * time.Hour
	switch {
	case d < time.Minute:
		return p.T("ago_now")
	case d < time.Hour:
		return p.T("ago_minutes", "Count", int(d/time.Minute))
	case d < 2*day:
		return p.T("ago_hours", "Count", int(d/time.Hour))
	default:
		return p.T("ago_days", "Count", int(d/day))
	}
}

// Date renders the day of t with its year: "2 March 2026".
func (p *Printer) Date(t time.Time) string {
	return p.T("date_long", "Day", t.Day(), "Month", p.month(t), "Year", t.Year())
}

// ShortDate renders the day of t without its year: "2 March".
func (p *Printer) ShortDate(t time.Time) string {
	return p.T("date_short", "Day", t.Day(), "Month", p.month(t))
}

// DayDate renders the weekday and day of d: "Monday, 2 March". A value that is not a
// date is returned unchanged.
func (p *Printer) DayDate(d parcel.Date) string {
	t := d.Time(time.UTC)
	if t.IsZero() {
		return string(d)
	}
	return p.T("date_weekday", "Weekday", p.Weekday(t), "Date", p.ShortDate(t))
}

// DateTime renders the day and time of t in t's zone: "2 March 2026, 08:30".
func (p *Printer) DateTime(t time.Time) string {
	return p.T("date_time", "Date", p.Date(t), "Time", p.Clock(t))
}

// Clock renders the time of day of t: "08:30".
func (p *Printer) Clock(t time.Time) string { return t.Format("15:04") }

// Weekday returns the name of t's day of the week.
func (p *Printer) Weekday(t time.Time) string {
	return p.T("weekday_" + strconv.Itoa(int(t.Weekday())))
}

func (p *Printer) month(t time.Time) string {
	return p.T("month_" + t.Format("01"))
}

// Capital returns s with its first letter in upper case.
func (p *Printer) Capital(s string) string {
	r, n := utf8.DecodeRuneInString(s)
	if n == 0 || r == utf8.RuneError {
		return s
	}
	if p.language == "tr" {
		return string(unicode.TurkishCase.ToUpper(r)) + s[n:]
	}
	return string(unicode.ToUpper(r)) + s[n:]
}

// Pair renders a name and a text about it: "Guangzhou: accepted".
func (p *Printer) Pair(name, text string) string {
	return p.T("pair", "Name", name, "Text", text)
}

// word returns the word for a value of a closed set. An unknown value is returned
// unchanged, so that a newer store can be read.
func (p *Printer) word(prefix, value string) string {
	if value == "" {
		return ""
	}
	if s := p.T(prefix + value); s != prefix+value {
		return s
	}
	return value
}
