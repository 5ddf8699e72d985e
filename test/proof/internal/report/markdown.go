package report

import (
	"fmt"
	"io"
	"strings"
	"time"
)

// Markdown writes the report for people.
func (r Report) Markdown(w io.Writer) error {
	var b strings.Builder
	b.WriteString("# Proof: killed, starved, lied to, and fast\n\n" +
		"What the README promises, tried on the built program against real servers on loopback. `go run ./test/proof` makes\n" +
		"this page; the figures are as measured.\n\n")
	fmt.Fprintf(&b, "Machine: %s.\n", r.Machine)
	if r.Program != "" {
		fmt.Fprintf(&b, "Program: %s.\n", r.Program)
	}
	for _, c := range r.Chapters {
		c.markdown(&b)
	}
	if _, err := io.WriteString(w, b.String()); err != nil {
		return fmt.Errorf("write the report: %w", err)
	}
	return nil
}

func (c Chapter) markdown(b *strings.Builder) {
	fmt.Fprintf(b, "\n## %s\n\n", c.Title)
	if c.Intro != "" {
		fmt.Fprintf(b, "%s\n\n", strings.TrimSpace(c.Intro))
	}
	fmt.Fprintf(b, "`go run ./test/proof %s%s`, %s, on %s.\n", c.Name, flag(c.Mode), c.Took.Round(time.Second), c.At.UTC().Format(time.DateOnly))
	if len(c.Findings) > 0 {
		promises := Table{Columns: []string{"", "promise", "measured"}}
		for _, f := range c.Findings {
			mark := "holds"
			if !f.OK {
				mark = "**broken**"
			}
			promises.Row(mark, f.Promise, f.Measured)
		}
		promises.markdown(b)
	}
	for _, t := range c.Tables {
		t.markdown(b)
	}
}

func flag(mode string) string {
	switch mode {
	case "quick", "long":
		return " --" + mode
	default:
		return ""
	}
}

func (t Table) markdown(b *strings.Builder) {
	b.WriteString("\n")
	if t.Title != "" {
		fmt.Fprintf(b, "### %s\n\n", t.Title)
	}
	line(b, t.Columns)
	rule := make([]string, len(t.Columns))
	for i := range rule {
		rule[i] = "---"
	}
	line(b, rule)
	for _, r := range t.Rows {
		line(b, r)
	}
}

func line(b *strings.Builder, cells []string) {
	b.WriteString("|")
	for _, c := range cells {
		fmt.Fprintf(b, " %s |", cell(c))
	}
	b.WriteString("\n")
}

// cell keeps a text from ending its cell or its line, or from being markup of
// its own.
func cell(s string) string {
	s = strings.Join(strings.Fields(s), " ")
	return strings.NewReplacer("|", `\|`, "<", "&lt;").Replace(s)
}
