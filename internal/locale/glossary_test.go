package locale_test

import (
	"bufio"
	"io/fs"
	"os"
	"regexp"
	"strings"
	"testing"

	"parcelwatch/internal/locale"
)

// glossary reads docs/glossary.md: the terms by language and message id, and the terms
// that must not occur by language.
func glossary(t *testing.T) (terms map[string]map[string]string, never map[string][]string) {
	t.Helper()
	f, err := os.Open("../../docs/glossary.md")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	terms, never = map[string]map[string]string{}, map[string][]string{}
	heading := regexp.MustCompile(`^## .* \(([A-Za-z-]+)\)$`)
	language := ""
	for lines := bufio.NewScanner(f); lines.Scan(); {
		line := lines.Text()
		cells := strings.Split(strings.Trim(line, "| "), " | ")
		if m := heading.FindStringSubmatch(line); m != nil {
			language, terms[m[1]] = m[1], map[string]string{}
		} else if strings.HasPrefix(line, "## ") {
			language = ""
		} else if id := strings.Trim(cells[0], "`"); id != cells[0] && language != "" {
			terms[language][id] = strings.TrimSuffix(cells[1], " ¹")
		} else if len(cells) == 3 && cells[0] != "language" && language == "" {
			never[cells[0]] = append(never[cells[0]], cells[1])
		}
	}
	return terms, never
}

func TestTheCataloguesUseTheTermsOfTheGlossary(t *testing.T) {
	t.Parallel()
	terms, never := glossary(t)
	for _, tag := range locale.Tags() {
		if len(terms[tag]) == 0 {
			t.Errorf("%s is not in the glossary", tag)
		}
		p, err := locale.New(tag)
		if err != nil {
			t.Fatal(err)
		}
		for id, want := range terms[tag] {
			if got := p.T(id); got != want {
				t.Errorf("%s: %s is %q, in the glossary %q", tag, id, got, want)
			}
		}
		files, err := fs.ReadDir(locale.Catalog, "catalog/"+tag)
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range files {
			for id, forms := range messages(t, tag, f.Name()) {
				for _, text := range forms {
					for _, term := range never[tag] {
						if strings.Contains(strings.ToLower(text), strings.ToLower(term)) {
							t.Errorf("%s: %s says %q: %s", tag, id, term, text)
						}
					}
				}
			}
		}
	}
	if len(never) < len(locale.Languages()) {
		t.Errorf("terms that must not occur are known in %d languages", len(never))
	}
}
