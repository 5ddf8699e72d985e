package adapter

import (
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"parcelwatch/parcel"
)

// plain returns a text in small letters and without accents, which services leave out
// in capitals.
func plain(text string) string {
	return strings.Map(func(r rune) rune {
		if unicode.Is(unicode.Mn, r) {
			return -1
		}
		return r
	}, norm.NFD.String(strings.ToLower(text)))
}

// Begins returns the row of the code with whose words the text begins, the longest
// one if there are several.
func (t *Table) Begins(code, text string) (best Code, ok bool) {
	text = plain(text)
	for _, row := range t.list {
		if row.Code == code && row.Sub != "*" && len(row.words) > len(best.words) && strings.HasPrefix(text, row.words) {
			best, ok = row, true
		}
	}
	return best, ok
}

// Holds returns the row of the code whose words are the text, or else the first row
// whose words the text contains: earlier rows take precedence. Words of an arrival
// that the text denies, announces or says of somebody else do not count.
func (t *Table) Holds(code, text string) (found Code, ok bool) {
	text = plain(text)
	for _, row := range t.list {
		if row.Code != code || row.Sub == "*" {
			continue
		}
		if row.words == text {
			return row, true
		}
		before, contains := cutWords(text, row.words)
		if !ok && contains && !row.denied(before, text[len(before)+len(row.words):]) {
			found, ok = row, true
		}
	}
	return found, ok
}

// cutWords returns what stands before the words in a text. The words must begin
// where a word of the text begins: "undelivered" does not hold "delivered".
func cutWords(text, words string) (before string, ok bool) {
	for at := 0; ; {
		i := strings.Index(text[at:], words)
		if i < 0 {
			return "", false
		}
		before = text[:at+i]
		if r, _ := utf8.DecodeLastRuneInString(before); !unicode.IsLetter(r) {
			return before, true
		}
		at += i + len(words)
	}
}

// denials are words that deny what follows in their clause, or put it into the
// future.
const denials = " not non no never cannot unable failed be being until if when once before sara verra essere sera seran ser pendiente " +
	"attempted expected scheduled estimated awaiting will would should may might could almost nearly previsto prevista programado programada "

// Words behind an arrival that say of whom it is: a parcel that was delivered to a
// carrier or to a wrong place, or that a carrier is to collect, has not arrived.
var (
	toCarrier = regexp.MustCompile(`^[\pL-]*( to| al| a la| a| all| alla| allo)( the| our| local)* ?(carrier|courier|airline|shipping company|customs|depot|sorting|hub|export|transportista|repartidor|mensajero|aduana|corriere|vettore|dogana)|\b(in error|by mistake|wrong|por error|per errore)\b`)
	byCarrier = regexp.MustCompile(`\b(by|for|para|por|dal|da)( the| our| el| il)* (carrier|courier|driver|airline|shipping company|transportista|repartidor|mensajero|corriere|vettore)\b`)
)

// denied reports whether the words around those of the row, if it is an arrival, deny it.
func (row Code) denied(before, after string) bool {
	if end := strings.IndexAny(after, ".,;:!?"); end >= 0 {
		after = after[:end]
	}
	switch {
	case row.Status == parcel.Delivered && toCarrier.MatchString(after), row.Status == parcel.ReadyForPickup && byCarrier.MatchString(after):
		return true
	default:
		return (row.Status.Final() || row.Status == parcel.ReadyForPickup) && deniedBy(before)
	}
}

// deniedBy reports whether the clause that ends the text holds a denial.
func deniedBy(text string) bool {
	clause := text[strings.LastIndexAny(text, ".,;:!?")+1:]
	for word := range strings.FieldsSeq(clause) {
		if strings.Contains(denials, " "+word+" ") {
			return true
		}
	}
	return false
}

// undelivered is a delivery that is denied, with up to three words between.
var undelivered = regexp.MustCompile(`\b(undeliver|(not|no|non|never|cannot|unable|failed|unsuccessful)( \pL+){0,3} (deliver|entreg|consegn))`)

// Sober returns the row of a code, or a failed attempt if the row says that the parcel
// was delivered and the words beside the code deny it.
func Sober(row Code, words string) Code {
	if row.Status == parcel.Delivered && undelivered.MatchString(plain(words)) {
		row.Status = parcel.AttemptFailed
	}
	return row
}
