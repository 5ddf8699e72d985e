package command

import (
	"os"
	"path/filepath"
	"regexp"
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

// The first screen stays one: whatever is more belongs to docs.
func TestReadmeIsShort(t *testing.T) {
	for _, name := range []string{"README.md", "README.ru.md"} {
		raw, err := os.ReadFile(filepath.Join("..", "..", name))
		if err != nil {
			t.Fatal(err)
		}
		if lines := strings.Count(string(raw), "\n"); lines >= 150 {
			t.Errorf("%s has %d lines, want fewer than 150", name, lines)
		}
	}
}

// Documents link to files that exist, from where they are.
func TestDocumentsLinkToFilesThatExist(t *testing.T) {
	root := filepath.Join("..", "..")
	link := regexp.MustCompile(`\]\(([^)#:]+)(#[^)]*)?\)|src="([^":]+)"`)
	var files []string
	for _, pattern := range []string{"*.md", "docs/*.md", "docs/*/*.md"} {
		found, err := filepath.Glob(filepath.Join(root, filepath.FromSlash(pattern)))
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, found...)
	}
	links := 0
	for _, file := range files {
		raw, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range link.FindAllStringSubmatch(string(raw), -1) {
			links++
			if _, err := os.Stat(filepath.Join(filepath.Dir(file), filepath.FromSlash(m[1]+m[3]))); err != nil {
				t.Errorf("%s: the link to %s leads nowhere", file, m[1]+m[3])
			}
		}
	}
	if links < 50 {
		t.Errorf("only %d links were found in %d documents", links, len(files))
	}
}

func TestTheCompleteConfigurationOfTheDocumentsLoads(t *testing.T) {
	for _, name := range []string{"docs/configuration.md", "docs/ru/first-hour.md"} {
		t.Run(name, func(t *testing.T) { loadsWhole(t, name) })
	}
}

// loadsWhole fails unless the first TOML block of a document that names a mailbox is a configuration for everything.
func loadsWhole(t *testing.T, name string) {
	t.Helper()
	raw, err := os.ReadFile(filepath.Join("..", "..", filepath.FromSlash(name)))
	if err != nil {
		t.Fatal(err)
	}
	var text string
	for _, block := range strings.Split(string(raw), "```toml\n")[1:] {
		if block, _, _ = strings.Cut(block, "```"); strings.Contains(block, "[[mailbox]]") {
			text = block
			break
		}
	}
	if text == "" {
		t.Fatalf("%s has no TOML block with a mailbox", name)
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
		t.Errorf("the configuration of %s is not a whole one: %v", name, err)
	}
}
