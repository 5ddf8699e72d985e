package extract

import (
	"strconv"
	"strings"
	"time"

	"parcelwatch/extract/shop"
	"parcelwatch/internal/textx"
	"parcelwatch/parcel"
)

const etaAhead = 200 * 24 * time.Hour // maximum distance of an expected day from the mail's date

// eta returns the expected day of delivery: the date after its label, or a date
// alone on a line if it is later than the mail's own date.
func (pg *page) eta(sent time.Time) parcel.Date {
	for i, l := range pg.lines {
		if l.role != shop.RolePlain {
			continue
		}
		if end, ok := pg.has(l, labelETA); ok {
			d := lastDate(pg.text[pg.after(l, end):l.end])
			if d.IsZero() && i+1 < len(pg.lines) {
				d = lastDate(pg.str(pg.lines[i+1]))
			}
			if plausible(d, sent) {
				return parcel.DateOf(d)
			}
		}
	}
	for _, l := range pg.lines {
		if d := pg.loneDate(l); l.role == shop.RolePlain && !sent.IsZero() && plausible(d, sent) && !d.Before(sent.AddDate(0, 0, -1)) {
			return parcel.DateOf(d)
		}
	}
	return ""
}

// loneDate returns the date of a line that contains nothing else.
func (pg *page) loneDate(l line) time.Time {
	s := pg.str(l)
	if len(s) < 8 || len(s) > 24 || pg.weight(l.tok0, l.tok1) != countParts(s) {
		return time.Time{}
	}
	return lastDate(s)
}

// has returns where a label ends, anywhere in the line.
func (pg *page) has(l line, want label) (int, bool) {
	for _, m := range pg.marksOf(l) {
		if m.label == want {
			return m.last + 1, true
		}
	}
	return 0, false
}

// after returns the offset after the words of a label.
func (pg *page) after(l line, tok int) int {
	if tok <= l.tok0 {
		return l.start
	}
	return pg.fold.toks[tok-1].src1
}

func countParts(s string) int {
	n := 0
	for range strings.FieldsFuncSeq(s, func(r rune) bool { return r < '0' || r > '9' }) {
		n++
	}
	return n
}

func plausible(d, sent time.Time) bool {
	if d.IsZero() {
		return false
	}
	return sent.IsZero() || d.After(sent.Add(-etaAhead)) && d.Before(sent.Add(etaAhead))
}

// lastDate returns the last date of a text, so the end of a range. The day
// comes before the month, also in English mail; if the year comes first, the
// order is year, month, day.
func lastDate(s string) time.Time {
	s = textx.Cut(s, 200)
	var last time.Time
	for i := 0; i < len(s); {
		if s[i] < '0' || s[i] > '9' {
			i++
			continue
		}
		d, n := dateAt(s[i:])
		if n == 0 {
			for i < len(s) && s[i] >= '0' && s[i] <= '9' {
				i++
			}
			continue
		}
		last = d
		i += n
	}
	if last.IsZero() {
		last = wordDate(s)
	}
	return last
}

// dateAt parses a date of three numbers with the same separator.
func dateAt(s string) (time.Time, int) {
	var part [3]string
	i := 0
	var sep byte
	for k := range part {
		start := i
		for i < len(s) && s[i] >= '0' && s[i] <= '9' {
			i++
		}
		part[k] = s[start:i]
		if k == 2 {
			break
		}
		if i >= len(s) || strings.IndexByte("/.-", s[i]) < 0 || sep != 0 && s[i] != sep {
			return time.Time{}, 0
		}
		sep = s[i]
		i++
		for sep == '.' && i < len(s) && s[i] == ' ' {
			i++
		}
	}
	day, month, year := part[0], part[1], part[2]
	if len(day) == 4 {
		day, year = year, day
	}
	d := makeDate(day, month, year)
	if d.IsZero() {
		return d, 0
	}
	return d, i
}

func makeDate(day, month, year string) time.Time {
	d, errD := strconv.Atoi(day)
	m, errM := strconv.Atoi(month)
	y, errY := strconv.Atoi(year)
	if errD != nil || errM != nil || errY != nil || len(year) != 4 || y < 2000 || y > 2199 {
		return time.Time{}
	}
	t := time.Date(y, time.Month(m), d, 0, 0, 0, 0, time.UTC)
	if t.Day() != d || int(t.Month()) != m {
		return time.Time{}
	}
	return t
}

// wordDate parses dates with the month in English: "Mar 05, 2026", "5 March
// 2026".
func wordDate(s string) time.Time {
	words := strings.FieldsFunc(s, func(r rune) bool { return r == ' ' || r == ',' || r == '.' })
	for i := len(words) - 3; i >= 0; i-- {
		a, b, y := words[i], words[i+1], words[i+2]
		if m := month(a); m > 0 {
			if d := makeDate(b, strconv.Itoa(m), y); !d.IsZero() {
				return d
			}
		}
		if m := month(b); m > 0 {
			if d := makeDate(a, strconv.Itoa(m), y); !d.IsZero() {
				return d
			}
		}
	}
	return time.Time{}
}

func month(s string) int {
	if len(s) < 3 {
		return 0
	}
	i := strings.Index("janfebmaraprmayjunjulaugsepoctnovdec", strings.ToLower(s[:3]))
	if i < 0 || i%3 != 0 {
		return 0
	}
	return i/3 + 1
}
