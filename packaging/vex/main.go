// Command vex writes the statements of statements.tsv about a Go program as an OpenVEX
// 0.2.0 document, for scanners that report vulnerabilities of packages that the program
// does not have. It refuses to state this of a program that has one of them. The same
// program gives the same bytes.
package main

import (
	"bytes"
	"crypto/sha256"
	"debug/buildinfo"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"runtime/debug"
	"strconv"
	"strings"
	"time"
)

func main() {
	if len(os.Args) != 4 {
		fmt.Fprintln(os.Stderr, "usage: vex PROGRAM VERSION SECONDS-SINCE-1970")
		os.Exit(2)
	}
	if err := run(os.Stdout, os.Args[1], os.Args[2], os.Args[3]); err != nil {
		fmt.Fprintln(os.Stderr, "vex:", err)
		os.Exit(1)
	}
}

func run(w io.Writer, program, version, seconds string) error {
	since, err := strconv.ParseInt(seconds, 10, 64)
	if err != nil {
		return fmt.Errorf("read the time: %w", err)
	}
	info, err := buildinfo.ReadFile(program)
	if err != nil {
		return fmt.Errorf("read %s: %w", program, err)
	}
	code, err := os.ReadFile(program) //nolint:gosec // the caller names the program
	if err != nil {
		return fmt.Errorf("read the program: %w", err)
	}
	doc, err := state(info, code, version, time.Unix(since, 0).UTC())
	if err != nil {
		return err
	}
	out := json.NewEncoder(w)
	out.SetIndent("", "  ")
	if err := out.Encode(doc); err != nil {
		return fmt.Errorf("write: %w", err)
	}
	return nil
}

//go:embed statements.tsv
var table string

// claim says that a program has no package of a vulnerability.
type claim struct{ id, module, lacks, why string }

func claims() []claim {
	var out []claim
	for line := range strings.Lines(table) {
		if f := strings.Split(strings.TrimSpace(line), "\t"); len(f) == 4 && !strings.HasPrefix(line, "#") {
			out = append(out, claim{f[0], f[1], f[2], f[3]})
		}
	}
	return out
}

type document struct {
	Context    string      `json:"@context"`
	ID         string      `json:"@id"`
	Author     string      `json:"author"`
	Timestamp  time.Time   `json:"timestamp"`
	Version    int         `json:"version"`
	Statements []statement `json:"statements"`
}

type statement struct {
	Vulnerability vulnerability `json:"vulnerability"`
	Products      []product     `json:"products"`
	Status        string        `json:"status"`
	Justification string        `json:"justification"`
	Impact        string        `json:"impact_statement"`
}

type vulnerability struct {
	ID   string `json:"@id"`
	Name string `json:"name"`
}

type product struct {
	ID    string    `json:"@id"`
	Parts []product `json:"subcomponents,omitempty"`
}

var errHasPackage = errors.New("the program has a package that statements.tsv says it lacks")

// state returns the claims about the modules of a program. A claim is checked against the
// names of functions, which are in every Go program, also in one without a symbol table.
func state(info *debug.BuildInfo, code []byte, version string, at time.Time) (document, error) {
	doc := document{
		Context: "https://openvex.dev/ns/v0.2.0", Author: "parcelwatch maintainers", Timestamp: at, Version: 1, Statements: []statement{},
	}
	for _, c := range claims() {
		for _, d := range info.Deps {
			if d.Replace != nil {
				d = d.Replace
			}
			if d.Path != c.module {
				continue
			}
			if bytes.Contains(code, []byte(c.lacks+".")) || bytes.Contains(code, []byte(c.lacks+"/")) {
				return doc, fmt.Errorf("%w: %s (%s)", errHasPackage, c.lacks, c.id)
			}
			doc.Statements = append(doc.Statements, statement{
				Vulnerability: vulnerability{"https://pkg.go.dev/vuln/" + c.id, c.id},
				Products:      []product{{purl(info.Main.Path, version), []product{{ID: purl(d.Path, d.Version)}}}},
				Status:        "not_affected", Justification: "vulnerable_code_not_present", Impact: c.why,
			})
		}
	}
	content, err := json.Marshal(doc)
	if err != nil {
		return doc, fmt.Errorf("name the document: %w", err)
	}
	sum := sha256.Sum256(content)
	sum[6], sum[8] = sum[6]&0x0f|0x80, sum[8]&0x3f|0x80 // a UUID of version 8
	doc.ID = fmt.Sprintf("urn:uuid:%x-%x-%x-%x-%x", sum[:4], sum[4:6], sum[6:8], sum[8:10], sum[10:16])
	return doc, nil
}

// purl is the name that the SBOM has for a module.
func purl(path, version string) string { return "pkg:golang/" + path + "@" + version }
