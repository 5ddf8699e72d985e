package extract

import (
	"regexp"
	"strings"
	"unicode"

	"parcelwatch/extract/shop"
)

// Mail in a language that is not known here has no labels: a phone is told by its
// form, the buyer's name by the place of a greeting.

var (
	phoneForm = regexp.MustCompile(`\+?\(?\d[\d ().\-/\x{a0}]{5,18}\d`)
	dateForm  = regexp.MustCompile(`\d{4}[-./]\d{1,2}[-./]\d{1,2}|\d{1,2}[-./] ?\d{1,2}[-./] ?\d{2,4}`)
)

// phones finds the phone numbers of a text that are printed in groups.
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

// called reports whether a phone number stands in a text, tracking numbers in
// groups put aside.
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
	greetingLines = 12 // of a page's head
	greetingWords = 4
)

// greeted is the name in a line that has the form of a greeting: a few words, the
// first of them no name, and a comma or an exclamation mark at the end.
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

// strangers notes the names in what may be greetings at the head of a page.
func (r *redactor) strangers(pg *page) {
	for _, l := range pg.lines[:min(len(pg.lines), greetingLines)] {
		if l.role == shop.RolePlain {
			r.learnName(greeted(pg.str(l)))
		}
	}
}
