package locale

import (
	"strings"

	"parcelwatch/parcel"
)

// Fault is why something does not work, and what to do where that is known, in
// one line.
func (p *Printer) Fault(f parcel.Fault) string {
	var b strings.Builder
	for i, c := range f {
		switch {
		case i == 0:
		case c.Advice():
			b.WriteString("; ")
		default:
			b.WriteString(": ")
		}
		data := make([]any, len(c.Data))
		for j, s := range c.Data {
			data[j] = s
		}
		b.WriteString(p.T(c.ID, data...))
	}
	return b.String()
}

// English is the fault as logs and scripts have it.
func English(f parcel.Fault) string {
	if len(f) == 0 {
		return ""
	}
	p, err := New(fallback)
	if err != nil {
		return f[0].ID
	}
	return p.Fault(f)
}
