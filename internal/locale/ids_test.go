package locale_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"parcelwatch/internal/locale"
)

// code is the text of all Go files of the product.
func code(t *testing.T) string {
	t.Helper()
	var out strings.Builder
	root := filepath.Join("..", "..")
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return err
		}
		raw, err := os.ReadFile(path)
		out.Write(raw)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out.String()
}

func TestMessagesAndCodeAgree(t *testing.T) {
	t.Parallel()
	code := code(t)
	known := map[string]map[string]bool{"en": {}, "ru": {}}
	for language, ids := range known {
		files, err := fs.ReadDir(locale.Catalog, "catalog/"+language)
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range files {
			for id := range messages(t, language, f.Name()) {
				ids[id] = true
			}
		}
	}
	used := regexp.MustCompile(`(?:message\.New|\.T)\("([a-z0-9_]+)"\s*[,)]`).FindAllStringSubmatch(code, -1)
	if len(used) < 300 {
		t.Fatalf("only %d uses were found", len(used))
	}
	for _, m := range used {
		for language, ids := range known {
			if !ids[m[1]] {
				t.Errorf("%s: %s has no message", language, m[1])
			}
		}
	}
	// Put together from a word and a value: what a provider advises, what is
	// unknown in the configuration, the names of values in the help.
	made := regexp.MustCompile(`^(do_[a-z]+|unknown_[a-z]+_(near|one_of)|value_[a-z]+)$`)
	for _, file := range []string{"usage.toml", "mail.toml", "faults.toml", "advice.toml", "config.toml"} {
		for id := range messages(t, "en", file) {
			if !strings.Contains(code, `"`+id+`"`) && !made.MatchString(id) {
				t.Errorf("%s: %s is used nowhere", file, id)
			}
		}
	}
}
