package extract

import (
	"regexp"
	"strings"
	"unicode"

	"parcelwatch/extract/shop"
)

// Mail in an unknown language has no labels. Phones are recognised by their
// format and the buyer's name by its place in a greeting.

var (
	phoneForm = regexp.MustCompile(`\+?\(?\d[\d ().\-/\x{a0}]{5,18}\d`)
	dateForm  = regexp.MustCompile(`\d{4}[-./]\d{1,2}[-./]\d{1,2}|\d{1,2}[-./] ?\d{1,2}[-./] ?\d{2,4}`)
)

// phones returns the phone numbers of a text that are printed in groups.
func phones(s string) [][]int {
	var out [][]int
	for _, at := range phoneForm.FindAllStringIndex(s, -1) {
		found := s[at[0]:at[1]]
		digits := countDigits(found)
		if dateForm.MatchString(found) || digits > 15 {
			continue
		}
		if found[0] == '+' && digits >= 7 || digits >= 9 && digits != len(found) {
			out = append(out, at)
		}
	}
	return out
}

// called reports whether a text contains a phone number. Tracking numbers
// printed in groups do not count.
func called(s string) bool {
	at := 0
	for _, c := range spreadNumbers(s) {
		if len(phones(s[at:c.Start])) > 0 {
			return true
		}
		at = c.End
	}
	return len(phones(s[at:])) > 0
}

const (
	greetingLines = 12 // lines at the top of a page
	greetingWords = 4
)

// greeted returns the name in a line that looks like a greeting: a few words,
// the first of which is not a name, and a comma or an exclamation mark at the
// end.
func greeted(s string) string {
	s = strings.TrimSpace(s)
	head := strings.TrimRight(s, ",!，！ ")
	words := strings.Fields(head)
	if head == s || len(words) < 2 || len(words) > greetingWords || countDigits(head) > 0 {
		return ""
	}
	var name []string
	for _, w := range words[1:] {
		if first := []rune(w)[0]; unicode.IsUpper(first) {
			name = append(name, w)
		}
	}
	return strings.Join(name, " ")
}

// strangers records the names in possible greetings at the top of a page.
func (r *redactor) strangers(pg *page) {
	for _, l := range pg.lines[:min(len(pg.lines), greetingLines)] {
		if l.role == shop.RolePlain {
			r.learnName(greeted(pg.str(l)))
		}
	}
}
