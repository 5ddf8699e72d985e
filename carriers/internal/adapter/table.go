package adapter

import (
	"errors"
	"fmt"
	"strings"

	"parcelwatch/parcel"
)

// errTable is a broken code table: a mistake of ours, found by the first test.
var errTable = errors.New("code table is broken")

// Side says where on the journey a code is used, so that an event without a
// country gets the one of its side.
type Side string

// The sides.
const (
	SideOrigin      Side = "origin"
	SideDestination Side = "destination"
	SideNone        Side = "-"
)

// Ignored is the status of codes that are no scans, such as forecasts.
const Ignored parcel.Status = "ignore"

// Code is one row of a table.
type Code struct {
	Code, Sub string // Sub is "*" for the default of the code
	Status    parcel.Status
	Side      Side
	Meaning   string // in English
}

// Table maps a service's codes to statuses. It is the embedded codes.tsv of an
// adapter: code, sub-code, status, side, meaning, under a line of headings.
type Table struct {
	rows map[[2]string]Code
	list []Code
}

// ParseTable reads an embedded table.
func ParseTable(tsv string) (Table, error) {
	t := Table{rows: make(map[[2]string]Code)}
	for i, line := range strings.Split(strings.TrimSpace(tsv), "\n") {
		f := strings.Split(strings.TrimRight(line, "\r"), "\t")
		if i == 0 {
			continue
		}
		if len(f) != 5 || f[0] == "" || f[1] == "" {
			return Table{}, fmt.Errorf("%w: line %d", errTable, i+1)
		}
		c := Code{Code: f[0], Sub: f[1], Status: parcel.Status(f[2]), Side: Side(f[3]), Meaning: f[4]}
		if !c.Status.Known() && c.Status != Ignored {
			return Table{}, fmt.Errorf("%w: %s %s: status %q", errTable, c.Code, c.Sub, c.Status)
		}
		key := [2]string{c.Code, c.Sub}
		if _, ok := t.rows[key]; ok {
			return Table{}, fmt.Errorf("%w: %s %s stands twice", errTable, c.Code, c.Sub)
		}
		t.rows[key] = c
		t.list = append(t.list, c)
	}
	return t, nil
}

// Find is the row of the code and its sub-code, else the code's default.
func (t Table) Find(code, sub string) (Code, bool) {
	if c, ok := t.rows[[2]string{code, sub}]; ok {
		return c, true
	}
	c, ok := t.rows[[2]string{code, "*"}]
	return c, ok
}

// Codes lists the rows in the order of the table.
func (t Table) Codes() []Code { return t.list }
