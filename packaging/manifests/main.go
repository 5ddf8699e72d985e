// Command manifests fills the descriptions of package managers (winget, Scoop, Homebrew, AUR, Unraid, apt) with the
// version and the checksums of built files. It reads the files themselves and packaging/project.env, and reaches no network.
package main

import (
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"text/template"
)

//go:embed all:templates
var templates embed.FS

func main() {
	if len(os.Args) != 4 {
		fmt.Fprintln(os.Stderr, "usage: manifests PROJECT.env DIST VERSION")
		os.Exit(2)
	}
	if err := run(os.Stdout, os.Args[1], os.Args[2], os.Args[3]); err != nil {
		fmt.Fprintln(os.Stderr, "manifests:", err)
		os.Exit(1)
	}
}

// run writes DIST/manifests. A manifest whose files were not built is named and left out.
func run(w io.Writer, project, dist, version string) error {
	settings, err := readSettings(project, os.LookupEnv)
	if err != nil {
		return fmt.Errorf("read %s: %w", project, err)
	}
	return fs.WalkDir(templates, "templates", func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		name, err := filepath.Rel("templates", filepath.FromSlash(path))
		if err != nil {
			return fmt.Errorf("name of %s: %w", path, err)
		}
		text, err := fill(path, facts{dist: dist, Version: version, settings: settings})
		switch missing := (notBuiltError{}); {
		case errors.As(err, &missing):
			_, _ = fmt.Fprintf(w, "skipped: manifests/%s needs %s\n", filepath.ToSlash(name), missing.file)
			return nil
		case err != nil:
			return fmt.Errorf("fill %s: %w", path, err)
		}
		file := filepath.Join(dist, "manifests", name)
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil { //nolint:gosec // for everybody to read
			return fmt.Errorf("make the folder of %s: %w", file, err)
		}
		if err := os.WriteFile(file, []byte(text), 0o644); err != nil { //nolint:gosec // for everybody to read
			return fmt.Errorf("write %s: %w", file, err)
		}
		return nil
	})
}

func fill(path string, f facts) (string, error) {
	t, err := template.New(filepath.Base(path)).Option("missingkey=error").ParseFS(templates, path)
	if err != nil {
		return "", fmt.Errorf("parse: %w", err)
	}
	var b strings.Builder
	if err := t.Execute(&b, f); err != nil {
		return "", fmt.Errorf("execute: %w", err)
	}
	return b.String(), nil
}

// facts are what templates may ask for.
type facts struct {
	dist     string
	settings map[string]string
	Version  string
}

// notBuiltError means that a file of the release is not there.
type notBuiltError struct{ file string }

// Error names the file.
func (n notBuiltError) Error() string { return n.file + " was not built" }

// Of returns a setting of packaging/project.env.
func (f facts) Of(name string) (string, error) {
	v, ok := f.settings[name]
	if !ok {
		return "", fmt.Errorf("%s is not set", name)
	}
	return v, nil
}

// Name returns the name of a file of the release: a suffix such as "linux-amd64.tar.gz" behind program and version.
func (f facts) Name(suffix string) string { return "parcelwatch-" + f.Version + "-" + suffix }

// URL returns where a file of the release is downloaded.
func (f facts) URL(suffix string) (string, error) {
	base, err := f.Of("DOWNLOAD_URL")
	return strings.ReplaceAll(base, "{version}", f.Version) + "/" + f.Name(suffix), err
}

// URLOf returns the same address with another text in the place of the version, as package managers that look for
// newer versions want it.
func (f facts) URLOf(version, suffix string) (string, error) {
	f.Version = version
	return f.URL(suffix)
}

// Sum returns the SHA-256 of a file of the release.
func (f facts) Sum(suffix string) (string, error) {
	file, err := os.Open(filepath.Join(f.dist, f.Name(suffix)))
	if errors.Is(err, fs.ErrNotExist) {
		return "", notBuiltError{f.Name(suffix)}
	}
	if err != nil {
		return "", fmt.Errorf("open: %w", err)
	}
	defer func() { _ = file.Close() }()
	h := sha256.New()
	if _, err := io.Copy(h, file); err != nil {
		return "", fmt.Errorf("read: %w", err)
	}
	return hex.EncodeToString(h.Sum(nil)), nil
}

// Upper returns a checksum as winget writes it.
func (f facts) Upper(sum string) string { return strings.ToUpper(sum) }

// Arch returns the version as Arch Linux allows it: without a dash.
func (f facts) Arch() string { return strings.ReplaceAll(f.Version, "-", "_") }

// ProductCode returns the identifier of the .msi; packaging/msi/build.sh computes the same.
func (f facts) ProductCode() string {
	h := sha256.Sum256([]byte("parcelwatch product " + f.Version + "\n"))
	s := hex.EncodeToString(h[:])
	return strings.ToUpper(strings.Join([]string{s[:8], s[8:12], s[12:16], s[16:20], s[20:32]}, "-"))
}

// readSettings reads NAME=VALUE lines; the environment comes before them.
func readSettings(file string, lookup func(string) (string, bool)) (map[string]string, error) {
	raw, err := os.ReadFile(file) //nolint:gosec // named by whoever builds
	if err != nil {
		return nil, err //nolint:wrapcheck // the caller names the file
	}
	out := map[string]string{}
	for i, line := range strings.Split(string(raw), "\n") {
		if line = strings.TrimSpace(line); line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		name, value, ok := strings.Cut(line, "=")
		if !ok {
			return nil, fmt.Errorf("line %d is not NAME=VALUE", i+1)
		}
		out[name] = strings.Trim(value, `"`)
		if own, ok := lookup(name); ok && own != "" {
			out[name] = own
		}
	}
	return out, nil
}
