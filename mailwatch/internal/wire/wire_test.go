package wire_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"testing"
	"testing/iotest"

	"parcelwatch/mailwatch/internal/wire"
)

const deep = 20_000

// heads starts every response that the library reads.
var heads = []string{
	"* FLAGS ", "* LIST ", "* LIST () \"/\" INBOX ", "* LSUB ", "* STATUS INBOX ", "* 1 FETCH ", "* 1 FETCH (UID 1 BODYSTRUCTURE ",
	"* 1 FETCH (BODY ", "* 1 FETCH (ENVELOPE ", "* 1 FETCH (FLAGS ", "* 1 FETCH (BODY[HEADER.FIELDS ", "* SEARCH ", "* ESEARCH ", "* SORT ",
	"* THREAD ", "* NAMESPACE ", "* ID ", "* QUOTA x ", "* METADATA x ", "* ACL x ", "* CAPABILITY ", "* ENABLED ", "* VANISHED ",
}

func TestDepthEndsInEveryResponse(t *testing.T) {
	t.Parallel()
	for _, head := range heads {
		for name, nested := range map[string]string{
			"at once":                 head + strings.Repeat("(", deep),
			"with blanks":             head + strings.Repeat("( ", deep),
			"after a literal":         head + "({2}\r\n))" + strings.Repeat("(", deep),
			"after a string":          head + `("\")" ` + strings.Repeat("(", deep),
			"after a string of lines": head + "(\"\r\n* OK {9999999}\r\n\" " + strings.Repeat("(", deep),
			"in parts":                head + strings.Repeat(`("a" NIL `, deep),
			"after a code of lines":   "* OK [X \r\n* LIST {9999999}\r\n] y {9999999}\r\n" + head + strings.Repeat("(", deep),
			"after a line of text":    "* NO text {9999999}\r\n* 5 BAD \"{9999999}\r\n" + head + strings.Repeat("(", deep),
			"after a tagged line":     "T1 OK [CAPABILITY \"] text {9999999}\r\n" + head + strings.Repeat("(", deep),
			"after a continuation":    "+ \"go on {9999999}\r\n" + head + strings.Repeat("(", deep),
		} {
			if n, err := io.Copy(io.Discard, wire.New(strings.NewReader(nested), &wire.Windows{})); !errors.Is(err, wire.ErrBounds) || n > 8<<10 {
				t.Errorf("%q %s: %d bytes, %v", head, name, n, err)
			}
		}
	}
}

func TestWidthEndsInEveryResponse(t *testing.T) {
	t.Parallel()
	texts := []string{"* OK ", "* OK [X ", "T1 NO ", "+ ", "* BYE [ALERT] "}
	for _, head := range slices.Concat(texts, heads) {
		for _, part := range []string{"a ", "a", "(a b) ", "\"\" ", "{1}\r\na "} {
			width := 200 << 10
			switch {
			case strings.Contains(head, "SEARCH"), strings.Contains(head, "SORT"):
				width = 13 << 20
			case part[0] == '{' && slices.Contains(texts, head):
				continue // lines of text
			}
			sent := head + "(" + strings.Repeat(part, width/len(part))
			if n, err := io.Copy(io.Discard, wire.New(strings.NewReader(sent), &wire.Windows{})); !errors.Is(err, wire.ErrBounds) {
				t.Errorf("%q with %q: %d bytes, %v", head, part, n, err)
			}
		}
	}
}

func TestNumbersOutOfOrderEnd(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name  string
		write func(b *bytes.Buffer)
		ok    bool
	}{
		{"in order", func(b *bytes.Buffer) {
			for i := range 500_000 {
				fmt.Fprintf(b, " %d", 2*i+1)
			}
		}, true},
		{"fifty thousand backwards", func(b *bytes.Buffer) {
			for i := range 50_000 {
				fmt.Fprintf(b, " %d", 200_000-2*i)
			}
		}, true},
		{"half a million backwards", func(b *bytes.Buffer) {
			for i := range 500_000 {
				fmt.Fprintf(b, " %d", 2_000_000-2*i)
			}
		}, false},
		{"the second half first", func(b *bytes.Buffer) {
			for i := range 500_000 {
				fmt.Fprintf(b, " %d", (2*i+500_001)%1_000_001)
			}
		}, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			var b bytes.Buffer
			b.WriteString("* SEARCH")
			c.write(&b)
			b.WriteString("\r\n")
			if _, err := io.Copy(io.Discard, wire.New(&b, &wire.Windows{})); errors.Is(err, wire.ErrBounds) == c.ok {
				t.Errorf("got %v", err)
			}
		})
	}
}

func TestLargeAnswersAreAnnounced(t *testing.T) {
	t.Parallel()
	long := "* SEARCH" + strings.Repeat(" 1234567", 20_000) + "\r\n"
	calls := 0
	r := wire.New(strings.NewReader(long+"* 1 EXISTS\r\n"+long), &wire.Windows{})
	r.Large = func() error { calls++; return nil }
	if got, err := io.ReadAll(r); err != nil || len(got) < 2*len(long) || calls != 2 {
		t.Errorf("%d bytes, %d calls, %v", len(got), calls, err)
	}
	refused := errors.New("not now")
	r = wire.New(strings.NewReader(long), &wire.Windows{})
	r.Large = func() error { return refused }
	if _, err := io.ReadAll(r); !errors.Is(err, refused) {
		t.Errorf("got %v", err)
	}
}

func TestWhatServersSendPassesUnchanged(t *testing.T) {
	t.Parallel()
	text := strings.Repeat("Received: (from x (y (z)))\r\n\"", 5000)
	all := strings.Join(append([]string{
		"* 12 FETCH (UID 3 BODY[] {" + strconv.Itoa(len(text)) + "}\r\n" + text + " FLAGS (\\Seen))\r\n",
		"* 13 FETCH (BODY[HEADER.FIELDS (\"From\" {4}\r\nDate)] \"" + strings.Repeat("long ", 50_000) + "\")\r\n",
		"* LIST (\\HasNoChildren) \"/\" {5} \r\na\"(((\r\n", "* LIST () NIL {3}\na b\r\n", "T3 OK (((((\r\n",
	}, spoken...), "")
	for name, r := range map[string]io.Reader{
		"at once": strings.NewReader(all), "byte by byte": iotest.OneByteReader(strings.NewReader(all)), "in halves": iotest.HalfReader(strings.NewReader(all)),
		"with its end": iotest.DataErrReader(strings.NewReader(all)),
	} {
		if got, err := io.ReadAll(wire.New(r, &wire.Windows{})); err != nil || string(got) != all {
			t.Errorf("%s: %d of %d bytes, %v", name, len(got), len(all), err)
		}
	}
	if got, err := io.ReadAll(wire.New(iotest.TimeoutReader(iotest.OneByteReader(strings.NewReader("* OK"))), &wire.Windows{})); !errors.Is(err, iotest.ErrTimeout) || string(got) != "*" {
		t.Errorf("a failure: %q, %v", got, err)
	}
}
