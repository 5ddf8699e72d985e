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

// Status is the status in words, in lower case where the language allows it.
func (p *Printer) Status(s parcel.Status) string { return p.word("status_", string(s)) }

// Standing is the status of a parcel, or that nobody has said anything of it: a
// number that a person typed in is announced by nobody.
func (p *Printer) Standing(s parcel.Status, heard bool) string {
	if s == parcel.PreAdvice && !heard {
		return p.T("unheard")
	}
	return p.Status(s)
}

// Step is the shop's step in words.
func (p *Printer) Step(s parcel.Step) string { return p.word("step_", string(s)) }

// Phase is where on the journey a parcel is, in words.
func (p *Printer) Phase(s parcel.Phase) string { return p.word("phase_", string(s)) }

// Result is how asking a carrier ended, in words.
func (p *Printer) Result(r parcel.Result) string { return p.word("result_", string(r)) }

// MailboxState is how reading a mailbox goes, in words.
func (p *Printer) MailboxState(s parcel.MailboxState) string { return p.word("mailbox_", string(s)) }

// CarrierState is how asking a carrier goes, in words.
func (p *Printer) CarrierState(s parcel.CarrierState) string { return p.word("carrier_", string(s)) }

// Country is the name of the country with the ISO 3166-1 alpha-2 code, or the
// code where there is no name for it.
func (p *Printer) Country(code string) string {
	code = strings.ToUpper(code)
	// Our own words first: CLDR is long-winded on Hong Kong.
	if s := p.optional("country_" + strings.ToLower(code)); s != "" {
		return s
	}
	if s := p.regions()[code]; s != "" {
		return s
	}
	return code
}

// Post is what the post of the country with the ISO code is called; empty where
// it has none.
func (p *Printer) Post(country string) string {
	if s := p.optional("post_" + strings.ToLower(country)); s != "" {
		return s
	}
	post, _ := number.PostOf(strings.ToUpper(country))
	return post.Name
}

// Carrier returns the name of a carrier in running text, or its name in the
// configuration if it is not known.
func (p *Printer) Carrier(name string) string {
	if country := p.carriers()[name].country; country != "" {
		return p.Post(country)
	}
	return cmp.Or(p.optional("name_"+name), p.carriers()[name].called, name)
}

// CredentialHelp says in one line where the credential of a carrier is to be
// had; where the language has no text of its own, in the carrier's own words.
func (p *Printer) CredentialHelp(carrier, own string) string {
	if s := p.optional("key_" + carrier); s != "" {
		return s
	}
	return own
}

// Days is a number of days: "1 day", "5 days".
func (p *Printer) Days(n int) string { return p.T("days", "Count", n) }

// Ago is how long ago something was: "3 hours ago", "12 days ago". Less than a
// minute, and what lies ahead, is "just now".
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

// Date is the day of t with its year: "2 March 2026".
func (p *Printer) Date(t time.Time) string {
	return p.T("date_long", "Day", t.Day(), "Month", p.month(t), "Year", t.Year())
}

// ShortDate is the day of t without its year: "2 March".
func (p *Printer) ShortDate(t time.Time) string {
	return p.T("date_short", "Day", t.Day(), "Month", p.month(t))
}

// DayDate is the weekday and day of d: "Monday, 2 March". What is not a date
// comes back as it is.
func (p *Printer) DayDate(d parcel.Date) string {
	t := d.Time(time.UTC)
	if t.IsZero() {
		return string(d)
	}
	return p.T("date_weekday", "Weekday", p.Weekday(t), "Date", p.ShortDate(t))
}

// DateTime is the day and the time of t in t's own zone: "2 March 2026, 08:30".
func (p *Printer) DateTime(t time.Time) string {
	return p.T("date_time", "Date", p.Date(t), "Time", p.Clock(t))
}

// Clock is the time of day of t: "08:30".
func (p *Printer) Clock(t time.Time) string { return t.Format("15:04") }

// Weekday is the name of t's day of the week.
func (p *Printer) Weekday(t time.Time) string {
	return p.T("weekday_" + strconv.Itoa(int(t.Weekday())))
}

func (p *Printer) month(t time.Time) string {
	return p.T("month_" + t.Format("01"))
}

// Capital is a sentence with its first letter in upper case.
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

// Pair is a name and what there is to say of it: "Guangzhou: accepted".
func (p *Printer) Pair(name, text string) string {
	return p.T("pair", "Name", name, "Text", text)
}

// word is a word of a closed set; a value from outside the set is shown as it
// is, so that a newer store can be read.
func (p *Printer) word(prefix, value string) string {
	if value == "" {
		return ""
	}
	if s := p.T(prefix + value); s != prefix+value {
		return s
	}
	return value
}
