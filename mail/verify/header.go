package verify

import (
	"bytes"
	"iter"
	"slices"
	"strings"
)

// field is one header field, unfolded, the topmost first.
type field struct {
	name  string // as written, without blanks around it
	value string
}

func (f field) is(name string) bool { return strings.EqualFold(f.name, name) }

// split cuts a mail at its first empty line. The line itself belongs to the
// head, as DKIM's reader wants it.
func split(raw []byte) (head, body []byte) {
	for at := 0; at < len(raw); {
		end := bytes.IndexByte(raw[at:], '\n')
		if end < 0 {
			break
		}
		if len(bytes.TrimRight(raw[at:at+end], "\r")) == 0 {
			return raw[:at+end+1], raw[at+end+1:]
		}
		at += end + 1
	}
	return raw, nil
}

// fieldsOf reads a head field by field. Lines that are none (the "From " of an
// mbox, garbage) are left out; the name may have blanks before its colon,
// because DKIM's reader allows them too.
func fieldsOf(head []byte) []field {
	var out []field
	for lines := range foldedLines(head) {
		text := strings.TrimRight(string(lines), "\r\n")
		name, value, ok := strings.Cut(text, ":")
		name = strings.TrimSpace(name)
		if ok && name != "" && !strings.ContainsAny(name, " \t\r\n") {
			out = append(out, field{name: name, value: strings.TrimSpace(unfold.Replace(value))})
		}
	}
	return out
}

//nolint:gochecknoglobals // a table
var unfold = strings.NewReplacer("\r\n", "", "\n", "")

// foldedLines cuts a head into its fields, each with the lines that continue it.
// The empty line at the end is none.
func foldedLines(head []byte) iter.Seq[[]byte] {
	return func(yield func([]byte) bool) {
		start, at := 0, 0
		for line := range bytes.Lines(head) {
			if at > start && line[0] != ' ' && line[0] != '\t' {
				if !yield(head[start:at]) {
					return
				}
				start = at
			}
			if len(bytes.TrimRight(line, "\r\n")) == 0 {
				return
			}
			at += len(line)
		}
		if at > start {
			yield(head[start:at])
		}
	}
}

// values are the values of all fields of that name, topmost first.
func values(fields []field, name string) []string {
	var out []string
	for _, f := range fields {
		if f.is(name) {
			out = append(out, f.value)
		}
	}
	return out
}

// doubled names a field that may stand only once and stands twice. DKIM signs
// the lower one while readers take the upper one, so a genuine mail could be
// given another subject or another body structure without breaking it.
func doubled(fields []field) string {
	once := []string{"Subject", "Content-Type", "Content-Transfer-Encoding"}
	i := slices.IndexFunc(once, func(name string) bool { return len(values(fields, name)) > 1 })
	if i < 0 {
		return ""
	}
	return once[i]
}
