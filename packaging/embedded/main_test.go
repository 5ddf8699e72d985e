package main

import (
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"parcelwatch/internal/packed"
)

func TestPackedFilesAreReadAsThePlainOnes(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	if err := run(dir); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(dir, "overlay.json")
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var overlay struct{ Replace map[string]string }
	if err := json.Unmarshal(text, &overlay); err != nil {
		t.Fatal(err)
	}
	parts := map[string]bool{}
	for from, to := range overlay.Replace {
		want, got := both(t, from, to)
		if !bytes.Equal(want, got) {
			t.Errorf("%s: %d bytes, want %d", from, len(got), len(want))
		}
		for _, part := range []string{"internal/locale", "extract", "internal/web", "internal/api", "carriers/declared"} {
			parts[part] = parts[part] || strings.Contains(filepath.ToSlash(from), "/"+part+"/")
		}
	}
	for part, found := range parts {
		if !found {
			t.Errorf("no file of %s is packed", part)
		}
	}
	// The packages work with the packed files as with the plain ones.
	cmd := exec.CommandContext(t.Context(), "go", "test", "-vet=off", "-run", "^Test(CataloguesAreComplete|OperationsAreSound|Country|Plurals)$",
		"-overlay", file, "parcelwatch/internal/locale")
	if out, err := cmd.CombinedOutput(); err != nil || bytes.Contains(out, []byte("no tests")) {
		t.Errorf("tests with packed files: %v\n%s", err, out)
	}
}

func both(t *testing.T, plain, compressed string) (want, got []byte) {
	t.Helper()
	want, err := os.ReadFile(plain)
	if err != nil {
		t.Fatal(err)
	}
	raw, err := os.ReadFile(compressed)
	if err != nil {
		t.Fatal(err)
	}
	if got, err = packed.Text(raw); err != nil {
		t.Fatal(err)
	}
	return want, got
}
