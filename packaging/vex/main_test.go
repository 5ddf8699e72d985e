package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"os"
	"os/exec"
	"regexp"
	"runtime/debug"
	"strings"
	"testing"
	"time"
)

var (
	at      = time.Date(2026, time.March, 1, 12, 0, 0, 0, time.UTC)
	program = &debug.BuildInfo{
		Main: debug.Module{Path: "parcelwatch"},
		Deps: []*debug.Module{{Path: "example.org/a", Version: "v1.0.0"}, {Path: "golang.org/x/crypto", Version: "v0.99.0"}},
	}
)

func TestEveryLineOfTheTableIsAClaim(t *testing.T) {
	t.Parallel()
	id := regexp.MustCompile(`^GO-\d{4}-\d{4,}$`)
	lines := 0
	for line := range strings.Lines(table) {
		if !strings.HasPrefix(line, "#") {
			lines++
		}
	}
	all := claims()
	if len(all) != lines || lines == 0 {
		t.Errorf("%d claims in %d lines", len(all), lines)
	}
	for _, c := range all {
		if !id.MatchString(c.id) || c.lacks != c.module && !strings.HasPrefix(c.lacks, c.module+"/") || c.why == "" {
			t.Errorf("%+v", c)
		}
	}
}

func TestTheProgramHasNoneOfThePackages(t *testing.T) {
	t.Parallel()
	out, err := exec.CommandContext(t.Context(), "go", "list", "-deps", "../../cmd/daemon").Output()
	if err != nil {
		t.Fatal(err)
	}
	for path := range strings.FieldsSeq(string(out)) {
		for _, c := range claims() {
			if path == c.lacks || strings.HasPrefix(path, c.lacks+"/") {
				t.Errorf("%s: the program has %s", c.id, path)
			}
		}
	}
}

// The required fields, labels and forms of OpenVEX 0.2.0.
func TestTheDocumentIsOpenVEX(t *testing.T) {
	t.Parallel()
	doc, err := state(program, []byte("golang.org/x/crypto/ed25519.Verify"), "1.2.3", at)
	if err != nil {
		t.Fatal(err)
	}
	text, err := json.Marshal(doc)
	if err != nil {
		t.Fatal(err)
	}
	for field, want := range map[string]string{
		"context": `"@context":"https://openvex.dev/ns/v0.2.0"`, "author": `"author":"parcelwatch`, "time": `"timestamp":"2026-03-01T12:00:00Z"`, "version": `"version":1,`,
		"vulnerability": `"vulnerability":{"@id":"https://pkg.go.dev/vuln/GO-2026-5932","name":"GO-2026-5932"}`,
		"product":       `"products":[{"@id":"pkg:golang/parcelwatch@1.2.3","subcomponents":[{"@id":"pkg:golang/golang.org/x/crypto@v0.99.0"}]}]`,
		"status":        `"status":"not_affected","justification":"vulnerable_code_not_present","impact_statement":"`,
	} {
		if !bytes.Contains(text, []byte(want)) {
			t.Errorf("%s: no %s in %s", field, want, text)
		}
	}
	if !regexp.MustCompile(`^urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$`).MatchString(doc.ID) {
		t.Errorf("id %s", doc.ID)
	}
	again, err := state(program, nil, "1.2.3", at)
	if err != nil || again.ID != doc.ID {
		t.Errorf("the second document is %s, %v", again.ID, err)
	}
	if other, err := state(program, nil, "1.2.4", at); err != nil || other.ID == doc.ID {
		t.Errorf("the document of another version is %s, %v", other.ID, err)
	}
}

func TestNothingIsStatedOfModulesThatAreNotThere(t *testing.T) {
	t.Parallel()
	doc, err := state(&debug.BuildInfo{Deps: program.Deps[:1]}, nil, "1.2.3", at)
	if err != nil || len(doc.Statements) != 0 {
		t.Errorf("%+v, %v", doc.Statements, err)
	}
}

func TestAProgramThatHasThePackageIsRefused(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"golang.org/x/crypto/openpgp.ReadMessage", "golang.org/x/crypto/openpgp/armor.Decode"} {
		if _, err := state(program, []byte("x\x00"+name+"\x00"), "1.2.3", at); !errors.Is(err, errHasPackage) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestWhatIsNoProgramOrTimeIsRefused(t *testing.T) {
	t.Parallel()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	for _, args := range [][]string{{"main.go", "0"}, {self, "now"}} {
		if err := run(&bytes.Buffer{}, args[0], "1", args[1]); err == nil {
			t.Errorf("%v is taken", args)
		}
	}
}
