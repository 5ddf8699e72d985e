// Command licenses prints the licences of every module that is linked into the program on any system, as their authors
// require of whoever passes on a build. It reads the files of the modules, reaches no network, and fails if a licence is not on its list.
package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"

	"github.com/google/licensecheck"
)

func main() {
	if len(os.Args) < 2 {
		fmt.Fprintln(os.Stderr, "usage: licenses PACKAGE...")
		os.Exit(2)
	}
	if err := run(os.Stdout, os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "licenses:", err)
		os.Exit(1)
	}
}

// allowed lists the licences under which parts of the program may be, by their SPDX names: those that ask for a notice and no more.
func allowed(id string) bool {
	return slices.Contains([]string{"MIT", "BSD-2-Clause", "BSD-3-Clause", "Apache-2.0", "Zlib", "ISC", "0BSD", "Unlicense", "CC0-1.0"}, id)
}

// chosen names the licence that applies where an author offers several, with the file that offers it.
func chosen(module string) (id, file string, ok bool) {
	if module == "github.com/eclipse/paho.golang" {
		return "BSD-3-Clause", "LICENSE", true // EPL-2.0 or the Eclipse Distribution License, which is BSD-3-Clause
	}
	return "", "", false
}

// module is a part of the program: a module, or the language's own library.
type module struct{ Path, Version, Dir string }

// linked lists the modules of packages on every system that is built for, with Go itself first.
func linked(packages []string) ([]module, error) {
	root, err := exec.Command("go", "env", "GOROOT", "GOVERSION").Output() //nolint:noctx // answers at once
	if err != nil {
		return nil, fmt.Errorf("go env: %w", err)
	}
	lines := strings.Split(strings.TrimSpace(string(root)), "\n")
	if len(lines) != 2 {
		return nil, fmt.Errorf("go env: %q is not a folder and a version", lines)
	}
	found := map[string]module{}
	for _, system := range []string{"linux", "windows", "darwin"} {
		if err := linkedOn(system, packages, found); err != nil {
			return nil, err
		}
	}
	list := []module{{Path: "Go", Version: lines[1], Dir: lines[0]}}
	for _, path := range slices.Sorted(maps.Keys(found)) {
		list = append(list, found[path])
	}
	return list, nil
}

// linkedOn adds the modules of packages on one system to those that were found.
func linkedOn(system string, packages []string, found map[string]module) error {
	var stderr bytes.Buffer
	cmd := exec.Command("go", append([]string{"list", "-deps", "-json=Standard,Module"}, packages...)...) //nolint:gosec,noctx // packages of this repository
	cmd.Env, cmd.Stderr = append(os.Environ(), "GOOS="+system, "CGO_ENABLED=0"), &stderr
	raw, err := cmd.Output()
	if err != nil {
		return fmt.Errorf("go list for %s: %w: %s", system, err, stderr.String())
	}
	for d := json.NewDecoder(bytes.NewReader(raw)); ; {
		var p struct {
			Standard bool
			Module   *module
		}
		if err := d.Decode(&p); errors.Is(err, io.EOF) {
			return nil
		} else if err != nil {
			return fmt.Errorf("go list for %s: %w", system, err)
		}
		if !p.Standard && p.Module != nil && p.Module.Version != "" {
			found[p.Module.Path] = *p.Module
		}
	}
}

// texts returns the licence and notice files of a module by name.
func texts(m module) (map[string][]byte, error) {
	entries, err := os.ReadDir(m.Dir)
	if err != nil {
		return nil, fmt.Errorf("read the folder of %s: %w", m.Path, err)
	}
	out := map[string][]byte{}
	for _, e := range entries {
		name := strings.ToUpper(e.Name())
		if e.IsDir() || strings.Contains(name, "LOGO") || strings.HasSuffix(name, ".GO") || !strings.HasPrefix(name, "LICEN") && !strings.HasPrefix(name, "COPYING") && !strings.HasPrefix(name, "NOTICE") {
			continue
		}
		b, err := os.ReadFile(filepath.Join(m.Dir, e.Name()))
		if err != nil {
			return nil, fmt.Errorf("read a licence of %s: %w", m.Path, err)
		}
		out[e.Name()] = b
	}
	return out, nil
}

// licences returns the SPDX names that the files of a module hold, sorted, or an error if one is not allowed or none is found.
func licences(m module, files map[string][]byte) ([]string, error) {
	if id, file, ok := chosen(m.Path); ok {
		if _, there := files[file]; !there {
			return nil, fmt.Errorf("%s has no %s any more: read under which licences it is", m.Path, file)
		}
		return []string{id}, nil
	}
	var ids []string
	for name, text := range files {
		if bytes.HasPrefix(text, []byte("SQLite Is Public Domain")) {
			continue // SQLite itself; it asks for nothing
		}
		if strings.Contains(strings.ToUpper(name), "3RD-PARTY") {
			continue // a list of parts, tests included; those that are linked are modules of their own or musl (MIT)
		}
		found := licensecheck.Scan(text)
		if len(found.Match) == 0 && !strings.HasPrefix(strings.ToUpper(name), "NOTICE") {
			return nil, fmt.Errorf("%s: the licence in %s is not known", m.Path, name)
		}
		for _, match := range found.Match {
			ids = append(ids, match.ID)
		}
	}
	slices.Sort(ids)
	ids = slices.Compact(ids)
	if len(ids) == 0 {
		return nil, fmt.Errorf("%s %s has no licence", m.Path, m.Version)
	}
	for _, id := range ids {
		if !allowed(id) {
			return nil, fmt.Errorf("%s is under %s, which is not on the list", m.Path, id)
		}
	}
	return ids, nil
}

func run(w io.Writer, packages []string) error {
	modules, err := linked(packages)
	if err != nil {
		return err
	}
	out := bufio.NewWriter(w)
	_, _ = fmt.Fprintf(out, "parcelwatch contains the following works of others, under their licences.\n")
	for _, m := range modules {
		files, err := texts(m)
		if err != nil {
			return err
		}
		ids, err := licences(m, files)
		if err != nil {
			return err
		}
		_, _ = fmt.Fprintf(out, "\n%s\n%s %s: %s\n", strings.Repeat("=", 78), m.Path, m.Version, strings.Join(ids, ", "))
		for _, name := range slices.Sorted(maps.Keys(files)) {
			_, _ = fmt.Fprintf(out, "\n--- %s\n\n%s\n", name, bytes.TrimSpace(files[name]))
		}
	}
	if err := out.Flush(); err != nil {
		return fmt.Errorf("write: %w", err)
	}
	return nil
}
