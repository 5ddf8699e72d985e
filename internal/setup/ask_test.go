package setup_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"strings"
	"testing"

	"parcelwatch/internal/setup"
)

func prompt(text string) (*setup.Prompt, *bytes.Buffer) {
	out := &bytes.Buffer{}
	return setup.NewPrompt(strings.NewReader(text), out, nil), out
}

func TestAnEmptyAnswerIsTheUsualOne(t *testing.T) {
	t.Parallel()
	p, out := prompt("\n  typed \r\nlast")
	for _, want := range []string{"usual", "typed", "last"} {
		if got, err := p.Line(t.Context(), "What", "usual"); got != want || err != nil {
			t.Errorf("got %q, %v, want %q", got, err, want)
		}
	}
	if _, err := p.Line(t.Context(), "What", "usual"); !errors.Is(err, setup.ErrStopped) {
		t.Errorf("after the end: %v", err)
	}
	if out.String() != strings.Repeat("What [usual]: ", 4) {
		t.Errorf("asked: %q", out)
	}
}

func TestYesAndNoInTwoLanguages(t *testing.T) {
	t.Parallel()
	yes, no := []string{"да", "д"}, []string{"нет", "н"}
	p, out := prompt("\nд\nYES\nперхаль\nн\nNo\n")
	for i, want := range []bool{true, true, true, false, false} {
		if got, err := p.Yes(t.Context(), "Да?", true, yes, no); got != want || err != nil {
			t.Errorf("%d: got %v, %v", i, got, err)
		}
	}
	if !strings.HasPrefix(out.String(), "Да? (да/нет) [да]: ") {
		t.Errorf("asked %q", out)
	}
}

func TestASecretKeepsItsBlanksAndIsReadByTheTerminal(t *testing.T) {
	t.Parallel()
	p, _ := prompt(" a b \r\n")
	if got, err := p.Secret(t.Context(), "Password"); got != " a b " || err != nil {
		t.Errorf("from a pipe: %q, %v", got, err)
	}
	var out bytes.Buffer
	p = setup.NewPrompt(strings.NewReader("shown\n"), &out, func(_ context.Context, ask func()) (string, error) { ask(); return "hidden", nil })
	if got, err := p.Secret(t.Context(), "Password"); got != "hidden" || err != nil || out.String() != "Password: \n" {
		t.Errorf("from a terminal: %q, %v, %q", got, err, out.String())
	}
	p = setup.NewPrompt(strings.NewReader(""), &out, func(context.Context, func()) (string, error) { return "", io.EOF })
	if _, err := p.Secret(t.Context(), "Password"); !errors.Is(err, setup.ErrStopped) {
		t.Errorf("at the end: %v", err)
	}
}

func TestWhatKeysLeaveInALineIsDropped(t *testing.T) {
	t.Parallel()
	p, _ := prompt("\x1b[Ame\x00\x7f\n" + strings.Repeat("x", 10000) + "\n")
	if got, err := p.Line(t.Context(), "What", ""); got != "[Ame" || err != nil {
		t.Errorf("got %q, %v", got, err)
	}
	if got, err := p.Line(t.Context(), "What", ""); err == nil {
		t.Errorf("an endless line: got %d characters", len(got))
	}
}

func TestALineBegunWhileSomethingElseEndsIsTheNextAnswer(t *testing.T) {
	t.Parallel()
	in, typing := io.Pipe()
	p := setup.NewPrompt(in, io.Discard, nil)
	lines, stop := p.Lines(t.Context())
	if _, err := io.WriteString(typing, "first\n"); err != nil {
		t.Fatal(err)
	}
	if got := <-lines; got != "first" {
		t.Errorf("got %q", got)
	}
	stop()
	if _, open := <-lines; open {
		t.Error("there are lines after the end")
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := p.Line(ctx, "What", ""); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	go func() { _, _ = io.WriteString(typing, "second\n") }()
	if got, err := p.Line(t.Context(), "What", ""); got != "second" || err != nil {
		t.Errorf("got %q, %v", got, err)
	}
}

func TestAListIsReadHoweverItIsSeparated(t *testing.T) {
	t.Parallel()
	if got := strings.Join(setup.List(" a, b;c\td,, "), "|"); got != "a|b|c|d" {
		t.Errorf("got %q", got)
	}
}
