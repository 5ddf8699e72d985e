package cli

import (
	"fmt"
	"io"
	"sync"

	"parcelwatch/internal/textx"
)

// Progress shows one line that changes, on a terminal only. The zero value shows
// nothing. It is safe for concurrent use.
type Progress struct {
	w     io.Writer
	mu    sync.Mutex
	shown bool
}

// NewProgress shows on w where it is a terminal, else nothing.
func NewProgress(w io.Writer, terminal bool) *Progress {
	if !terminal {
		return &Progress{}
	}
	return &Progress{w: w}
}

// Show replaces the line.
func (p *Progress) Show(text string) {
	p.line(Fit(textx.Line(text, 200), 79))
}

// Clear takes the line away; what follows starts on a clean one.
func (p *Progress) Clear() { p.line("") }

func (p *Progress) line(text string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.w == nil || text == "" && !p.shown {
		return
	}
	p.shown = text != ""
	// What cannot be shown is not worth an error.
	_, _ = fmt.Fprint(p.w, "\r\x1b[K"+text)
}
