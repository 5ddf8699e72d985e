package extract

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"strings"
	"testing"

	"parcelwatch/mail"
)

// both reads a mail by both ways. It reports false if the strict one refuses it.
func both(raw []byte) (fast, slow body, ok bool) {
	raw = mail.WithoutEnvelope(raw)
	if len(raw) > maxRead || precheck(raw) != nil || !fields(raw) {
		return fast, slow, false
	}
	if !fast.strict(raw) || fast.badness() > 0 || fast.empty() {
		return fast, slow, false
	}
	root, err := readParts(raw, false)
	if err != nil {
		return fast, slow, true
	}
	slow.collect(root)
	return fast, slow, true
}

var headerLine = regexp.MustCompile(`^([!-9;-~]+:|[ \t]+\S)`)

// fields reports whether every header, of the mail and of its parts, consists of
// fields.
func fields(raw []byte) bool {
	header := true
	for line := range bytes.Lines(raw) {
		line = bytes.TrimRight(line, "\r\n")
		switch {
		case bytes.HasPrefix(line, []byte("--")):
			header = true
		case len(line) == 0:
			header = false
		case header && !headerLine.Match(line):
			return false
		}
	}
	return true
}

func corpus(tb testing.TB) map[string][]byte {
	tb.Helper()
	files, err := filepath.Glob("../testdata/mail/*.eml")
	if err != nil || len(files) == 0 {
		tb.Fatal(files, err)
	}
	mails := map[string][]byte{}
	for _, name := range files {
		raw, err := os.ReadFile(name)
		if err != nil {
			tb.Fatal(err)
		}
		mails[filepath.Base(name)] = raw
	}
	return mails
}

func TestTheStrictWayReadsWhatTheForgivingWayReads(t *testing.T) {
	taken := 0
	mails := corpus(t)
	for name, raw := range mails {
		fast, slow, ok := both(raw)
		if !ok {
			continue
		}
		taken++
		if !reflect.DeepEqual(fast, slow) {
			t.Errorf("%s: strict %s, forgiving %s", name, fast, slow)
		}
	}
	t.Logf("%d of %d mails are read the strict way", taken, len(mails))
	if taken < len(mails)/2 {
		t.Errorf("only %d of %d mails are read the strict way", taken, len(mails))
	}
}

func TestABoundaryInAnOddPlaceIsLeftToTheForgivingReader(t *testing.T) {
	t.Parallel()
	const whole = "preamble\r\n--b\r\n\r\none\r\n--b\r\n\r\ntwo --bc\r\n--b--\r\nepilogue\r\n"
	const head = "Content-Type: multipart/mixed; boundary=b\r\n\r\n"
	for _, tt := range []struct {
		old, with string
		strict    bool
	}{
		{"one", "one", true},
		{"one", "--bc", true},
		{"one", "--bc--", true},
		{"one", "--", true},
		{"--b\r\n", "--b \t\r\n", true},
		{"--b--\r\n", "--b-- \r\n", true},
		{"--b--\r\nepilogue\r\n", "--b--", true},
		{"one", "0--b", false},
		{"one", "see --b there", false},
		{"one", "0--b--", false},
		{"one", "--b--c", false},
		{"one", "--b c", false},
		{"one", "a\r\n --b", false},
		{"preamble", "x--b", false},
		{"epilogue", "x--b--", false},
		{"--b--", "--", false},
	} {
		var fast, slow body
		raw := head + strings.Replace(whole, tt.old, tt.with, 1)
		ok := fast.strict([]byte(raw))
		root, err := readParts([]byte(raw), false)
		if err != nil {
			t.Fatal(err)
		}
		if slow.collect(root); ok != tt.strict || ok && !reflect.DeepEqual(fast, slow) {
			t.Errorf("%q: strict %v, want %v; strict %s, forgiving %s", raw, ok, tt.strict, fast, slow)
		}
	}
}

func FuzzStrict(f *testing.F) {
	for _, raw := range corpus(f) {
		if len(raw) < 4<<10 {
			f.Add(raw)
		}
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		if fast, slow, ok := both(raw); ok && !reflect.DeepEqual(fast, slow) {
			t.Errorf("strict %s, forgiving %s", fast, slow)
		}
	})
}

func (b body) String() string {
	var s strings.Builder
	for _, c := range b.contents {
		fmt.Fprintf(&s, "[html %v: %q]", c.html, c.text)
	}
	fmt.Fprintf(&s, "mails %q, problems %v", b.mails, b.problems)
	return s.String()
}
