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

// Write writes the table to w.
func (t *Table) Write(w io.Writer) error {
	var widths []int
	for _, row := range t.rows {
		for i, cell := range row[:len(row)-1] {
			if i == len(widths) {
				widths = append(widths, 0)
			}
			widths[i] = max(widths[i], Width(cell))
		}
	}
	for _, row := range t.rows {
		var b strings.Builder
		for i, cell := range row {
			if i == len(row)-1 {
				b.WriteString(cell)
				break
			}
			b.WriteString(Pad(cell, widths[i]) + "  ")
		}
		if _, err := fmt.Fprintln(w, t.Indent+strings.TrimRight(b.String(), " ")); err != nil {
			return fmt.Errorf("cli: write table: %w", err)
		}
	}
	return nil
}
