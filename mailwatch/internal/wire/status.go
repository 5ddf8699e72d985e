package wire

import (
	"fmt"
	"math"
	"strconv"
	"strings"
)

// status rewrites the response code: only those that the library or the caller needs stay.
func (m *Mender) status(tag, kind string) error {
	line, err := m.line()
	if err != nil {
		return err
	}
	text := strings.TrimPrefix(line, " ")
	code := ""
	if strings.HasPrefix(text, "[") {
		var name, args string
		name, args, text = splitCode(text)
		code = m.code(tag, name, args, &text)
		if name == "ALERT" || name == "WEBALERT" {
			m.alert(tag, kind, strings.TrimSpace(text+" "+args))
		}
	}
	if strings.HasPrefix(text, "[") {
		text = "(" + text[1:] // the library would read another code
	}
	m.say("%s %s", tag, kind)
	for _, part := range []string{code, text} {
		if part != "" {
			m.say(" %s", part)
		}
	}
	m.say("\r\n")
	return nil
}

// alert reports a text, unless an error contains it.
func (m *Mender) alert(tag, kind, text string) {
	if m.Alert != nil && text != "" && (tag == "*" || kind == "OK") {
		m.Alert(text)
	}
}

// code returns what the library is given of a response code. What it is not given is
// added to the text of a tagged response, which may be an error.
func (m *Mender) code(tag, name, args string, text *string) string {
	switch name {
	case "CAPABILITY":
		return "[CAPABILITY" + atoms(args) + "]"
	case "UIDVALIDITY":
		n, err := strconv.ParseUint(strings.TrimSpace(args), 10, 64)
		if err != nil {
			return ""
		}
		if n > math.MaxUint32 {
			n = max(n&math.MaxUint32, 1) // of a server that numbers in milliseconds
		}
		return fmt.Sprintf("[UIDVALIDITY %d]", n)
	case "UIDNEXT":
		if n := number(args); n > 0 {
			return fmt.Sprintf("[UIDNEXT %d]", n)
		}
		return ""
	case "PERMANENTFLAGS":
		return "[PERMANENTFLAGS (" + flags(args) + ")]"
	}
	switch {
	case tag == "*":
		return ""
	case name == "" || name == "APPENDUID" || name == "COPYUID":
		if args != "" {
			*text = strings.TrimSpace(*text + " (" + args + ")")
		}
		return ""
	}
	return "[" + name + "]"
}

// splitCode splits "[NAME args] text". The name is empty if it is not an atom; then args
// holds everything in the brackets.
func splitCode(line string) (name, args, text string) {
	end := atom([]byte(line[1:])) + 1
	name = strings.ToUpper(line[1:end])
	closing := strings.IndexByte(line, ']')
	proper := end < len(line) && (line[end] == ' ' || line[end] == ']') && name != ""
	switch {
	case !proper:
		closing, name, end = outside(line), "", 1
	case name == "PERMANENTFLAGS":
		closing = outside(line)
	}
	if closing < 0 {
		return "", "", line[1:]
	}
	return name, strings.TrimSpace(line[min(end, closing):closing]), strings.TrimPrefix(line[closing+1:], " ")
}

// outside returns the place of the first closing bracket outside strings and lists, or
// the last one of the line.
func outside(line string) int {
	quoted, depth := false, 0
	for i, b := range []byte(line) {
		switch {
		case b == '"':
			quoted = !quoted
		case quoted:
		case b == '(':
			depth++
		case b == ')':
			depth--
		case b == ']' && depth <= 0:
			return i
		}
	}
	return strings.LastIndexByte(line, ']')
}

// isAtom reports whether the library accepts a byte in an atom.
func isAtom(b byte) bool { return atom([]byte{b}) == 1 }

// atoms returns the atoms of a list, each with a blank before it.
func atoms(list string) string {
	var out strings.Builder
	for word := range strings.FieldsSeq(list) {
		if atom([]byte(word)) == len(word) {
			out.WriteString(" " + word)
		}
	}
	return out.String()
}

// flags returns the flags and keywords of a list that the library can read.
func flags(list string) string {
	list = strings.TrimLeft(list, " (")
	if end := strings.LastIndexByte(list, ')'); end >= 0 {
		list = list[:end]
	}
	var out []string
	for word := range strings.FieldsSeq(list) {
		name := strings.TrimPrefix(word, `\`)
		if name != "" && atom([]byte(name)) == len(name) || word == `\*` {
			out = append(out, word)
		}
	}
	return strings.Join(out, " ")
}
