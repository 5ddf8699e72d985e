package extract

import (
	"crypto/hmac"
	"crypto/sha256"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"parcelwatch/extract/shop"
	"parcelwatch/mail"
	"parcelwatch/parcel/number"
)

// redactor replaces everything that identifies a person, a parcel or an order.
// A replacement depends on the word and on the whole mail: the same word is
// replaced the same way throughout the copy, and cannot be found by guessing
// without the mail.
type redactor struct {
	parser *Parser
	salt   []byte
	made   map[string]string
	names  map[string]bool // folded words of names and addresses
	orders []string
	spans  []span // address lines in the text being copied
}

// span is a range of a source text that is replaced letter by letter.
type span struct{ from, to int }

var (
	addressWord = regexp.MustCompile(`[A-Za-z0-9._%+=~-]+@[A-Za-z0-9.-]+`)
	ipAddress   = regexp.MustCompile(`\b\d{1,3}\.\d{1,3}\.\d{1,3}\.\d{1,3}\b`)
)

// learnHeader records the names in the address fields.
func (r *redactor) learnHeader(h mail.Header) {
	for _, key := range []string{"To", "Cc", "Delivered-To", "Reply-To", "X-Original-To", "Resent-To", "Sender", "From"} {
		for _, value := range h.Values(key) {
			for _, a := range mail.Addresses(value) {
				if r.parser.senders.Of(a, h).Class == mail.Foreign {
					r.learnName(a.Name)
				}
			}
		}
	}
}

// learnName records the words of a name.
func (r *redactor) learnName(s string) {
	for w := range strings.FieldsFuncSeq(s, func(c rune) bool { return !unicode.IsLetter(c) && !unicode.Is(unicode.Mn, c) }) {
		if f := foldWord(w); utf8.RuneCountInString(f) >= 2 && !r.common(f) {
			r.names[f] = true
		}
	}
}

// common reports whether a word is part of the vocabulary of mails. Such a word
// is kept even if it is also a name.
func (r *redactor) common(w string) bool {
	v := r.parser.words
	if v.stop[w] != 0 || len(v.phrases.exact[w]) > 0 || strings.Contains(w, "aliexpress") {
		return true
	}
	for _, list := range v.phrases.exact {
		for _, p := range list {
			if has(p.words, w) {
				return true
			}
		}
	}
	return false
}

// learn records the orders of a mail and the names in its address fields,
// greetings and addresses.
func (r *redactor) learn(raw []byte, depth int) {
	h := mail.ParseHeader(raw)
	r.learnHeader(h)
	b := readBody(raw)
	for _, c := range b.contents {
		pg := r.page(c.text, c.html)
		rd := reading{p: r.parser, subject: r.parser.readSubject(h.Subject), pages: []page{pg}}
		rd.read()
		r.orders = append(r.orders, rd.orders...)
		r.strangers(&pg)
		for _, l := range pg.lines {
			if l.role == shop.RoleAddress {
				r.learnName(pg.addressText(l))
				continue
			}
			if end, ok := pg.leads(l, labelGreeting); ok && l.end-l.start < 80 {
				r.learnName(clause(strings.TrimLeft(pg.text[pg.after(l, end):l.end], " ,!，、")))
			}
		}
	}
	for _, m := range b.mails {
		if depth < 2 {
			r.learn(m, depth+1)
		}
	}
}

// addressText returns an address line without its label.
func (pg *page) addressText(l line) string {
	end, ok := pg.leads(l, labelShipTo)
	if !ok {
		return pg.str(l)
	}
	return pg.text[pg.after(l, end):l.end]
}

func (r *redactor) page(text []byte, isHTML bool) page {
	var pg page
	if isHTML {
		pg = r.parser.readMarkup(text, &scratch{})
	} else {
		pg = r.parser.readText(text, flow{})
	}
	r.parser.analyse(&pg)
	return pg
}

