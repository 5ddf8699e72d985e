package all_test

import (
	"os"
	"path/filepath"
	"testing"

	"parcelwatch/carriers"
	"parcelwatch/carriers/all"
)

func TestFactories(t *testing.T) {
	known := map[string]bool{}
	for _, f := range all.Factories() {
		if known[f.Info.Name] {
			t.Errorf("%s stands twice", f.Info.Name)
		}
		known[f.Info.Name] = true
		if _, err := os.Stat(filepath.Join("..", f.Info.Name, f.Info.Name+".go")); err != nil {
			t.Errorf("%s has no folder of its name: %v", f.Info.Name, err)
		}
	}
	folders, err := filepath.Glob("../*/status.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range folders {
		if name := filepath.Base(filepath.Dir(f)); !known[name] {
			t.Errorf("carrier %s is not in the list", name)
		}
	}
	if len(folders) == 0 {
		t.Error("no carrier folders were found")
	}
}

func TestSetOfAll(t *testing.T) {
	set, err := carriers.NewSet(all.Factories(), nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range set.Members() {
		if m.Info.NeedsCredential() != (len(m.Missing) > 0) {
			t.Errorf("%s without settings misses %v", m.Info.Name, m.Missing)
		}
	}
}
