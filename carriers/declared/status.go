package declared

import (
	"regexp"
	"slices"
	"strings"

	"parcelwatch/carriers/internal/adapter"
	"parcelwatch/parcel"
)

// maxRows is the number of rows of a status table.
const maxRows = 1000

// row is one line of [carrier.status]: a code or an expression, and what it means.
type row struct {
	code    string         // in capitals; "" if re is set
	re      *regexp.Regexp // fits the code, the words, or both with a blank between
	meaning *adapter.Code
}

// rows compiles the status table in the order of the file.
func (c *compiler) rows(d *Definition) []*row {
	if len(d.Status) > maxRows {
		c.wrong("status", "declared_long")
		return nil
	}
	keys := d.Order
	if len(keys) != len(d.Status) {
		keys = nil
		for key := range d.Status {
			keys = append(keys, key)
		}
		slices.Sort(keys)
	}
	var out []*row
	for _, key := range keys {
		at := "status." + key
		r := &row{code: strings.ToUpper(key), meaning: c.meaning(at, d.Status[key])}
		if inner, ok := strings.CutPrefix(key, "/"); ok && strings.HasSuffix(inner, "/") && len(inner) > 1 {
			r.code, r.re = "", c.pattern(at, strings.TrimSuffix(inner, "/"))
		}
		out = append(out, r)
	}
	return out
}

// meaning compiles the right side of a row: a status, or a list of a status, a side
// and words.
func (c *compiler) meaning(key string, v any) *adapter.Code {
	code := &adapter.Code{Side: adapter.SideNone}
	list, ok := v.([]any)
	if !ok {
		list = []any{v}
	}
	var texts []string
	for _, one := range list {
		text, ok := one.(string)
		if !ok {
			c.wrong(key, "declared_status")
			return code
		}
		texts = append(texts, text)
	}
	if len(texts) == 0 || len(texts) > 3 {
		c.wrong(key, "declared_status")
		return code
	}
	texts = append(texts, "", "")
	code.Status, code.Meaning = parcel.Status(texts[0]), texts[2]
	if !code.Status.Known() && code.Status != adapter.Ignored {
		names := []string{}
		for _, s := range parcel.Statuses() {
			names = append(names, string(s))
		}
		c.allowed(key, strings.Join(append(names, string(adapter.Ignored)), ", "))
	}
	switch side := adapter.Side(texts[1]); side {
	case adapter.SideOrigin, adapter.SideDestination, adapter.SideNone:
		code.Side = side
	case "":
	default:
		c.allowed(key, "origin, destination, -")
	}
	return code
}

// status returns what a code and words mean: the first row that fits. A delivery that
// the words deny is a failed attempt.
func (p *program) status(code, words string) adapter.Code {
	plain := code
	if plain == "" {
		plain = strings.TrimSuffix(words, ".")
	}
	plain = strings.ToUpper(plain)
	for _, r := range p.rows {
		if r.code != "" && r.code == plain || r.re != nil && (r.re.MatchString(words) || code != "" && (r.re.MatchString(code) || r.re.MatchString(code+" "+words))) {
			return adapter.Sober(*r.meaning, words)
		}
	}
	return adapter.Unknown()
}
