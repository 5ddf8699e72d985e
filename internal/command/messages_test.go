package command

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/pelletier/go-toml/v2"

	"parcelwatch/parcel"
)

// TestEveryMessageIsUsed checks that every message is used and that every id has a
// message.
func TestEveryMessageIsUsed(t *testing.T) {
	t.Parallel()
	messages, known := map[string]any{}, map[string]any{}
	catalogs, _ := filepath.Glob(filepath.Join("..", "..", "internal", "locale", "catalog", "en", "*.toml"))
	for _, file := range catalogs {
		raw, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		into := []any{&known}
		if filepath.Base(file) == "cli.toml" {
			into = append(into, &messages)
		}
		for _, v := range into {
			if err := toml.Unmarshal(raw, v); err != nil {
				t.Fatal(err)
			}
		}
	}
	var code strings.Builder
	for _, pattern := range []string{"*.go", filepath.Join("..", "cli", "*.go"), filepath.Join("..", "app", "*.go"), filepath.Join("..", "mqtt", "*.go"), filepath.Join("..", "..", "carriers", "declared", "*.go"), filepath.Join("..", "..", "service", "*.go")} {
		files, _ := filepath.Glob(pattern)
		for _, f := range files {
			if strings.HasSuffix(f, "_test.go") {
				continue
			}
			text, err := os.ReadFile(f)
			if err != nil {
				t.Fatal(err)
			}
			code.Write(text)
		}
	}
	made := []string{"help_", "trust_", "role_", "service_", "check_"} // ids composed of a prefix and a value
	for id := range messages {
		used := strings.Contains(code.String(), `"`+id+`"`)
		for _, prefix := range made {
			if word, ok := strings.CutPrefix(id, prefix); ok {
				used = used || strings.Contains(code.String(), `"`+word+`"`) || strings.Contains(code.String(), "${"+id+"}") || prefix == "trust_" || prefix == "role_"
			}
		}
		if !used {
			t.Errorf("message %s is shown nowhere", id)
		}
	}
	var ids []string
	for _, m := range regexp.MustCompile(`\.T\("([a-z_]+)"`).FindAllStringSubmatch(code.String(), -1) {
		ids = append(ids, m[1])
	}
	for _, m := range regexp.MustCompile(`\$\{(help_[a-z_]+)\}`).FindAllStringSubmatch(code.String(), -1) {
		ids = append(ids, m[1])
	}
	for _, t2 := range []parcel.Trust{parcel.TrustVerified, parcel.TrustRelayed, parcel.TrustForwarded, parcel.TrustUnverified, parcel.TrustForged, parcel.TrustForeign} {
		ids = append(ids, "trust_"+string(t2))
	}
	if len(ids) < 100 {
		t.Fatalf("only %d ids found", len(ids))
	}
	slices.Sort(ids)
	for _, id := range slices.Compact(ids) {
		// An id that ends in an underscore is a prefix.
		if _, there := known[id]; !there && !strings.HasSuffix(id, "_") {
			t.Errorf("%s has no message", id)
		}
	}
}
