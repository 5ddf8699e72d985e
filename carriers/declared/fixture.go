package declared

import (
	"bytes"
	"embed"
	"fmt"
	"io/fs"
	"path"
	"strings"

	"parcelwatch/carriers"
	"parcelwatch/carriers/internal/adapter"
	"parcelwatch/parcel/number"
)

// Ignored is the status of rows that are no events, such as forecasts.
const Ignored = adapter.Ignored

// builtins are definitions of built-in carriers, which the tests run with the
// recordings of those.
//
//go:embed testdata/*.toml
var builtins embed.FS

// Builtin returns the definition of a built-in carrier, if there is one.
func Builtin(name string) ([]byte, bool) {
	if !nameForm.MatchString(name) {
		return nil, false
	}
	text, err := builtins.ReadFile("testdata/" + name + ".toml")
	return text, err == nil
}

// BuiltinNames lists the carriers that [Builtin] knows.
func BuiltinNames() string {
	files, err := fs.Glob(builtins, "testdata/*.toml")
	if err != nil {
		return ""
	}
	for i, file := range files {
		files[i] = strings.TrimSuffix(path.Base(file), ".toml")
	}
	return strings.Join(files, ", ")
}

// Fixture returns an answer that can be shown to others: without personal data, with
// another number of the same form, and with its times, so that it is read as before.
func Fixture(t *Trace, n number.Number) ([]byte, number.Number) {
	answer, kept := t.Answer, map[string]string{}
	keep := func(was, becomes string) {
		if was == "" || !bytes.Contains(answer, []byte(was)) {
			return
		}
		token := fmt.Sprintf("\x01%d\x01", len(kept))
		kept[token] = becomes
		answer = bytes.ReplaceAll(answer, []byte(was), []byte(token))
	}
	invented := invent(n)
	keep(string(n), string(invented))
	for _, r := range t.Rows {
		for part := range strings.FieldsSeq(r.Time) {
			keep(part, part)
		}
	}
	answer = carriers.Redact(answer)
	for token, text := range kept {
		answer = bytes.ReplaceAll(answer, []byte(token), []byte(text))
	}
	return answer, invented
}

// invent returns a number of the same form that belongs to nobody.
func invent(n number.Number) number.Number {
	digits := 0
	text := strings.Map(func(r rune) rune {
		if r < '0' || r > '9' {
			return r
		}
		digits++
		return rune('0' + (9-digits%10)%10)
	}, string(n))
	out := number.Number(text)
	if !n.S10() {
		return out
	}
	for check := '0'; check <= '9'; check++ { // the last digit is the check digit
		out = number.Number(text[:10] + string(check) + text[11:])
		if out.Check() == number.CheckOK {
			break
		}
	}
	return out
}
