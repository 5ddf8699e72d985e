package config_test

import (
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"parcelwatch/config"
)

// keys lists every key that the configuration's types know, as section.key.
func keys(t reflect.Type, at string, out map[string]bool) {
	for t.Kind() == reflect.Pointer || t.Kind() == reflect.Slice {
		t = t.Elem()
	}
	if t.Kind() != reflect.Struct {
		return
	}
	for _, field := range reflect.VisibleFields(t) {
		name := field.Tag.Get("toml")
		if name == "" || name == "-" {
			continue
		}
		path := strings.TrimPrefix(at+"."+name, ".")
		out[path] = true
		keys(field.Type, path, out)
	}
}

func TestTheDocumentAndTheExampleNameEveryKey(t *testing.T) {
	t.Parallel()
	doc, err := os.ReadFile(filepath.Join("..", "docs", "configuration.md"))
	if err != nil {
		t.Fatal(err)
	}
	known := map[string]bool{"carriers.NAME.enabled": true, "carriers.NAME.endpoint": true, "carriers.NAME.proxy": true}
	keys(reflect.TypeFor[config.Config](), "", known)
	delete(known, "carriers")
	for key := range known {
		if !strings.Contains(string(doc), "`"+key+"`") {
			t.Errorf("docs/configuration.md does not describe `%s`", key)
		}
		last := key[strings.LastIndex(key, ".")+1:]
		if !strings.Contains(example(t), last) {
			t.Errorf("the example does not show %s", key)
		}
	}
	for line := range strings.Lines(string(doc)) {
		if !strings.HasPrefix(line, "| `") {
			continue
		}
		if key, _, _ := strings.Cut(strings.TrimPrefix(line, "| `"), "`"); !known[key] {
			t.Errorf("docs/configuration.md describes `%s`, which does not exist", key)
		}
	}
}
