// Package packed reads embedded files that a release holds compressed.
//
// packaging/embedded replaces every file that a package embeds by its gzip form if the
// package imports this one. Such a package must read all its embedded files by this one;
// they may be in either form.
package packed

import (
	"bytes"
	"compress/gzip"
	"embed"
	"encoding/binary"
	"fmt"
)

// Files are embedded files. ReadFile, and with it [io/fs.ReadFile], returns their text;
// Open opens them as they are embedded.
type Files struct{ embed.FS }

// ReadFile returns the text of a file.
func (f Files) ReadFile(name string) ([]byte, error) {
	raw, err := f.FS.ReadFile(name)
	if err != nil {
		return nil, err //nolint:wrapcheck // names the file
	}
	text, err := Text(raw)
	if err != nil {
		return nil, fmt.Errorf("unpack %s: %w", name, err)
	}
	return text, nil
}

// maxSize is the largest size of a text that is reserved at once, in bytes.
const maxSize = 1 << 20

// Text returns the text of an embedded file.
func Text(raw []byte) ([]byte, error) {
	if !bytes.HasPrefix(raw, []byte{0x1f, 0x8b}) {
		return raw, nil
	}
	r, err := gzip.NewReader(bytes.NewReader(raw))
	if err != nil {
		return nil, fmt.Errorf("read a gzip header: %w", err)
	}
	size := binary.LittleEndian.Uint32(raw[len(raw)-4:]) // without the checksum
	text := bytes.NewBuffer(make([]byte, 0, min(int(size), maxSize)+bytes.MinRead))
	if _, err := text.ReadFrom(r); err != nil {
		return nil, fmt.Errorf("read gzip: %w", err)
	}
	return text.Bytes(), nil
}
