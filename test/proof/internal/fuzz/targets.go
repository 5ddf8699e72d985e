package fuzz

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io"
	"os/exec"
	"path/filepath"
	"strings"
)

// Target is one fuzz target.
type Target struct {
	Package string // import path
	Dir     string
	Name    string
}

// Short is the package's name without the module's.
func (t Target) Short() string {
	_, short, _ := strings.Cut(t.Package, "/")
	return short
}

// listed is what go list says of a package, as far as we look.
type listed struct {
	ImportPath   string
	Dir          string
	TestGoFiles  []string
	XTestGoFiles []string
}

// Targets finds the fuzz targets of packages, in the order of go list.
func Targets(ctx context.Context, packages ...string) ([]Target, error) {
	cmd := exec.CommandContext(ctx, "go", append([]string{"list", "-json=ImportPath,Dir,TestGoFiles,XTestGoFiles"}, packages...)...)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	list, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("find fuzz targets: %w: %s", err, stderr.Bytes())
	}
	var out []Target
	for d := json.NewDecoder(bytes.NewReader(list)); ; {
		var p listed
		if err := d.Decode(&p); errors.Is(err, io.EOF) {
			return out, nil
		} else if err != nil {
			return nil, fmt.Errorf("find fuzz targets: %w", err)
		}
		for _, file := range append(p.TestGoFiles, p.XTestGoFiles...) {
			names, err := namesIn(filepath.Join(p.Dir, file))
			if err != nil {
				return nil, err
			}
			for _, name := range names {
				out = append(out, Target{Package: p.ImportPath, Dir: p.Dir, Name: name})
			}
		}
	}
}

// namesIn lists the fuzz targets of one file.
func namesIn(file string) ([]string, error) {
	tree, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.SkipObjectResolution)
	if err != nil {
		return nil, fmt.Errorf("find fuzz targets: %w", err)
	}
	var out []string
	for _, d := range tree.Decls {
		f, ok := d.(*ast.FuncDecl)
		if ok && f.Recv == nil && strings.HasPrefix(f.Name.Name, "Fuzz") && len(f.Type.Params.List) == 1 {
			out = append(out, f.Name.Name)
		}
	}
	return out, nil
}
