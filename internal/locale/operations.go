package locale

import (
	"cmp"
	"strings"
	"unicode"

	"parcelwatch/parcel"
)

// Operations returns the table that maps carriers' codes to operations: carrier, code
// (its attribute * stands for every other one), and message id without the prefix op_
// or status.
func Operations() [][3]string {
	var out [][3]string
	for row := range rows("operations.tsv", 3) {
		out = append(out, [3]string(row))
	}
	return out[1:] // without the heading
}

// Operation returns the operation of an event in the language, empty if the event's
// code is not known.
func (p *Printer) Operation(e parcel.Event) string {
	words, _, _ := p.operation(e)
	return words
}

// Told returns an event's operation in the language, and the carrier's own words if
// they add something. operation is empty if the code is not known or the carrier's
// texts are in this language already; own is empty if they add nothing.
func (p *Printer) Told(e parcel.Event) (operation, own string) {
	own = e.Text
	if own == e.Code {
		own = ""
	}
	operation, carrier, exact := p.operation(e)
	how := p.carriers()[carrier]
	switch {
	case operation == "" || own == "":
		return operation, Once(own)
	case how.language == p.language, how.language == "" && p.language == fallback && ascii(own):
		return "", Once(own)
	case strings.EqualFold(own, operation), how.standard && exact && !strings.Contains(own, ":"):
		return operation, ""
	default:
		return operation, Once(own)
	}
}

// Once returns a carrier's words "operation: attribute" without the one that the other
// repeats: "Delivery: Delivery to the addressee" is "Delivery to the addressee".
func Once(words string) string {
	operation, attribute, ok := strings.Cut(words, ": ")
	switch a, b := strings.ToLower(operation), strings.ToLower(attribute); {
	case !ok:
		return words
	case strings.Contains(b, a):
		return attribute
	case strings.Contains(a, b):
		return operation
	default:
		return words
	}
}

// operation returns the words, the carrier whose code it is, and whether the table
// has this exact code.
func (p *Printer) operation(e parcel.Event) (words, carrier string, exact bool) {
	for _, carrier := range e.Sources {
		op, exact := p.operationOf(carrier, codeOf(e))
		if op == "" || !agrees(op, e.Status) {
			continue
		}
		if s := parcel.Status(op); s.Known() {
			return p.Status(s), carrier, exact
		}
		return p.T("op_" + op), carrier, exact
	}
	return "", "", false
}

// codeOf returns an event's code, or its label: some carriers have labels only.
func codeOf(e parcel.Event) string { return cmp.Or(e.Code, strings.TrimSuffix(e.Text, ".")) }

func (p *Printer) operationOf(carrier, code string) (op string, exact bool) {
	if len(code) > 100 {
		return "", false
	}
	if op, ok := p.operations()[operationKey(carrier, code)]; ok {
		return op, true
	}
	kind, _, attribute := strings.Cut(code, ":")
	if !attribute {
		return "", false
	}
	return p.operations()[operationKey(carrier, kind+":*")], false
}

func operationKey(carrier, code string) string { return carrier + "\t" + strings.ToLower(code) }

// operationsByCode indexes the table by code.
func operationsByCode() map[string]string {
	out := map[string]string{}
	for _, row := range Operations() {
		out[operationKey(row[0], row[1])] = row[2]
	}
	return out
}

// agrees reports whether the operation fits the event's status: the same code means
// something else on the way back, and a departure from a port is not a departure from
// the country.
func agrees(op string, s parcel.Status) bool {
	switch status := parcel.Status(op); {
	case status.Known():
		return s == status
	case op == "departed":
		return s == parcel.Export
	default:
		return s != parcel.Returning && s != parcel.Returned && s != parcel.Exception
	}
}

func ascii(s string) bool {
	return !strings.ContainsFunc(s, func(r rune) bool { return r > unicode.MaxASCII })
}