// plain copies text that is not part of the structure.
func (r *redactor) plain(s []byte) []byte {
	return []byte(r.words(strings.ToValidUTF8(string(s), "?")))
}

// mask replaces an address: all digits, and all words except the label in
// front.
func (r *redactor) mask(s string) string {
	label := 0
	pg := r.parser.onePage(s)
	if end, ok := pg.leads(pg.lines[0], labelShipTo); ok {
		label = pg.after(pg.lines[0], end)
	}
	return s[:label] + r.each(s[label:], func(w string) string { return r.fake(w, false) })
}

// words replaces mail addresses, names, ids and numbers in a text.
func (r *redactor) words(s string) string {
	s = addressWord.ReplaceAllStringFunc(s, r.address)
	s = ipAddress.ReplaceAllString(s, "192.0.2.1")
	// The pieces of a number printed in groups or with invisible letters are
	// not recognised on their own.
	var b strings.Builder
	at := 0
	for _, c := range spreadNumbers(s) {
		b.WriteString(r.unnumbered(s[at:c.Start]))
		b.WriteString(r.regrouped(s[c.Start:c.End], c.Number))
		at = c.End
	}
	b.WriteString(r.unnumbered(s[at:]))
	return b.String()
}

// unnumbered replaces phones and words in a text between two numbers.
func (r *redactor) unnumbered(s string) string {
	var b strings.Builder
	at := 0
	for _, p := range phones(s) {
		b.WriteString(r.each(s[at:p[0]], r.word))
		b.WriteString(r.each(s[p[0]:p[1]], func(w string) string { return r.fake(w, false) }))
		at = p[1]
	}
	b.WriteString(r.each(s[at:], r.word))
	return b.String()
}

// regrouped writes the replacement of a number in the original groups.
func (r *redactor) regrouped(s string, n number.Number) string {
	made, k := r.fake(string(n), true), 0
	piece := []byte(s)
	for i, c := range piece {
		if letter(c) || isDigit(c) {
			piece[i] = made[k]
			k++
		}
	}
	return string(piece)
}

func spreadNumbers(s string) []number.Candidate {
	var out []number.Candidate
	for _, c := range number.Candidates(s) {
		if c.End-c.Start != len(c.Number) && !strings.Contains(string(c.Number), "-") {
			out = append(out, c)
		}
	}
	return out
}

// each calls f for every run of letters and digits and keeps everything else,
// including percent escapes in links.
func (r *redactor) each(s string, f func(string) string) string {
	var b strings.Builder
	b.Grow(len(s))
	start := 0
	flush := func(end int) {
		if start < end {
			b.WriteString(f(s[start:end]))
		}
	}
	for i := 0; i < len(s); {
		c, w := utf8.DecodeRuneInString(s[i:])
		if unicode.IsLetter(c) || unicode.IsNumber(c) || unicode.Is(unicode.Mn, c) {
			i += w
			continue
		}
		flush(i)
		if n := escape(s[i:]); n > 0 {
			w = n
		}
		b.WriteString(s[i : i+w])
		i += w
		start = i
	}
	flush(len(s))
	return b.String()
}

// escape returns the length of a percent escape, including one that was escaped
// again.
func escape(s string) int {
	if s[0] != '%' {
		return 0
	}
	n := 1
	for strings.HasPrefix(s[n:], "25") {
		n += 2
	}
	if len(s) >= n+2 && isHex(s[n]) && isHex(s[n+1]) {
		return n + 2
	}
	return n
}

// word replaces one word outside of addresses if necessary.
func (r *redactor) word(w string) string {
	digits := countDigits(w)
	switch {
	case digits >= 5 && !stamp(w):
		return r.id(w)
	case digits == 0 && r.names[foldWord(w)]:
		return r.fake(w, false)
	default:
		return w
	}
}

