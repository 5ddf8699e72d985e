package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"parcelwatch/carriers/all"
	"parcelwatch/internal/locale"
)

func TestReadmeNamesEveryCarrierAndLanguage(t *testing.T) {
	raw, err := os.ReadFile(filepath.Join("..", "..", "README.md"))
	if err != nil {
		t.Fatal(err)
	}
	text := string(raw)
	for _, f := range all.Factories() {
		if !strings.Contains(text, "`"+f.Info.Name+"`") {
			t.Errorf("README.md does not name the carrier `%s`", f.Info.Name)
		}
	}
	if list := strings.Join(locale.Languages(), " "); !strings.Contains(text, list) {
		t.Errorf("README.md does not list the languages %q", list)
	}
	phrases, err := filepath.Glob(filepath.Join("..", "..", "extract", "phrases", "*.tsv"))
	if err != nil || len(phrases) == 0 {
		t.Fatalf("phrases: %v, %v", phrases, err)
	}
	_, step, _ := strings.Cut(text, "is known in")
	step, _, _ = strings.Cut(step, ".")
	for _, f := range phrases {
		if tag := strings.TrimSuffix(filepath.Base(f), ".tsv"); !strings.Contains(step, tag) {
			t.Errorf("README.md does not say that steps are known in %q", tag)
		}
	}
}
