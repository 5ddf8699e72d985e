package setup

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// ErrStopped means that the input ended.
var ErrStopped = errors.New("stopped")

// maxLine limits an answer, in bytes.
const maxLine = 8 << 10

// Prompt asks questions, one line each. It prints plain text, so it works in every
// console, over SSH, with screen readers and in pipes.
type Prompt struct {
	in     *bufio.Reader
	out    io.Writer
	secret Hidden
	got    chan reply
	asking bool // a line is being read and not yet taken
}

type reply struct {
	line string
	err  error
}

// Hidden reads a line without echo. It calls ask to print the question only after the
// echo is off, so that a secret typed early is not shown.
type Hidden func(ctx context.Context, ask func()) (string, error)

// NewPrompt returns a prompt that writes to out and reads from in. secret is nil if
// in is not a terminal.
func NewPrompt(in io.Reader, out io.Writer, secret Hidden) *Prompt {
	return &Prompt{in: bufio.NewReaderSize(in, maxLine), out: out, secret: secret, got: make(chan reply, 1)}
}

// Line asks for a text. An empty answer means the default.
func (p *Prompt) Line(ctx context.Context, question, usual string) (string, error) {
	if usual != "" {
		question += " [" + usual + "]"
	}
	_, _ = fmt.Fprint(p.out, question+": ")
	line, err := p.read(ctx)
	if err != nil {
		return "", err
	}
	if line = strings.TrimSpace(line); line == "" {
		return usual, nil
	}
	return line, nil
}

// Secret asks for a text without showing it. Blanks at its ends are kept.
func (p *Prompt) Secret(ctx context.Context, question string) (string, error) {
	ask := func() { _, _ = fmt.Fprint(p.out, question+": ") }
	if p.secret == nil || p.asking {
		ask()
		line, err := p.read(ctx)
		return strings.TrimRight(line, "\r\n"), err
	}
	line, err := p.secret(ctx, ask)
	_, _ = fmt.Fprintln(p.out)
	if errors.Is(err, io.EOF) {
		err = ErrStopped
	}
	return line, err
}

// Yes asks for a yes or a no and accepts the given words and the English ones.
func (p *Prompt) Yes(ctx context.Context, question string, usual bool, yes, no []string) (bool, error) {
	shown := no[0]
	if usual {
		shown = yes[0]
	}
	for {
		answer, err := p.Line(ctx, question+" ("+yes[0]+"/"+no[0]+")", shown)
		if err != nil {
			return false, err
		}
		answer = strings.ToLower(answer)
		switch {
		case slices.Contains(yes, answer), slices.Contains([]string{"y", "yes"}, answer):
			return true, nil
		case slices.Contains(no, answer), slices.Contains([]string{"n", "no"}, answer):
			return false, nil
		}
	}
}

// Lines returns lines typed during a wait, until stop is called. A line that is
// unfinished then answers the next question.
func (p *Prompt) Lines(ctx context.Context) (lines <-chan string, stop func()) {
	ctx, cancel := context.WithCancel(ctx)
	out, done := make(chan string), make(chan struct{})
	go func() {
		defer close(done)
		defer close(out)
		for {
			line, err := p.read(ctx)
			if err != nil {
				return
			}
			select {
			case out <- line:
			case <-ctx.Done():
				return
			}
		}
	}()
	return out, func() {
		cancel()
		<-done
	}
}

// read reads a line. Reading cannot be cancelled: if ctx ends first, the line is kept
// for the next call.
func (p *Prompt) read(ctx context.Context) (string, error) {
	if !p.asking {
		p.asking = true
		go func() { p.got <- p.next() }()
	}
	select {
	case r := <-p.got:
		p.asking = false
		return r.line, r.err
	case <-ctx.Done():
		return "", ctx.Err()
	}
}

func (p *Prompt) next() reply {
	raw, err := p.in.ReadSlice('\n')
	switch {
	case errors.Is(err, bufio.ErrBufferFull):
		return reply{err: fmt.Errorf("read the answer: %w", err)}
	case err != nil && !errors.Is(err, io.EOF):
		return reply{err: fmt.Errorf("read the answer: %w", err)}
	case err != nil && len(raw) == 0:
		return reply{err: ErrStopped}
	}
	return reply{line: printable(string(raw))}
}

// printable removes control characters, for example those of arrow keys.
func printable(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) && r != '\t' {
			return -1
		}
		return r
	}, s)
}

// List splits a typed list at blanks, commas and semicolons.
func List(s string) []string {
	return strings.FieldsFunc(s, func(r rune) bool { return r == ',' || r == ';' || unicode.IsSpace(r) })
}

// Times parses times of day as users type them (8:00, 19.30, or just 9) and returns
// them sorted and without duplicates. ok is false if there is none or one is invalid.
func Times(s string) (at []string, ok bool) {
	for _, one := range List(s) {
		if !strings.ContainsAny(one, "0123456789") {
			continue // a word between two times
		}
		clock, known := clockOf(one)
		if !known {
			return nil, false
		}
		at = append(at, clock)
	}
	slices.Sort(at)
	return slices.Compact(at), len(at) > 0
}

func clockOf(s string) (string, bool) {
	for _, layout := range []string{"15:04", "15.04", "15"} {
		if t, err := time.Parse(layout, s); err == nil {
			return t.Format("15:04"), true
		}
	}
	return "", false
}

// Wrap breaks a line at blanks so that no part exceeds width characters, unless a
// single word is longer. All parts but the first are indented. A width of 0 disables it.
func Wrap(line string, width int, indent string) string {
	if width <= 0 {
		return line
	}
	var out strings.Builder
	for {
		cut := breakAt(line, width)
		if cut < 0 {
			out.WriteString(line)
			return out.String()
		}
		out.WriteString(strings.TrimRight(line[:cut], " ") + "\n")
		line = indent + strings.TrimLeft(line[cut:], " ")
	}
}

// breakAt returns the index of the blank to break at, -1 if the line fits or has none.
func breakAt(line string, width int) int {
	if utf8.RuneCountInString(line) <= width {
		return -1
	}
	head, n := line, 0
	for i := range line { // a byte that is not UTF-8 counts as a character
		if n == width+1 {
			head = line[:i]
			break
		}
		n++
	}
	if i := strings.LastIndex(head, " "); i >= len(line)-len(strings.TrimLeft(line, " ")) {
		return i
	}
	if i := strings.Index(line[len(head):], " "); i >= 0 {
		return len(head) + i
	}
	return -1
}
