package extract

import (
	"strings"

	"parcelwatch/parcel/number"
)

// subject is what a subject line tells by its form: its tokens, and what stands
// around them.
type subject struct {
	page
	tokens []token8
	order  bool // says "order"
	parcel bool // says "package" or "tracking number"
	promo  bool // says "coupon" and the like
}

// token8 is a word of a subject that may be an order id or a number: at least
// eight capitals and digits with at least eight digits.
type token8 struct {
	text  string
	tok   int
	label label // what the word before (or behind) it says it is
	known bool  // a label was found
}

func (p *Parser) readSubject(text string) subject {
	s := subject{page: p.onePage(withoutReplyMarks(text))}
	for _, m := range s.marks {
		s.order = s.order || m.label == labelOrder
		s.parcel = s.parcel || m.label == labelPackage || m.label == labelNumber
		s.promo = s.promo || m.label == labelPromo
	}
	for i := range s.fold.toks {
		if word := s.src(i); tokenForm(word) {
			t := token8{text: word, tok: i}
			if t.label, t.known = s.labelBefore(i); !t.known && i+1 < len(s.fold.toks) {
				t.label, t.known = s.labelBehind(i + 1)
			}
			s.tokens = append(s.tokens, t)
		}
	}
	return s
}

// labelBehind is the label that begins at a word: in Korean the number may come
// first.
func (s *subject) labelBehind(tok int) (label, bool) {
	for k := s.markFrom(tok); k < len(s.marks) && s.marks[k].first == tok; k++ {
		if m := s.marks[k]; m.cjk && (m.label == labelOrder || m.label == labelPackage || m.label == labelNumber) {
			return m.label, true
		}
	}
	return 0, false
}

// tokenForm is the rule that fits every subject seen: capitals and digits only,
// eight digits at least. Small letters would make "delivered" a number.
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

// withoutReplyMarks takes "Fwd:", "WG:" and the like off a subject.
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

// isOrder decides what a token of the subject is: what the links say, then what
// the words say, then its form. Known are the order ids and numbers of links.
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

// colonBehind reports the form "word NUMBER: what happened".
func (s *subject) colonBehind(tok int) bool {
	rest := strings.TrimLeft(s.text[s.fold.toks[tok].src1:], " ")
	return strings.HasPrefix(rest, ":") || strings.HasPrefix(rest, "：")
}

// namesParcel reports whether a word for "package" stands at a token: then even
// a mail that speaks of a gift is about a parcel.
func (s *subject) namesParcel() bool {
	for _, t := range s.tokens {
		if t.known && t.label != labelOrder {
			return true
		}
	}
	return false
}

// isNumber says whether a token that is no order is taken for a tracking number.
// In a subject of the shop that is nearly always so; a short run of digits with
// nothing that says what it is may be a date or a code.
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
		return n.Family() != number.FamilyUnknown && (len(t.text) >= 18 || len(t.text) >= 10 && s.colonBehind(t.tok))
	default:
		return len(t.text) >= 10
	}
}
