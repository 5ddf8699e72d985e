package setup

import (
	"slices"
	"strings"

	"github.com/pelletier/go-toml/v2/unstable"
)

// document is a TOML file edited line by line, so that comments, order and unknown
// keys are kept.
type document struct {
	sections []*section
}

// section is a header and the lines below it. The first one has no header.
type section struct {
	header  string // "[smtp]", "[[mailbox]]", "" for the beginning
	entries []entry
}

// entry is a key with its value, which may span several lines, or a line without a key.
type entry struct {
	key  string // empty for comments and blank lines
	text string // including the line ending
}

// parseDocument splits a file, which must be valid TOML, into sections.
func parseDocument(text string) *document {
	d := &document{sections: []*section{{}}}
	add := func(e entry) {
		if last := d.sections[len(d.sections)-1]; e.text != "" {
			last.entries = append(last.entries, e)
		}
	}
	var p unstable.Parser
	p.Reset([]byte(text))
	done := 0
	for p.NextExpression() {
		e := p.Expression()
		var names []string
		raw := e.Raw // of a key with its value
		for it := e.Key(); it.Next(); {
			if names = append(names, string(it.Node().Data)); e.Kind != unstable.KeyValue {
				raw = it.Node().Raw
			}
		}
		start := strings.LastIndexByte(text[:raw.Offset], '\n') + 1
		end := int(raw.Offset + raw.Length)
		end += len(text[end:]) - len(afterLine(text[end:]))
		add(entry{text: text[done:start]}) // comments and blank lines
		name := strings.Join(names, ".")
		switch e.Kind { //nolint:exhaustive // the others never stand at the top level
		case unstable.Table:
			d.sections = append(d.sections, &section{header: "[" + name + "]"})
			name = ""
		case unstable.ArrayTable:
			d.sections = append(d.sections, &section{header: "[[" + name + "]]"})
			name = ""
		}
		add(entry{key: name, text: text[start:end]})
		done = end
	}
	add(entry{text: text[done:]})
	return d
}

// afterLine returns what follows the first line.
func afterLine(text string) string {
	_, rest, _ := strings.Cut(text, "\n")
	return rest
}

// String returns the content of the file.
func (d *document) String() string {
	var b strings.Builder
	for _, s := range d.sections {
		for _, e := range s.entries {
			b.WriteString(e.text)
		}
	}
	return b.String()
}

// general returns the part above all headers.
func (d *document) general() *section { return d.sections[0] }

// find returns the nth section with the header, or nil.
func (d *document) find(header string, n int) *section {
	for _, s := range d.sections {
		if s.header != header {
			continue
		}
		if n == 0 {
			return s
		}
		n--
	}
	return nil
}

// open returns the nth section with the header and appends it if it does not exist.
func (d *document) open(header string, n int) *section {
	if s := d.find(header, n); s != nil {
		return s
	}
	last := d.sections[len(d.sections)-1]
	if text := d.String(); text != "" {
		gap := "\n"
		if !strings.HasSuffix(text, "\n") {
			gap = "\n\n"
		}
		last.entries = append(last.entries, entry{text: gap})
	}
	s := &section{header: header, entries: []entry{{text: header + "\n"}}}
	d.sections = append(d.sections, s)
	return s
}

// set replaces the value of a key, or adds the key after the last one.
func (s *section) set(key, value string) {
	line := entry{key: key, text: key + " = " + value + "\n"}
	for i, e := range s.entries {
		if e.key == key {
			if _, was, _ := strings.Cut(e.text, "="); strings.TrimSpace(was) != value {
				s.entries[i] = line
			}
			return
		}
	}
	at := len(s.entries)
	if s.header != "" {
		at = 0
	}
	for i, e := range s.entries {
		if e.key != "" || strings.HasPrefix(strings.TrimSpace(e.text), "[") {
			at = i + 1
		}
	}
	if at > 0 && !strings.HasSuffix(s.entries[at-1].text, "\n") {
		s.entries[at-1].text += "\n"
	}
	s.entries = slices.Insert(s.entries, at, line)
}

// remove deletes a key and its dotted keys (key.more).
func (s *section) remove(key string) {
	s.entries = slices.DeleteFunc(s.entries, func(e entry) bool {
		return e.key == key || strings.HasPrefix(e.key, key+".")
	})
}

// removeBelow deletes the sub-section of s with the header.
func (d *document) removeBelow(s *section, header string) {
	at := slices.Index(d.sections, s)
	for i := at + 1; i < len(d.sections); i++ {
		h := d.sections[i].header
		if h == s.header {
			return
		}
		if h == header {
			d.sections = slices.Delete(d.sections, i, i+1)
			return
		}
	}
}

// quoted returns s as a TOML string.
func quoted(s string) string {
	s = printable(s)
	if strings.Contains(s, `\`) && !strings.Contains(s, "'") {
		return "'" + s + "'" // a path on Windows
	}
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(s) + `"`
}

func quotedList(list []string) string {
	out := make([]string, 0, len(list))
	for _, s := range list {
		out = append(out, quoted(s))
	}
	return "[" + strings.Join(out, ", ") + "]"
}
