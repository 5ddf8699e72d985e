package extract_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"parcelwatch/extract"
)

func TestDump(t *testing.T) {
	files, _ := filepath.Glob(os.Getenv("DUMP"))
	p := newParser(t, extract.Options{})
	for _, f := range files {
		raw, _ := os.ReadFile(f)
		n, err := p.Parse(raw, unverified)
		if err != nil {
			t.Log(f, err)
			continue
		}
		d, _ := json.Marshal(extract.Document(filepath.Base(f), n))
		t.Logf("%s", d)
	}
}
