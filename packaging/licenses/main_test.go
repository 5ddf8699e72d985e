package main

import (
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

func read(t *testing.T, path ...string) string {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(path...))
	if err != nil {
		t.Fatal(err)
	}
	return strings.ReplaceAll(string(b), "\r\n", "\n")
}

// documented returns the licence of each module in the table of docs/architecture.md.
func documented(t *testing.T) map[string]string {
	t.Helper()
	_, text, _ := strings.Cut(read(t, "..", "..", "docs", "architecture.md"), "\n## Libraries\n")
	out := map[string]string{}
	for _, m := range regexp.MustCompile(`(?m)^\| ([a-zA-Z0-9.]+\.[a-z]+/\S+) \| ([^|]+) \| ([^|]+) \| ([^|]+) \|$`).FindAllStringSubmatch(text, -1) {
		if _, twice := out[m[1]]; twice {
			t.Errorf("docs/architecture.md names %s twice", m[1])
		}
		out[m[1]] = m[2]
	}
	return out
}

func TestEachDirectRequirementIsJustified(t *testing.T) {
	block := regexp.MustCompile(`(?s)require \((.*?)\n\)`).FindStringSubmatch(read(t, "..", "..", "go.mod"))
	if block == nil {
		t.Fatal("go.mod has no block of requirements")
	}
	var direct []string
	for _, m := range regexp.MustCompile(`(?m)^\t(\S+) v\S+$`).FindAllStringSubmatch(block[1], -1) {
		direct = append(direct, m[1])
	}
	table := documented(t)
	if len(direct) < 20 {
		t.Fatalf("%d direct requirements", len(direct))
	}
	for _, path := range direct {
		if _, ok := table[path]; !ok {
			t.Errorf("docs/architecture.md does not say why %s is needed: add a row with licence, keeper and reason", path)
		}
		delete(table, path)
	}
	for path := range table {
		t.Errorf("docs/architecture.md names %s, which is no direct requirement", path)
	}
}

func TestTheDocumentedLicencesAreThoseOfTheModules(t *testing.T) {
	table := documented(t)
	out, err := exec.CommandContext(t.Context(), "go", append([]string{"list", "-m", "-f", "{{.Path}}\t{{.Dir}}"}, slices.Sorted(maps.Keys(table))...)...).Output()
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(out)) {
		path, dir, _ := strings.Cut(strings.TrimSpace(line), "\t")
		if dir == "" {
			t.Errorf("%s is not downloaded", path)
			continue
		}
		m := module{Path: path, Dir: dir}
		files, err := texts(m)
		if err != nil {
			t.Error(err)
			continue
		}
		if strings.HasPrefix(table[path], "MPL") { // in tests only, which are not passed on
			continue
		}
		ids, err := licences(m, files)
		if err != nil {
			t.Error(err)
		} else if got := strings.Join(ids, ", "); got != table[path] {
			t.Errorf("%s is under %s, docs/architecture.md says %s", path, got, table[path])
		}
	}
}

func TestEveryLinkedLicenceIsAllowedAndPrinted(t *testing.T) {
	var b strings.Builder
	if err := run(&b, []string{"parcelwatch/cmd/daemon"}); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		"\nGo go", "\nmodernc.org/sqlite v", "\ngithub.com/emersion/go-imap/v2 v", "Redistribution and use in source and binary forms",
		"\ngithub.com/ncruces/go-strftime v", // on Windows and macOS only
	} {
		if !strings.Contains(b.String(), want) {
			t.Errorf("%q is not there", want)
		}
	}
	if strings.Contains(b.String(), "pgregory.net/rapid") {
		t.Error("a module of tests is named, which is not in the program")
	}
}

func TestALicenceThatIsNotOnTheListIsRefused(t *testing.T) {
	gpl := `This program is free software: you can redistribute it and/or modify it under the terms of the GNU General Public
License as published by the Free Software Foundation, either version 3 of the License, or (at your option) any later version.
This program is distributed in the hope that it will be useful, but WITHOUT ANY WARRANTY; without even the implied warranty of
MERCHANTABILITY or FITNESS FOR A PARTICULAR PURPOSE. See the GNU General Public License for more details.
You should have received a copy of the GNU General Public License along with this program. If not, see <https://www.gnu.org/licenses/>.`
	for name, tc := range map[string]struct {
		module, want string
		files        map[string][]byte
	}{
		"GPL":                    {"example.org/a", "not on the list", map[string][]byte{"LICENSE": []byte(gpl)}},
		"words of one's own":     {"example.org/a", "is not known", map[string][]byte{"LICENSE": []byte("Do what you want, but ask me first.")}},
		"none":                   {"example.org/a", "has no licence", nil},
		"a choice that was lost": {"github.com/eclipse/paho.golang", "read under which", map[string][]byte{"COPYING": nil}},
	} {
		t.Run(name, func(t *testing.T) {
			if ids, err := licences(module{Path: tc.module}, tc.files); err == nil || !strings.Contains(err.Error(), tc.want) {
				t.Errorf("got %v, %v, want %q", ids, err, tc.want)
			}
		})
	}
}
