package parcel

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Fault says why something does not work, in no language yet: clauses that
// follow each other, from what is wrong to what to do. The nil Fault is no fault.
type Fault []Clause

// Clause is the id of a message with its data, names and values in turn.
type Clause struct {
	ID   string   `json:"id"`
	Data []string `json:"data,omitempty"`
}

// advice begins the ids of clauses that say what to do.
const advice = "do_"

// maxClause bounds each value of a clause, in bytes.
const maxClause = 400

// Say is a fault of one clause. Values come from outside: each is made one line
// and bounded.
func Say(id string, data ...string) Fault {
	c := Clause{ID: id}
	for _, s := range data {
		c.Data = append(c.Data, tame(s))
	}
	return Fault{c}
}

// And is the fault with another one behind it.
func (f Fault) And(more Fault) Fault { return slices.Concat(f, more) }

// What is the fault without its advice.
func (f Fault) What() Fault {
	var out Fault
	for _, c := range f {
		if !c.Advice() {
			out = append(out, c)
		}
	}
	return out
}

// Advice reports whether the clause says what to do.
func (c Clause) Advice() bool { return strings.HasPrefix(c.ID, advice) }

// Equal reports whether two faults say the same.
func (f Fault) Equal(g Fault) bool {
	return slices.EqualFunc(f, g, func(a, b Clause) bool { return a.ID == b.ID && slices.Equal(a.Data, b.Data) })
}

// tame makes a text one bounded line.
func tame(s string) string {
	if len(s) > maxClause {
		cut := maxClause
		for cut > 0 && !utf8.RuneStart(s[cut]) {
			cut--
		}
		s = s[:cut] + "…"
	}
	s = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || r == '\u2028' || r == '\u2029' {
			return ' '
		}
		return r
	}, s)
	return strings.Join(strings.Fields(s), " ")
}
