package locale

import "parcelwatch/internal/message"

// Fault is why something does not work, and what to do where that is known, in
// one line.
func (p *Printer) Fault(f message.Text) string {
	out := ""
	for i, c := range f {
		data := make([]any, len(c.Data))
		for j, s := range c.Data {
			data[j] = s
		}
		words := p.T(c.ID, data...)
		switch {
		case i == 0:
			out = words
		case c.Advice():
			out = p.T("then", "First", out, "Then", words)
		default:
			out = p.Pair(out, words)
		}
	}
	return out
}

// English is the fault as logs and scripts have it.
func English(f message.Text) string {
	if len(f) == 0 {
		return ""
	}
	p, err := New(fallback)
	if err != nil {
		return f[0].ID
	}
	return p.Fault(f)
}
