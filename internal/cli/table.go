package cli

import (
	"fmt"
	"io"
	"strings"
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
		line := t.Indent
		for i, cell := range row[:len(row)-1] {
			line += Pad(cell, widths[i]) + "  "
		}
		b.WriteString(strings.TrimRight(line+row[len(row)-1], " ") + "\n")
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
