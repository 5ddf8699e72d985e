package setup

import (
	"slices"
	"strings"

	"github.com/pelletier/go-toml/v2"
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
	for text != "" {
		n := logicalLine(text)
		line := text[:n]
		text = text[n:]
		trimmed := strings.TrimSpace(line)
		if strings.HasPrefix(trimmed, "[") {
			d.sections = append(d.sections, &section{header: header(trimmed), entries: []entry{{text: line}}})
			continue
		}
		last := d.sections[len(d.sections)-1]
		last.entries = append(last.entries, entry{key: keyOf(trimmed), text: line})
	}
	return d
}

// header returns a header line without comment, blanks and quotes.
func header(line string) string {
	end := strings.LastIndex(line, "]")
	if i := strings.Index(line, "#"); i >= 0 && i < end {
		end = strings.LastIndex(line[:i], "]")
	}
	return strings.NewReplacer(" ", "", "\t", "", `"`, "", "'", "").Replace(line[:end+1])
}

func keyOf(line string) string {
	if line == "" || line[0] == '#' {
		return ""
	}
	key, _, found := strings.Cut(line, "=")
	if !found {
		return ""
	}
	return strings.NewReplacer(" ", "", "\t", "", `"`, "", "'", "").Replace(key)
}

// logicalLine returns the length in bytes of the first key with its value. A list or a
// multi-line string spans several lines: it is valid TOML only with all of them.
func logicalLine(text string) int {
	end := 0
	for line := range strings.Lines(text) {
		end += len(line)
		var ignored map[string]any
		if toml.Unmarshal([]byte(text[:end]), &ignored) == nil {
			return end
		}
	}
	return len(text)
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
