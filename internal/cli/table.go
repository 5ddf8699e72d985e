package cli

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"sync"
	"unicode"

	"golang.org/x/text/width"

	"parcelwatch/internal/textx"
)

// Table aligns columns of text in any script. The last column is not cut.
type Table struct {
	Indent string
	rows   [][]string
	most   int // cells a column may take; 0 for no limit
}

// NewTable returns a table whose columns, except the last, are cut to most cells.
func NewTable(most int) *Table { return &Table{most: most} }

// Row adds a row.
func (t *Table) Row(cells ...string) {
	for i := range cells[:len(cells)-1] {
		if t.most > 0 {
			cells[i] = Fit(cells[i], t.most)
		}
	}
	t.rows = append(t.rows, cells)
}

// Empty reports whether there is no row.
func (t *Table) Empty() bool { return len(t.rows) == 0 }

// String returns the lines of the table.
func (t *Table) String() string {
	var widths []int
	for _, row := range t.rows {
		for i, cell := range row[:len(row)-1] {
			if i == len(widths) {
				widths = append(widths, 0)
			}
			widths[i] = max(widths[i], Width(cell))
		}
	}
	var b strings.Builder
	for _, row := range t.rows {
		cells := slices.Clone(row)
		for i, cell := range row[:len(row)-1] {
			cells[i] = Pad(cell, widths[i])
		}
		b.WriteString(strings.TrimRight(t.Indent+strings.Join(cells, "  "), " ") + "\n")
	}
	return b.String()
}

// Write writes the table to w.
func (t *Table) Write(w io.Writer) error {
	if _, err := io.WriteString(w, t.String()); err != nil {
		return fmt.Errorf("cli: write table: %w", err)
	}
	return nil
}

// Width returns the number of terminal cells that the text takes.
func Width(s string) int {
	n := 0
	for _, r := range s {
		switch {
		case unicode.Is(unicode.M, r), textx.Invisible(r):
		case width.LookupRune(r).Kind() == width.EastAsianWide, width.LookupRune(r).Kind() == width.EastAsianFullwidth:
			n += 2
		default:
			n++
		}
	}
	return n
}

// Fit cuts the text to a number of cells.
func Fit(s string, cells int) string {
	if Width(s) <= cells {
		return s
	}
	n := 0
	for i, r := range s {
		w := Width(string(r))
		if n+w > cells-1 {
			return s[:i] + "…"
		}
		n += w
	}
	return s
}

// Pad fills the text with blanks up to a number of cells.
func Pad(s string, cells int) string {
	return s + strings.Repeat(" ", max(0, cells-Width(s)))
}

// Progress shows one changing line, on a terminal only. The zero value shows nothing.
// It is safe for concurrent use.
type Progress struct {
	w     io.Writer
	mu    sync.Mutex
	shown bool
}

// NewProgress returns a progress line on w, or one that shows nothing if w is no terminal.
func NewProgress(w io.Writer, terminal bool) *Progress {
	if !terminal {
		return &Progress{}
	}
	return &Progress{w: w}
}

// Show replaces the line.
func (p *Progress) Show(text string) {
	p.line(Fit(textx.Line(text, 200), 79))
}

// Clear removes the line; the next output starts at its beginning.
func (p *Progress) Clear() { p.line("") }

func (p *Progress) line(text string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.w == nil || text == "" && !p.shown {
		return
	}
	p.shown = text != ""
	// A failure to show progress is not worth an error.
	_, _ = fmt.Fprint(p.w, "\r\x1b[K"+text)
}
