package extract

import (
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"parcelwatch/extract/shop"
	"parcelwatch/internal/textx"
	"parcelwatch/parcel"
)

const (
	maxItems = 40
	maxTitle = 160 // runes
)

// items finds the articles. It uses titles marked by the markup, or else the
// quantity line ("x1", alone or after a price) below title and variant.
func (pg *page) items() []parcel.Item {
	out := pg.marked()
	if len(out) > 0 {
		return out
	}
	for i, l := range pg.lines {
		if l.role == shop.RoleAddress {
			continue
		}
		var item parcel.Item
		ok := false
		if n := quantity(pg.str(l)); n > 0 {
			item, ok = pg.itemAbove(i)
			item.Quantity = n
		} else if l.role == shop.RoleTitle && !pg.counted(i) {
			item, ok = pg.itemBelow(i), true
		}
		if ok && len(out) < maxItems && !has(out, item) {
			out = append(out, item)
		}
	}
	return out
}

// counted reports whether there is a quantity below the title on line i. The
// mail about several packages has none.
func (pg *page) counted(i int) bool {
	for k := i + 1; k < len(pg.lines) && k <= i+5 && pg.lines[k].role != shop.RoleTitle; k++ {
		if quantity(pg.str(pg.lines[k])) > 0 {
			return true
		}
	}
	return false
}

// itemBelow reads an article without a quantity: its title, and the variant
// below it if there is one.
func (pg *page) itemBelow(i int) parcel.Item {
	item := parcel.Item{Title: textx.Cut(pg.str(pg.lines[i]), maxTitle), Quantity: 1}
	if k := i + 1; k < len(pg.lines) && pg.lines[k].role == shop.RoleVariant {
		item.Variant = textx.Cut(pg.str(pg.lines[k]), maxTitle)
	}
	return item
}

// marked finds the articles whose titles are marked by the markup.
func (pg *page) marked() []parcel.Item {
	var out []parcel.Item
	for i, l := range pg.lines {
		if l.role != shop.RoleTitle {
			continue
		}
		item := parcel.Item{Title: textx.Cut(pg.str(l), maxTitle), Quantity: 1}
		for k := i + 1; k < len(pg.lines) && k <= i+4 && pg.lines[k].role != shop.RoleTitle; k++ {
			if s := pg.str(pg.lines[k]); pg.lines[k].role == shop.RoleVariant {
				item.Variant = textx.Cut(s, maxTitle)
			} else if n := quantity(s); n > 0 {
				item.Quantity = n
				break
			}
		}
		if len(out) < maxItems && !has(out, item) {
			out = append(out, item)
		}
	}
	return out
}

// itemAbove reads the title and variant from the lines above the quantity.
func (pg *page) itemAbove(i int) (parcel.Item, bool) {
	var lines [2]int
	found := 0
	for k := i - 1; k >= 0 && k >= i-5 && found < len(lines); k-- {
		l := pg.lines[k]
		s := pg.str(l)
		if price(s) || s == "." || pg.button(k) {
			continue
		}
		if l.role == shop.RoleAddress || quantity(s) > 0 || pg.heading(l) || found > 0 && sentence(s) {
			break
		}
		lines[found] = k
		found++
		if l.role == shop.RoleTitle || cutTitle(s) {
			break
		}
	}
	text := func(k int) string { return textx.Cut(pg.str(pg.lines[k]), maxTitle) }
	switch found {
	case 0:
		return parcel.Item{}, false
	case 1:
		return parcel.Item{Title: text(lines[0])}, true
	default:
		return parcel.Item{Title: text(lines[1]), Variant: text(lines[0])}, true
	}
}

// button reports whether a line is the text of a link to an order or parcel,
// which is never an article.
func (pg *page) button(i int) bool {
	return pg.lines[i].role == shop.RolePlain && slices.ContainsFunc(pg.links, func(k link) bool {
		return k.line <= i && i <= k.last && len(k.numbers) > 0
	})
}

