package locale

import (
	"strconv"
	"strings"

	"parcelwatch/internal/message"
	"parcelwatch/internal/textx"
)

// Text renders t in one line: messages are joined by a colon, advice by a semicolon.
// An empty t is an empty line.
func (p *Printer) Text(t message.Text) string {
	out := ""
	for i, m := range t {
		words := p.message(m)
		switch {
		case i == 0:
			out = words
		case m.Advice():
			out = p.T("then", "First", out, "Then", words)
		default:
			out = p.Pair(out, words)
		}
	}
	return out
}

// Either is the program's own English, such as an error with its causes, where
// that is the language, else the text.
func (p *Printer) Either(english string, t message.Text) string {
	if p.language == fallback {
		return english
	}
	return p.Text(t)
}

// Texts renders several texts in one line, joined by semicolons.
func (p *Printer) Texts(all []message.Text) string {
	lines := make([]string, len(all))
	for i, t := range all {
		lines[i] = p.Text(t)
	}
	return strings.Join(lines, "; ")
}

// English renders texts in English, for logs and JSON.
func English(all ...message.Text) string {
	if len(all) == 1 && len(all[0]) == 0 {
		return "" // as of a state without a fault, which is the most frequent
	}
	p, err := New(fallback)
	if err != nil {
		return err.Error()
	}
	return p.Texts(all)
}

// message renders one message with its inner text.
func (p *Printer) message(m message.Message) string {
	data := make([]any, len(m.Data), len(m.Data)+2)
	for i, s := range m.Data {
		data[i] = s
		if n, err := strconv.Atoi(s); err == nil && i > 0 && m.Data[i-1] == "Count" {
			data[i] = n
		}
	}
	if m.Inner != nil {
		data = append(data, "Inner", p.Text(m.Inner))
	}
	id := m.ID
	words := p.T(id, data...)
	if words == id {
		id = present(id)
		words = p.T(id, data...)
	}
	if words == id {
		return p.T("fault_no_words", "ID", textx.Line(m.ID, maxID))
	}
	return words
}

// maxID limits the id of a message that is in no catalogue.
const maxID = 60

// present returns the id that replaced one which older versions have stored.
func present(id string) string {
	for row := range rows("former.tsv", 2) {
		if row[0] == id {
			return row[1]
		}
	}
	return id
}
