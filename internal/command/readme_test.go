package command

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"parcelwatch/carriers/all"
	"parcelwatch/config"
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
	if list := strings.Join(locale.Tags(), " "); !strings.Contains(text, list) {
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

func TestReadmeShowsAConfigurationThatLoads(t *testing.T) {
	raw, err := os.ReadFile(filepath.Join("..", "..", "README.md"))
	if err != nil {
		t.Fatal(err)
	}
	_, text, _ := strings.Cut(string(raw), "```toml\n")
	text, _, found := strings.Cut(text, "```")
	if !found {
		t.Fatal("README.md has no TOML block")
	}
	dir := t.TempDir()
	for _, name := range []string{"imap.pass", "smtp.pass", "pochta.pass"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte("x"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	path := filepath.Join(dir, "parcelwatch.toml")
	text = strings.ReplaceAll(text, "/etc/parcelwatch/", filepath.ToSlash(dir)+"/")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	c, err := config.Load(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Need(config.AllSections()...); err != nil {
		t.Errorf("the README's configuration is not a whole one: %v", err)
	}
}