// heading reports whether a line is a label or a sentence rather than an
// article.
func (pg *page) heading(l line) bool {
	if l.role == shop.RoleTitle || l.role == shop.RoleVariant {
		return false
	}
	if l.end-l.start > 200 {
		return true
	}
	for i := l.tok0; i < l.tok1; i++ {
		if pg.fold.toks[i].digits >= 13 {
			return true
		}
	}
	for _, m := range pg.marksOf(l) {
		if m.label != labelStep && m.label != labelFiller && m.label != labelPromo && pg.leading(l, m.first) &&
			2*pg.weight(m.first, m.last+1) >= pg.weight(l.tok0, l.tok1) {
			return true
		}
	}
	return false
}

// sentence reports whether a line ends like a sentence.
func sentence(s string) bool {
	end, _ := utf8.DecodeLastRuneInString(s)
	return strings.ContainsRune(".!?。！？", end) && !cutTitle(s)
}

// cutTitle reports whether the shop has truncated a title.
func cutTitle(s string) bool { return strings.HasSuffix(s, "...") || strings.HasSuffix(s, "…") }

// quantity parses "x1", "x 2" and "1,99 € x1". It returns 0 for any other line.
func quantity(s string) int {
	if len(s) < 2 || len(s) > 40 {
		return 0
	}
	i := len(s)
	for i > 0 && s[i-1] >= '0' && s[i-1] <= '9' {
		i--
	}
	if i == len(s) || len(s)-i > 3 {
		return 0
	}
	n, err := strconv.Atoi(s[i:])
	if err != nil || n < 1 {
		return 0
	}
	head := strings.TrimRight(s[:i], " ")
	for _, x := range []string{"x", "X", "×", "х", "Х"} {
		if rest, ok := strings.CutSuffix(head, x); ok {
			if rest = strings.TrimSpace(rest); rest == "" || price(rest) {
				return n
			}
		}
	}
	return 0
}

// price reports whether a line is only an amount of money: a number with a
// currency or two decimals, and at most one short word.
func price(s string) bool {
	if s == "" || len(s) > 32 {
		return false
	}
	digits, symbols := 0, 0
	var letters [4]rune
	n := 0
	for _, r := range s {
		switch {
		case r >= '0' && r <= '9':
			digits++
		case strings.ContainsRune("$€£¥₽₴₺₪₩﷼", r):
			symbols++
		case unicode.IsLetter(r):
			if n == len(letters) {
				return false
			}
			letters[n] = unicode.ToLower(r)
			n++
		}
	}
	if digits == 0 || !oneNumber(s) {
		return false
	}
	return n == 0 && (symbols > 0 || decimals(s)) || n > 0 && currency(string(letters[:n]))
}

// oneNumber reports whether all digits of a line belong to one number.
func oneNumber(s string) bool {
	numbers := 0
	for f := range strings.FieldsFuncSeq(s, func(r rune) bool { return r == ' ' || r == 0xa0 || unicode.IsLetter(r) }) {
		if countDigits(f) > 0 {
			numbers++
		}
	}
	return numbers == 1 || numbers == 2 && decimals(s)
}

// decimals reports whether a number has two digits after a dot or comma.
func decimals(s string) bool {
	for i := 1; i+2 < len(s); i++ {
		if (s[i] == '.' || s[i] == ',') && isDigit(s[i-1]) && isDigit(s[i+1]) && isDigit(s[i+2]) && (i+3 == len(s) || !isDigit(s[i+3])) {
			return true
		}
	}
	return false
}

func isDigit(c byte) bool { return c >= '0' && c <= '9' }

// currency reports whether a word is the short name of a currency.
func currency(s string) bool {
	switch s {
	case "us", "usd", "eur", "gbp", "zł", "zl", "pln", "kč", "czk", "руб", "р", "rub", "грн", "uah", "tl", "try",
		"r", "brl", "krw", "원", "円", "jpy", "ils", "sar", "aed", "br", "byn", "тг", "kzt", "kr", "ft", "lei", "a", "c", "au", "ca":
		return true
	default:
		return false
	}
}
