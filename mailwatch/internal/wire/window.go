package wire

import (
	"bufio"
	"io"
	"sync"
)

const windowSize = 16 << 10

// Windows lends connections the buffers that they need while a response arrives: most are
// idle most of the time. The zero value is ready, and safe for concurrent use.
type Windows struct{ free sync.Pool }

func (w *Windows) take(r io.Reader) *bufio.Reader {
	b, ok := w.free.Get().(*bufio.Reader)
	if !ok {
		return bufio.NewReaderSize(r, windowSize)
	}
	b.Reset(r)
	return b
}

// window reads ahead on one connection.
type window struct {
	lender *Windows
	from   io.Reader
	ahead  *bufio.Reader // nil while waiting
	first  [1]byte
	some   bool // first was not passed on
}

// Read implements [io.Reader] for the buffer.
func (w *window) Read(p []byte) (int, error) {
	if w.some && len(p) > 0 {
		w.some = false
		return copy(p, w.first[:]), nil
	}
	return w.from.Read(p)
}

// wait waits for the next byte and returns the reader that begins with it. While nothing
// is read ahead, the window has no buffer. What was read from an earlier reader is then
// no longer valid.
func (w *window) wait() (*bufio.Reader, error) {
	if w.ahead != nil && w.ahead.Buffered() > 0 {
		return w.ahead, nil
	}
	if w.ahead != nil {
		w.ahead.Reset(nil)
		w.lender.free.Put(w.ahead)
		w.ahead = nil
	}
	if _, err := io.ReadFull(w.from, w.first[:]); err != nil {
		return nil, err
	}
	w.some = true
	w.ahead = w.lender.take(w)
	return w.ahead, nil
}
