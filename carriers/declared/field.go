package declared

import (
	"maps"
	"slices"
	"strings"
)

// maxParts is the number of selectors of one field.
const maxParts = 20

// field is a value of an answer: the first alternative that has one. The parts of an
// alternative are joined.
type field struct {
	alternatives [][]*selector
	join         string
	kind         kind
}

// none reports whether the field is not defined.
func (f *field) none() bool { return len(f.alternatives) == 0 }

// value returns the text of the field, or "". Of what a part finds, the first counts.
func (f *field) value(at *scope) string {
	for _, all := range f.alternatives {
		var parts []string
		for _, s := range all {
			for _, v := range s.values(at) {
				if v != "" {
					parts = append(parts, v)
					break
				}
			}
		}
		if len(parts) > 0 {
			at.trace.saw(f.kind, parts...)
			return strings.Join(parts, f.join)
		}
	}
	return ""
}

// each calls f with every selector.
func (f *field) each(do func(*selector)) {
	for _, all := range f.alternatives {
		for _, s := range all {
			do(s)
		}
	}
}

// nodes returns what the selectors of the first alternative with anything find.
func (f *field) nodes(at *scope) []node {
	for _, all := range f.alternatives {
		var out []node
		for _, s := range all {
			out = append(out, s.nodes(at)...)
		}
		if len(out) > 0 {
			return out
		}
	}
	return nil
}

// field compiles what is written for a field. Join is put between the parts unless
// the definition says otherwise.
func (c *compiler) field(key string, v any, join string) *field {
	f := &field{join: join}
	if v == nil {
		return f
	}
	switch v := v.(type) {
	case map[string]any:
		c.table(key, v, f)
	default:
		f.add(c.parts(key, v))
	}
	return f
}

func (f *field) add(parts []*selector) {
	if len(parts) > 0 {
		f.alternatives = append(f.alternatives, parts)
	}
}

// table compiles { first = [...] } and { all = [...], join = "..." }.
func (c *compiler) table(key string, table map[string]any, f *field) {
	for _, name := range slices.Sorted(maps.Keys(table)) {
		v, at := table[name], key+"."+name
		text, isText := v.(string)
		list, isList := v.([]any)
		switch {
		case name == "join" && isText && len(text) <= 10:
			f.join = text
		case name == "all" && isList && table["first"] == nil:
			f.add(c.parts(at, v))
		case name == "first" && isList && table["all"] == nil && len(list) <= maxParts:
			for i, one := range list {
				f.add(c.parts(element(at, i), one))
			}
		default:
			c.wrong(at, "declared_field")
		}
	}
}

// parts compiles a selector or a list of them.
func (c *compiler) parts(key string, v any) []*selector {
	if text, ok := v.(string); ok {
		return c.selectors(key, text)
	}
	list, ok := v.([]any)
	if !ok || len(list) > maxParts {
		c.wrong(key, "declared_field")
		return nil
	}
	var out []*selector
	for i, one := range list {
		text, ok := one.(string)
		if !ok {
			c.wrong(element(key, i), "declared_field")
			continue
		}
		out = append(out, c.selectors(element(key, i), text)...)
	}
	return out
}

func (c *compiler) selectors(key, text string) []*selector {
	s, why := parseSelector(text, c.page)
	s.key = key
	if why != good {
		c.at(key, why.message())
		return nil
	}
	return []*selector{s}
}
