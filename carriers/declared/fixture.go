package declared

import (
	"embed"
	"io/fs"
	"path"
	"strconv"
	"strings"

	"parcelwatch/carriers/internal/adapter"
	"parcelwatch/internal/packed"
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
	text, err := packed.Files{FS: builtins}.ReadFile("testdata/" + name + ".toml")
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

// Fixture returns an answer that can be shown to others, and the invented number that
// stands in it for n. It keeps what the definition reads: times, words and codes of
// events, without phone numbers, email addresses and the names that events lose. All
// other texts and numbers are masked, so that the answer is read as before.
func Fixture(t *Trace, n number.Number) ([]byte, number.Number) {
	m := newMask(t, n)
	if _, err := parseJSON(t.Answer); err == nil {
		return m.json(t.Answer), m.of(string(n))
	}
	return m.page(t.Answer), m.of(string(n))
}

// invent returns the i-th number of the same form that belongs to nobody: it begins alike,
// so that the same expressions fit, and nothing leads back to the first one.
func invent(n number.Number, i int) number.Number {
	const kept = 2 // digits
	places := []int{}
	text := []byte(n)
	for at, c := range text {
		if c >= '0' && c <= '9' {
			places = append(places, at)
		}
	}
	last := len(places)
	if n.S10() {
		last-- // the check digit
	}
	counter := strconv.Itoa(i)
	for k, at := range places[:max(last, 0)] {
		if k >= kept || last <= 2*kept {
			text[at] = '0'
		}
		if from := last - len(counter); k >= from && k >= kept {
			text[at] = counter[k-from]
		}
	}
	if !n.S10() {
		return number.Number(text)
	}
	for check := byte('0'); check <= '9'; check++ {
		text[places[last]] = check
		if number.Number(text).Check() == number.CheckOK {
			break
		}
	}
	return number.Number(text)
}
