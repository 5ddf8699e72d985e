package declared

import (
	"bytes"
	"encoding/json"
	"regexp"
	"slices"
	"strings"
	"unicode"

	"golang.org/x/net/html"

	"parcelwatch/carriers"
	"parcelwatch/carriers/internal/adapter"
	"parcelwatch/parcel/number"
)

// kind says what a value is for that a selector has picked.
type kind int

const (
	kindWord    kind = iota // shown, after names are removed
	kindTime                // read with a layout
	kindCode                // looked up in the status table
	kindNumber              // of this or another parcel
	kindPrivate             // about the recipient's surroundings
)

// mask makes an answer fit to be shown. See [Fixture].
type mask struct {
	*program

	n        number.Number
	invented map[string]number.Number
	read     map[string]kind
	timed    []string // texts that were read as times
	said     []string // words that were read, as they are shown
	literals []string // texts in selectors, which compare values with them
	selected string   // all selectors
}

func newMask(t *Trace, n number.Number) *mask {
	m := &mask{program: t.program, n: n, invented: map[string]number.Number{}, read: map[string]kind{}, timed: t.timed}
	for _, s := range t.seen {
		if _, known := m.read[s.text]; !known || s.kind != kindWord {
			m.read[s.text] = s.kind
		}
	}
	for _, text := range t.said {
		m.said = append(m.said, spaced(m.shown(text)))
	}
	m.selected = strings.Join(t.selectors(), "\n")
	for _, text := range quoted.FindAllString(m.selected, -1) {
		m.literals = append(m.literals, text[1:len(text)-1])
	}
	return m
}

// of returns what stands for a number.
func (m *mask) of(text string) number.Number {
	if adapter.Same(m.n, text) {
		text = string(m.n)
	}
	if m.invented[text] == "" {
		i := 0
		if text != string(m.n) {
			i = len(m.invented) + 1
		}
		m.invented[text] = invent(number.Number(text), i)
	}
	return m.invented[text]
}

var (
	numberForm = regexp.MustCompile(`[A-Za-z0-9]{6,}`)                  // a number among others
	digitsForm = regexp.MustCompile(`\d{6,}`)                           // digits that may be somebody's number
	jsonPart   = regexp.MustCompile(`"(?:[^"\\]|\\.)*"|-?\d[\d.eE+-]*`) // a text or a number of JSON

	phoneForm = regexp.MustCompile(`\+?\(?\d[\d ()./-]{5,}\d`)
	dateForm  = regexp.MustCompile(`^(?:(?:19|20)\d\d[-./](?:0?[1-9]|1[0-2])[-./](?:0?[1-9]|[12]\d|3[01])|(?:0?[1-9]|[12]\d|3[01])[-./](?:0?[1-9]|1[0-2])[-./](?:19|20)\d\d)(?:[T ]\d{1,2}(?::\d\d){0,2}(?:[.,]\d+)?(?:Z|[+-]\d\d:?\d\d)?)?`)
	clockForm = regexp.MustCompile(`^\d{1,2}:\d\d(?::\d\d)?$`)
)

// date reports whether a text is a date, with or without a clock, or a clock.
func date(text string) bool {
	return dateForm.FindString(text) == text || clockForm.MatchString(text)
}

// shown returns words of an event without what events lose, and without phone numbers and
// addresses of email.
func (m *mask) shown(text string) string {
	for _, re := range m.cut {
		text = re.ReplaceAllString(text, "")
	}
	return m.reachless(adapter.NoNames(text))
}

// reachless returns a text without phone numbers, addresses of email and the number.
func (m *mask) reachless(text string) string {
	text = carriers.MaskEmail(text)
	text = strings.ReplaceAll(text, string(m.n), string(m.of(string(m.n))))
	return phoneForm.ReplaceAllStringFunc(text, func(s string) string {
		if count(s) < 7 || dateForm.MatchString(s) && count(s) <= 14 || m.ours(s) {
			return s
		}
		return carriers.Mask(s)
	})
}

// ours reports whether digits are those of an invented number.
func (m *mask) ours(s string) bool {
	for _, n := range m.invented {
		if strings.Contains(string(n), s) {
			return true
		}
	}
	return false
}

// value returns a value of an answer as it is kept. key is the member of an object or the
// element that it belongs to.
func (m *mask) value(key, text string) string {
	v := strings.Join(strings.Fields(text), " ")
	k, picked := m.read[v]
	switch {
	case v == "", slices.Contains([]string{"0", "1", "true", "false"}, v):
		return text
	case slices.Contains(m.personal, key):
		return carriers.Mask(text)
	case adapter.Same(m.n, v):
		return string(m.of(v))
	case picked && k == kindNumber:
		return numberForm.ReplaceAllStringFunc(text, func(s string) string { return string(m.of(s)) })
	case slices.ContainsFunc(m.timed, func(t string) bool { return within(t, v) }), slices.Contains(m.literals, v), date(v):
		return text
	case picked && k == kindCode && m.coded(v):
		return text
	case picked && k == kindCode:
		return m.reachless(text)
	case picked && k != kindPrivate:
		return m.beginning(m.shown(text))
	case m.says(v), len(v) > 2 && strings.Contains(m.complete, v):
		return text
	}
	return m.around(text)
}

