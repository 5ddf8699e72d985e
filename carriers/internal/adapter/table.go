package adapter

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"parcelwatch/parcel"
)

// errTable is returned for a broken code table.
var errTable = errors.New("code table is broken")

// Side is the end of the journey at which a code is used.
type Side string

// The sides.
const (
	SideOrigin      Side = "origin"
	SideDestination Side = "destination"
	SideNone        Side = "-"
)

// Ignored is the status of codes that are not scans, such as forecasts.
const Ignored parcel.Status = "ignore"

// Code is one row of a table.
type Code struct {
	Code, Sub string // Sub is "*" for the default of the code
	Status    parcel.Status
	Side      Side
	Meaning   string // in English
	Source    string // where the row is known from, and how well
	Guess     bool   // not in the table: the zero Status means in transit

	words string // Sub for comparisons
}

// Country returns the country of an event that has none: the one of the code's
// side, or "" if the code may be used anywhere.
func (c *Code) Country(origin, destination string) string {
	switch c.Side {
	case SideOrigin:
		return origin
	case SideDestination:
		return destination
	default:
		return ""
	}
}

// Table maps the codes of a service to statuses. It is parsed from the adapter's
// codes.tsv: code, sub-code, status, side and meaning, below a heading. A line
// "# source" names where the rows below it are known from.
type Table struct {
	rows map[[2]string]Code
	list []Code
}

// ParseTable parses a table.
func ParseTable(tsv string) (Table, error) {
	if tsv == "" {
		return Table{}, fmt.Errorf("%w: it is empty", errTable)
	}
	t := Table{rows: make(map[[2]string]Code)}
	source := ""
	for i, line := range strings.Split(strings.TrimSpace(tsv), "\n") {
		line = strings.TrimRight(line, "\r")
		if named, ok := strings.CutPrefix(line, "# "); ok {
			source = named
		}
		if i == 0 || strings.HasPrefix(line, "#") {
			continue
		}
		f := strings.Split(line, "\t")
		if len(f) != 5 || f[0] == "" || f[1] == "" || source == "" {
			return Table{}, fmt.Errorf("%w: line %d", errTable, i+1)
		}
		c := Code{Code: f[0], Sub: f[1], Status: parcel.Status(f[2]), Side: Side(f[3]), Meaning: f[4], Source: source, words: plain(f[1])}
		if !c.Status.Known() && c.Status != Ignored {
			return Table{}, fmt.Errorf("%w: %s %s: status %q", errTable, c.Code, c.Sub, c.Status)
		}
		key := [2]string{strings.ToUpper(c.Code), c.Sub}
		if _, ok := t.rows[key]; ok {
			return Table{}, fmt.Errorf("%w: %s %s stands twice", errTable, c.Code, c.Sub)
		}
		t.rows[key] = c
		t.list = append(t.list, c)
	}
	return t, nil
}

// Find returns the row of the code and its sub-code, or the default row of the
// code. Codes in capitals and in small letters are the same.
func (t *Table) Find(code, sub string) (Code, bool) {
	code = strings.ToUpper(code)
	if c, ok := t.rows[[2]string{code, sub}]; ok {
		return c, true
	}
	c, ok := t.rows[[2]string{code, "*"}]
	return c, ok
}

// Row is [Table.Find] with [Unknown] for a code that the table does not hold.
func (t *Table) Row(code, sub string) Code {
	if c, ok := t.Find(code, sub); ok {
		return c
	}
	return Unknown()
}

// Action returns an action code of Cainiao in upper case without blanks, and its
// row. Of codes that the table does not hold, the prefix RT_ means the way back and
// the end tells what went wrong.
func (t *Table) Action(code Lax) (string, Code) {
	name := strings.ReplaceAll(strings.ToUpper(Line(code, 60)), " ", "_")
	row := t.Row(name, "*")
	ends := func(end string) bool { return strings.HasSuffix(name, end) }
	switch {
	case !row.Guess:
	case strings.HasPrefix(name, "RT_"):
		row.Status, row.Guess = parcel.Returning, false
	case slices.ContainsFunc([]string{"_FAILURE", "_FAIL", "_EXCEPTION"}, ends):
		row.Status, row.Guess = parcel.Exception, false
	}
	return name, row
}

// Unknown returns the row for a code that no table holds: a guess that the parcel
// is in transit.
func Unknown() Code { return Code{Sub: "*", Status: parcel.InTransit, Side: SideNone, Guess: true} }

// Codes returns the rows in the order of the table.
func (t *Table) Codes() []Code { return t.list }