// stamp reports whether s is the date at the end of a template name, which
// identifies the template and not a person.
func stamp(s string) bool {
	return (len(s) == 8 || len(s) == 12) && allDigits(s) && !makeDate(s[6:8], s[4:6], s[:4]).IsZero()
}

// id replaces an order id or a tracking number. A rotated id and an id with a
// running number in front are replaced consistently with the plain id.
func (r *redactor) id(w string) string {
	for _, o := range r.orders {
		switch {
		case w == o:
			return r.fake(w, true)
		case len(w) == len(o) && w == o[len(o)-4:]+o[:len(o)-4]:
			f := r.fake(o, true)
			return f[len(f)-4:] + f[:len(f)-4]
		case len(w) <= len(o)+2 && strings.HasSuffix(w, o):
			return w[:len(w)-len(o)] + r.fake(o, true)
		}
	}
	return r.fake(w, true)
}

// fake returns a replacement of the same length with the same kinds of
// characters. The letters of an id are kept, and a tracking number keeps its
// family.
func (r *redactor) fake(w string, id bool) string {
	key := w
	if id {
		key = "\x00" + w
	}
	if have, ok := r.made[key]; ok {
		return have
	}
	out := r.scramble(w, 0, id && tokenForm(w), 0)
	if n := number.Number(w); id && tokenForm(w) {
		for try := range 400 {
			keep := 4
			if try > 300 {
				keep = len(w) - 2 // some families allow few variations
			}
			out = r.scramble(w, byte(try), true, keep)
			if m := number.Number(out); out != w && m.Family() == n.Family() && m.Check() == n.Check() && m.Strength() == n.Strength() {
				break
			}
		}
	}
	r.made[key] = out
	return out
}

// scramble replaces letters and digits by others that depend on the salt. It
// keeps the first keep digits, and all letters if letters is true.
func (r *redactor) scramble(w string, try byte, letters bool, keep int) string {
	mac := hmac.New(sha256.New, r.salt)
	mac.Write([]byte{try})
	mac.Write([]byte(w))
	noise := mac.Sum(nil)
	var b strings.Builder
	for i, c := range []rune(w) {
		n := rune(noise[i%len(noise)])
		switch {
		case i < keep:
			b.WriteRune(c)
		case c >= '0' && c <= '9':
			b.WriteRune('0' + n%10)
		case letters:
			b.WriteRune(c)
		case c >= 'a' && c <= 'f':
			b.WriteRune('a' + n%6)
		case c >= 'a' && c <= 'z':
			b.WriteRune('g' + n%20)
		case c >= 'A' && c <= 'Z':
			b.WriteRune('A' + n%26)
		case c >= 'а' && c <= 'я':
			b.WriteRune('а' + n%32)
		case c >= 'А' && c <= 'Я':
			b.WriteRune('А' + n%32)
		case unicode.IsNumber(c):
			b.WriteByte('0')
		case unicode.Is(unicode.Mn, c):
		default:
			b.WriteByte('x')
		}
	}
	return b.String()
}

// address replaces a mail address that is not the shop's. In an address made by
// a rewriter it replaces only the user's part.
func (r *redactor) address(a string) string {
	local, domain, ok := mail.Parts(strings.ToLower(a))
	if !ok {
		return "user@example.org"
	}
	if private, ok := r.parser.senders.Private(a); ok {
		for _, part := range private {
			a = strings.Replace(a, part, r.scramble(part, 0, false, 0), 1)
		}
		return a
	}
	if r.parser.senders.Address("x@"+domain).Class == mail.Shop {
		return a
	}
	if have, ok := r.made["@"+a]; ok {
		return have
	}
	out := r.scramble("user-abc", local[0], false, 5) + r.scramble(strings.Repeat("g", 4)+local, 0, false, 0)[:4] + "@example.org"
	r.made["@"+a] = out
	return out
}

func isHex(c byte) bool {
	return c >= '0' && c <= '9' || c|0x20 >= 'a' && c|0x20 <= 'f'
}
