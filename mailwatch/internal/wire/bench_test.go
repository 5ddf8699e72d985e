package wire_test

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"strings"
	"testing"

	"parcelwatch/mailwatch/internal/wire"
)

// BenchmarkScan reads what a scan of 1,000 mails of 20 KB brings, by the library's steps.
func BenchmarkScan(b *testing.B) {
	var said bytes.Buffer
	text := strings.Repeat("words of a mail, a line of them\r\n", 600)
	for i := range 1000 {
		fmt.Fprintf(&said, "* %d FETCH (UID %d RFC822.SIZE %d BODY[] {%d}\r\n%s)\r\n", i+1, i+1, len(text), len(text), text)
	}
	for name, wrap := range map[string]func(io.Reader) io.Reader{
		"alone": alone, "behind": behind,
		"mended": func(r io.Reader) io.Reader { return wire.New(wire.NewMender(r, &wire.Windows{}), &wire.Windows{}) },
	} {
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(said.Len()))
			for b.Loop() {
				r := bufio.NewReader(wrap(bytes.NewReader(said.Bytes())))
				for {
					if _, err := r.ReadSlice('\n'); err != nil {
						break
					}
					if _, err := io.CopyN(io.Discard, r, int64(len(text))); err != nil {
						break
					}
					if _, err := r.ReadSlice('\n'); err != nil {
						break
					}
				}
			}
		})
	}
}
