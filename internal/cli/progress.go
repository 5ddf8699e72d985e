package cli

import (
	"fmt"
	"io"
	"sync"

	"parcelwatch/internal/textx"
)

// Progress shows one changing line, on a terminal only. The zero value shows nothing.
// It is safe for concurrent use.
type Progress struct {
	w     io.Writer
	mu    sync.Mutex
	shown bool
}

// NewProgress returns a progress line on w, or one that shows nothing if w is no terminal.
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

// Clear removes the line; the next output starts at its beginning.
func (p *Progress) Clear() { p.line("") }

func (p *Progress) line(text string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.w == nil || text == "" && !p.shown {
		return
	}
	p.shown = text != ""
	// A failure to show progress is not worth an error.
	_, _ = fmt.Fprint(p.w, "\r\x1b[K"+text)
}
