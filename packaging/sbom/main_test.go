package main

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"runtime/debug"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestTheListHasEveryModuleAsItWasBuilt(t *testing.T) {
	t.Parallel()
	got := document(&debug.BuildInfo{
		GoVersion: "go1.26.0", Main: debug.Module{Path: "parcelwatch"},
		Deps: []*debug.Module{
			{Path: "example.org/a", Version: "v1.0.0", Sum: "h1:a"},
			{Path: "example.org/b", Version: "v2.0.0", Replace: &debug.Module{Path: "example.org/fork", Version: "v2.0.1", Sum: "h1:f"}},
		},
		Settings: []debug.BuildSetting{{Key: "GOOS", Value: "linux"}, {Key: "-ldflags", Value: "a path"}},
	}, "1.2.3")
	if diff := cmp.Diff([]property{{"build:GOOS", "linux"}}, got.Metadata.Component.Properties); diff != "" {
		t.Error(diff)
	}
	want := []component{
		{Type: "library", Ref: "pkg:golang/std@go1.26.0", Name: "std", Version: "go1.26.0", PURL: "pkg:golang/std@go1.26.0"},
		{Type: "library", Ref: "pkg:golang/example.org/a@v1.0.0", Name: "example.org/a", Version: "v1.0.0", PURL: "pkg:golang/example.org/a@v1.0.0", Properties: []property{{"go:sum", "h1:a"}}},
		{Type: "library", Ref: "pkg:golang/example.org/fork@v2.0.1", Name: "example.org/fork", Version: "v2.0.1", PURL: "pkg:golang/example.org/fork@v2.0.1", Properties: []property{{"go:sum", "h1:f"}}},
	}
	if diff := cmp.Diff(want, got.Components); diff != "" {
		t.Error(diff)
	}
}

func TestAProgramTellsWhatItIsMadeOfAndAnythingElseIsRefused(t *testing.T) {
	t.Parallel()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	var first, second bytes.Buffer
	if err := run(&first, self, "1.2.3"); err != nil {
		t.Fatal(err)
	}
	if err := run(&second, self, "1.2.3"); err != nil || !bytes.Equal(first.Bytes(), second.Bytes()) {
		t.Errorf("the second list differs, or %v", err)
	}
	var doc bom
	if err := json.Unmarshal(first.Bytes(), &doc); err != nil || len(doc.Components) < 1 || doc.Metadata.Component.Version != "1.2.3" {
		t.Errorf("%v\n%s", err, first.Bytes())
	}
	other := filepath.Join(t.TempDir(), "x")
	if err := os.WriteFile(other, []byte("no program"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := run(&first, other, "1"); err == nil {
		t.Error("a text is taken for a program")
	}
}
