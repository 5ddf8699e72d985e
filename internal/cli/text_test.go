package cli_test

import (
	"bytes"
	"strings"
	"testing"

	"parcelwatch/internal/cli"
)

func TestWidthsAreThoseOfATerminal(t *testing.T) {
	t.Parallel()
	for s, want := range map[string]int{"": 0, "abc": 3, "абв": 3, "包裹": 4, "ｆ": 2, "é": 1, "👩\u200d": 2, "e\u0301": 1} {
		if got := cli.Width(s); got != want {
			t.Errorf("%q: %d, want %d", s, got, want)
		}
	}
	for _, tt := range []struct {
		in    string
		cells int
		want  string
	}{{"abc", 3, "abc"}, {"abcd", 3, "ab…"}, {"包裹包裹", 5, "包裹…"}, {"包裹包裹", 4, "包…"}} {
		if got := cli.Fit(tt.in, tt.cells); got != tt.want || cli.Width(got) > tt.cells {
			t.Errorf("%q in %d: %q", tt.in, tt.cells, got)
		}
	}
	if got := cli.Pad("包", 4); got != "包  " {
		t.Errorf("%q", got)
	}
}

func TestTablesLineUpInEveryScript(t *testing.T) {
	t.Parallel()
	table := cli.NewTable(8)
	if !table.Empty() {
		t.Error("a new table is not empty")
	}
	table.Indent = "> "
	table.Row("a", "кабель", "last one is as long as it is")
	table.Row("包裹包裹包裹", "", "x")
	table.Row("b", "c", "")
	var out bytes.Buffer
	if err := table.Write(&out); err != nil {
		t.Fatal(err)
	}
	want := "> a        кабель  last one is as long as it is\n> 包裹包…          x\n> b        c\n"
	if out.String() != want {
		t.Errorf("got\n%swant\n%s", out.String(), want)
	}
	if err := table.Write(broken{}); err == nil {
		t.Error("a failed write is not told")
	}
}

type broken struct{}

func (broken) Write([]byte) (int, error) { return 0, bytes.ErrTooLarge }

func TestProgressIsForTerminalsOnly(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	p := cli.NewProgress(&out, false)
	p.Show("working")
	p.Clear()
	if out.Len() > 0 {
		t.Errorf("in a pipe: %q", out.String())
	}
	p = cli.NewProgress(&out, true)
	p.Clear()
	if out.Len() > 0 {
		t.Errorf("nothing was shown, yet: %q", out.String())
	}
	p.Show("working\n" + strings.Repeat("x", 300))
	if s := out.String(); !strings.HasPrefix(s, "\r\x1b[Kworking x") || cli.Width(s) > 84 {
		t.Errorf("%q", s)
	}
	out.Reset()
	p.Clear()
	p.Clear()
	if out.String() != "\r\x1b[K" {
		t.Errorf("%q", out.String())
	}
}
