package packed_test

import (
	"bytes"
	"compress/gzip"
	"embed"
	"io/fs"
	"testing"

	"parcelwatch/internal/packed"
)

//go:embed packed_test.go
var plain embed.FS

func gzipped(t *testing.T, text string) []byte {
	t.Helper()
	var out bytes.Buffer
	w := gzip.NewWriter(&out)
	if _, err := w.Write([]byte(text)); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func TestTextOfEitherForm(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"", "строка\n", string(bytes.Repeat([]byte("a table\n"), 100_000))} {
		for range 2 { // the second time with a reader that was used before
			got, err := packed.Text(gzipped(t, text))
			if err != nil || string(got) != text {
				t.Errorf("gzip of %d bytes: %d bytes, %v", len(text), len(got), err)
			}
		}
		if got, err := packed.Text([]byte(text)); err != nil || string(got) != text {
			t.Errorf("plain text of %d bytes: %d bytes, %v", len(text), len(got), err)
		}
	}
}

func TestDamagedTextIsAnError(t *testing.T) {
	t.Parallel()
	whole := gzipped(t, "a table\n")
	for _, raw := range [][]byte{{0x1f, 0x8b}, {0x1f, 0x8b, 8, 0}, whole[:len(whole)-3]} {
		if got, err := packed.Text(raw); err == nil {
			t.Errorf("%x: %q without an error", raw, got)
		}
	}
}

func TestFiles(t *testing.T) {
	t.Parallel()
	text, err := fs.ReadFile(packed.Files{FS: plain}, "packed_test.go")
	if err != nil || !bytes.HasPrefix(text, []byte("package packed_test\n")) {
		t.Errorf("read %.20q, %v", text, err)
	}
	if _, err := (packed.Files{FS: plain}).ReadFile("none"); err == nil {
		t.Error("a missing file is read")
	}
}