// says reports whether words are among those that were read.
func (m *mask) says(text string) bool {
	text = spaced(text)
	return slices.ContainsFunc(m.said, func(said string) bool { return strings.Contains(said, text) })
}

// beginning keeps of a text the words that are shown. What follows them is a part of what
// events lose, such as a name in a field of its own.
func (m *mask) beginning(text string) string {
	kept := text
	for kept != "" && !m.says(kept) {
		kept = kept[:max(0, strings.LastIndexAny(strings.TrimSpace(kept), " \t\r\n"))]
	}
	return kept + m.around(text[len(kept):])
}

// coded reports whether the status table has a code.
func (m *mask) coded(code string) bool {
	return slices.ContainsFunc(m.rows, func(r *row) bool { return r.code == strings.ToUpper(code) })
}

// around masks a text but for what the definition looks for in the whole answer.
func (m *mask) around(text string) string {
	if m.complete == "" {
		return carriers.Mask(text)
	}
	parts := strings.Split(text, m.complete)
	for i := range parts {
		parts[i] = carriers.Mask(parts[i])
	}
	return strings.Join(parts, m.complete)
}

// json returns an answer in JSON with its form.
func (m *mask) json(answer []byte) []byte {
	var out bytes.Buffer
	rest := answer
	if at := callback.FindIndex(bytes.TrimLeft(answer, " \t\r\n\ufeff")); at != nil {
		skipped := bytes.IndexByte(answer, '(') + 1
		out.Write(answer[:skipped])
		rest = answer[skipped:]
	}
	key, done := "", 0
	for _, at := range jsonPart.FindAllIndex(rest, -1) {
		out.Write(rest[done:at[0]])
		part := rest[at[0]:at[1]]
		done = at[1]
		var text string
		switch {
		case part[0] != '"':
			out.WriteString(m.number(key, string(part)))
			continue
		case json.Unmarshal(part, &text) != nil:
			continue
		}
		kept := text
		if member := bytes.HasPrefix(bytes.TrimLeft(rest[done:], " \t\r\n"), []byte(":")); !member {
			kept = m.value(key, text)
		} else if key = text; count(text) >= 6 {
			kept = string(m.of(text))
		}
		out.Write(requoted(part, text, kept))
	}
	out.Write(rest[done:])
	return out.Bytes()
}

// requoted returns a text of JSON, as it was if it has not changed.
func requoted(was []byte, text, kept string) []byte {
	if text == kept {
		return was
	}
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if e.Encode(kept) != nil {
		return []byte(`""`)
	}
	return bytes.TrimSpace(b.Bytes())
}

// number returns a number of JSON as it is kept: one that is not read has other digits,
// but is not zero.
func (m *mask) number(key, text string) string {
	kept := m.value(key, text)
	switch {
	case kept == text, strings.Trim(text, "-0.") == "", strings.Contains(m.selected, text) && len(text) < 6:
		return text
	case adapter.Same(m.n, text), m.read[text] == kindNumber:
		return kept
	}
	return strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' {
			return '1'
		}
		return r
	}, text)
}

// plainAttributes say how a page looks and not what it says.
const plainAttributes = " class id name role type rel lang dir style colspan rowspan width height for method "

// page returns a page with its form.
func (m *mask) page(answer []byte) []byte {
	var out bytes.Buffer
	element := ""
	z := html.NewTokenizer(bytes.NewReader(answer))
	for z.Next() != html.ErrorToken {
		raw := bytes.Clone(z.Raw())
		switch t := z.Token(); t.Type {
		case html.TextToken:
			if element == "script" || element == "style" {
				raw = []byte(carriers.Mask(t.Data))
			} else if kept := m.value(element, t.Data); kept != t.Data {
				raw = []byte(html.EscapeString(kept))
			}
		case html.CommentToken:
			if kept := m.value("", t.Data); kept != t.Data {
				raw = []byte("<!--" + kept + "-->")
			}
		case html.StartTagToken, html.SelfClosingTagToken:
			element = t.Data
			if m.attributes(&t) {
				raw = []byte(t.String())
			}
		default:
		}
		out.Write(raw)
	}
	out.Write(z.Raw())
	return out.Bytes()
}

// attributes masks the attributes of an element and reports whether one has changed.
func (m *mask) attributes(t *html.Token) (changed bool) {
	for i, a := range t.Attr {
		switch {
		case strings.Contains(m.selected, a.Val):
		case strings.Contains(plainAttributes, " "+a.Key+" "), strings.Contains(m.selected, "["+a.Key):
			t.Attr[i].Val = strings.ReplaceAll(a.Val, string(m.n), string(m.of(string(m.n))))
			if t.Attr[i].Val == a.Val {
				t.Attr[i].Val = digitsForm.ReplaceAllStringFunc(a.Val, carriers.Mask)
			}
		default:
			t.Attr[i].Val = m.value(a.Key, a.Val)
		}
		changed = changed || t.Attr[i].Val != a.Val
	}
	return changed
}

// spaced returns the words of a text with one blank between and around them.
func spaced(text string) string {
	apart := func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) }
	return " " + strings.Join(strings.FieldsFunc(text, apart), " ") + " "
}

// within reports whether words are a part of others.
func within(all, words string) bool { return strings.Contains(spaced(all), spaced(words)) }

// count returns the number of digits.
func count(text string) (n int) {
	for _, r := range text {
		if r >= '0' && r <= '9' {
			n++
		}
	}
	return n
}
