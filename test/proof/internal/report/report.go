// Package report holds what the proof found, as values, and writes it as JSON
// and as Markdown. It knows nothing of how it was found.
package report

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"time"
)

// Report is everything that was found on one machine.
type Report struct {
	Schema   int       `json:"schema"`
	Machine  Machine   `json:"machine"`
	Program  string    `json:"program"` // its version
	Chapters []Chapter `json:"chapters"`
}

// Chapter is one part of the proof.
type Chapter struct {
	Name     string        `json:"name"`
	Title    string        `json:"title"`
	Intro    string        `json:"intro"`
	Mode     string        `json:"mode"` // quick, default or long
	At       time.Time     `json:"at"`
	Tables   []Table       `json:"tables"`
	Findings []Finding     `json:"findings"`
	Took     time.Duration `json:"took"`
}

// Table is figures or cases.
type Table struct {
	Title   string     `json:"title"`
	Columns []string   `json:"columns"`
	Rows    [][]string `json:"rows"`
}

// Finding is one promise and what came of trying it.
type Finding struct {
	Promise  string `json:"promise"`
	Measured string `json:"measured"`
	OK       bool   `json:"ok"`
}

// Find adds a finding.
func (c *Chapter) Find(ok bool, promise, format string, args ...any) {
	c.Findings = append(c.Findings, Finding{Promise: promise, Measured: fmt.Sprintf(format, args...), OK: ok})
}

// Row adds a row.
func (t *Table) Row(cells ...string) { t.Rows = append(t.Rows, cells) }

// OK reports whether every promise held.
func (c Chapter) OK() bool {
	return !slices.ContainsFunc(c.Findings, func(f Finding) bool { return !f.OK })
}

// ErrOtherMachine means that figures of two machines would be mixed.
var ErrOtherMachine = errors.New("the figures on file are of another machine")

// Put takes a chapter in, in the place of an earlier one of its name.
func (r *Report) Put(c Chapter) {
	i := slices.IndexFunc(r.Chapters, func(old Chapter) bool { return old.Name == c.Name })
	if i < 0 {
		r.Chapters = append(r.Chapters, c)
		return
	}
	r.Chapters[i] = c
}

// Sort puts the chapters into the order of their names in order.
func (r *Report) Sort(order []string) {
	slices.SortStableFunc(r.Chapters, func(a, b Chapter) int {
		return slices.Index(order, a.Name) - slices.Index(order, b.Name)
	})
}

// Read reads one file of figures. One that is not there is an empty report.
func Read(file string) (Report, error) {
	text, err := os.ReadFile(filepath.Clean(file))
	if errors.Is(err, fs.ErrNotExist) {
		return Report{}, nil
	}
	var r Report
	if err == nil {
		err = json.Unmarshal(text, &r)
	}
	if err != nil {
		return Report{}, fmt.Errorf("read figures: %s: %w", file, err)
	}
	return r, nil
}

// Merge makes one report of several, the later ones winning.
func Merge(reports ...Report) (Report, error) {
	out := Report{Schema: 1}
	for _, r := range reports {
		if len(r.Chapters) == 0 {
			continue
		}
		if len(out.Chapters) > 0 && r.Machine != out.Machine {
			return Report{}, fmt.Errorf("%w: %s, not %s", ErrOtherMachine, out.Machine, r.Machine)
		}
		out.Machine, out.Program = r.Machine, r.Program
		for _, c := range r.Chapters {
			out.Put(c)
		}
	}
	return out, nil
}

// JSON writes the report for programs.
func (r Report) JSON(w io.Writer) error {
	e := json.NewEncoder(w)
	e.SetIndent("", "  ")
	e.SetEscapeHTML(false)
	if err := e.Encode(r); err != nil {
		return fmt.Errorf("write figures: %w", err)
	}
	return nil
}
