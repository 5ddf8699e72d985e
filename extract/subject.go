package extract

import (
	"strings"

	"parcelwatch/parcel/number"
)

// subject is an analysed subject line: its tokens and the words around them.
type subject struct {
	page
	tokens []token8
	order  bool // contains "order"
	parcel bool // contains "package" or "tracking number"
	promo  bool // contains "coupon" or similar
}

// token8 is a word of a subject that may be an order id or a tracking number:
// only capitals and digits, with at least eight digits.
type token8 struct {
	text  string
	tok   int   // first word
	last  int   // last word
	label label // label before (or after) it
	known bool  // a label was found
}

func (p *Parser) readSubject(text string) subject {
	s := subject{page: p.onePage(narrow(withoutReplyMarks(text)))}
	for _, m := range s.marks {
		s.order = s.order || m.label == labelOrder
		s.parcel = s.parcel || m.label == labelPackage || m.label == labelNumber
		s.promo = s.promo || m.label == labelPromo
	}
	for i := 0; i < len(s.fold.toks); i++ {
		t, ok := s.grouped(i)
		if !ok {
			t, ok = s.token(i)
		}
		if ok {
			s.tokens = append(s.tokens, t)
			i = t.last
		}
	}
	return s
}

// token returns the token that begins at a word.
func (s *subject) token(tok int) (token8, bool) {
	t := token8{tok: tok}
	t.text, t.last = s.dashSpan(tok, len(s.fold.toks))
	plain := strings.ReplaceAll(t.text, "-", "")
	form := tokenForm(plain) && lastDate(t.text).IsZero()
	if !form && !fewDigits(s.src(tok)) {
		return t, false
	}
	if t.label, _, t.known = s.labelBefore(tok); !t.known && t.last+1 < len(s.fold.toks) {
		t.label, t.known = s.labelBehind(t.last + 1)
	}
	if t.known && t.label == labelOrder && allDigits(plain) {
		t.text = plain
	}
	return t, form || t.last == tok && t.known && t.label != labelOrder
}

// grouped returns the number or order that is printed in groups behind a label.
func (s *subject) grouped(tok int) (token8, bool) {
	if !s.opensSpan(tok) {
		return token8{}, false
	}
	kind, _, ok := s.labelBefore(tok)
	if kind == labelOrder {
		if complete(s.src(tok)) {
			return token8{}, false
		}
		text, last := s.groupedOrder(s.lines[0], tok)
		return token8{text, tok, last, kind, true}, ok && text != ""
	}
	text, last := s.span(tok, formed)
	groups := last > tok && strings.Contains(s.text[s.fold.toks[tok].src0:s.fold.toks[last].src1], " ") && lastDate(text).IsZero()
	known := formed(text) || kind == labelNumber || s.colonBehind(last)
	return token8{text, tok, last, kind, true}, ok && groups && known && tokenForm(strings.ReplaceAll(text, "-", ""))
}

// labelBehind returns the label that begins at a word. In Korean the number may
// come before its label.
func (s *subject) labelBehind(tok int) (label, bool) {
	for k := s.markFrom(tok); k < len(s.marks) && s.marks[k].first == tok; k++ {
		if m := s.marks[k]; m.cjk && (m.label == labelOrder || m.label == labelPackage || m.label == labelNumber) {
			return m.label, true
		}
	}
	return 0, false
}

// tokenForm reports whether a word consists of capitals and digits, with at
// least eight digits. This fits every subject seen so far. Allowing lower case
// would make "delivered" a number.
func tokenForm(s string) bool {
	if len(s) < 8 || len(s) > 40 {
		return false
	}
	for i := range len(s) {
		if c := s[i]; (c < '0' || c > '9') && (c < 'A' || c > 'Z') {
			return false
		}
	}
	return countDigits(s) >= 8
}

// withoutReplyMarks removes "Fwd:", "WG:" and similar prefixes from a subject.
func withoutReplyMarks(s string) string {
	for range 4 {
		head, rest, ok := strings.Cut(s, ":")
		if !ok || len(head) > 24 || !replyMark(strings.ToLower(strings.TrimSpace(head))) {
			break
		}
		s = strings.TrimSpace(rest)
	}
	return strings.TrimSpace(s)
}

func replyMark(s string) bool {
	switch s {
	case "fwd", "fw", "re", "wg", "aw", "tr", "rv", "i", "r", "enc", "res", "doorst", "pd", "odp", "ynt", "ilt",
		"vs", "vl", "sv", "vb", "fs", "továbbítás", "пересл", "на", "нп", "הועבר", "전달", "転送", "转发", "轉寄":
		return true
	default:
		return false
	}
}

// isOrder reports whether a token of the subject is an order. It checks the
// order ids and numbers found in links, then the words around the token, then
// its form.
func (s *subject) isOrder(t token8, orders []string, numbers []number.Number) bool {
	digits := countDigits(t.text) == len(t.text)
	switch {
	case has(orders, t.text):
		return true
	case !digits || has(numbers, number.Number(t.text)):
		return false
	case t.known:
		return t.label == labelOrder
	case len(t.text) < 14 || len(t.text) > 17:
		return s.order && !s.parcel
	default:
		return s.order || !s.parcel
	}
}

// colonBehind reports whether the subject has the form "word NUMBER: what
// happened".
func (s *subject) colonBehind(tok int) bool {
	rest := strings.TrimLeft(s.text[s.fold.toks[tok].src1:], " ")
	return strings.HasPrefix(rest, ":") || strings.HasPrefix(rest, "：")
}

// namesParcel reports whether a word for "package" labels a token. In that case
// even a mail that mentions a gift is about a parcel.
func (s *subject) namesParcel() bool {
	for _, t := range s.tokens {
		if t.known && t.label != labelOrder {
			return true
		}
	}
	return false
}

// isNumber reports whether a token that is not an order is a tracking number.
// In the shop's subjects it almost always is, but a short run of digits without
// a label may be a date or a code.
func (s *subject) isNumber(t token8, step bool) bool {
	n := number.Number(t.text)
	switch {
	case t.known:
		return true
	case s.promo && !step:
		return false
	case n.Strength() >= number.Medium, s.parcel, step:
		return true
	case countDigits(t.text) == len(t.text):
		return n.Family() != number.FamilyUnknown && (len(t.text) >= 18 || len(t.text) >= 10 && s.colonBehind(t.last))
	default:
		return len(t.text) >= 10
	}
}
