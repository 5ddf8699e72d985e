package command

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/alecthomas/kong"
)

// TestTheDocumentNamesEveryCommandAndFlag compares docs/commands.md with the command
// line.
func TestTheDocumentNamesEveryCommandAndFlag(t *testing.T) {
	t.Parallel()
	doc, err := os.ReadFile(filepath.Join("..", "..", "docs", "commands.md"))
	if err != nil {
		t.Fatal(err)
	}
	e := newEnv(env{getenv: func(string) string { return "" }})
	parser, err := kong.New(&grammar{}, helpTexts(e.say))
	if err != nil {
		t.Fatal(err)
	}
	for _, command := range parser.Model.Children {
		var lines strings.Builder
		for line := range strings.Lines(string(doc)) {
			if strings.HasPrefix(line, "| `"+command.Name+"`") || strings.HasPrefix(line, "| `"+command.Name+" ") {
				lines.WriteString(line)
			}
		}
		if lines.Len() == 0 {
			t.Errorf("docs/commands.md does not name %s", command.Name)
		}
		for _, flag := range command.Flags {
			if !flag.Hidden && flag.Name != "help" && !strings.Contains(lines.String(), "--"+flag.Name) {
				t.Errorf("docs/commands.md does not name %s --%s", command.Name, flag.Name)
			}
		}
	}
}

// TestTheFilesAndFunctionsThatDocumentsNameExist looks up `folder/file.go` and what is named right after it.
func TestTheFilesAndFunctionsThatDocumentsNameExist(t *testing.T) {
	t.Parallel()
	root := filepath.Join("..", "..")
	named := regexp.MustCompile("`([a-z]+(?:/[a-z_0-9]+)*/[a-z_0-9]+\\.go)`(?: `(?:[A-Za-z]+\\.)?([A-Za-z]+)`)?")
	found := 0
	for _, name := range []string{"docs/architecture.md", "docs/performance.md", "docs/adding-a-carrier.md", "CONTRIBUTING.md", "SECURITY.md"} {
		doc, err := os.ReadFile(filepath.Join(root, filepath.FromSlash(name)))
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range named.FindAllStringSubmatch(string(doc), -1) {
			found++
			source, err := os.ReadFile(filepath.Join(root, filepath.FromSlash(m[1])))
			if err != nil {
				t.Errorf("%s names %v", name, err)
				continue
			}
			declared := regexp.MustCompile(`(?m)^(func|type) (\([^)]*\) )?` + regexp.QuoteMeta(m[2]) + `\b`)
			if m[2] != "" && !declared.Match(source) {
				t.Errorf("%s names %s in %s, which does not declare it", name, m[2], m[1])
			}
		}
	}
	if found < 20 {
		t.Errorf("%d files are named, want the way of one email and more", found)
	}
}

// TestTheCommandsThatDocumentsTellPeopleToTypeAreCommands parses every command line in the first documents that people read, and
// in the templates of issues.
func TestTheCommandsThatDocumentsTellPeopleToTypeAreCommands(t *testing.T) {
	t.Parallel()
	root := filepath.Join("..", "..")
	files := []string{"README.md", "README.ru.md", "SECURITY.md", "CONTRIBUTING.md"}
	for _, pattern := range []string{".github/ISSUE_TEMPLATE/*.yml", "docs/*.md", "docs/ru/*.md"} {
		found, err := filepath.Glob(filepath.Join(root, filepath.FromSlash(pattern)))
		if err != nil {
			t.Fatal(err)
		}
		for _, file := range found {
			if rel, err := filepath.Rel(root, file); err == nil {
				files = append(files, rel)
			}
		}
	}
	e := newEnv(env{getenv: func(string) string { return "" }})
	parser, err := kong.New(&grammar{}, helpTexts(e.say), kong.Exit(func(int) {}))
	if err != nil {
		t.Fatal(err)
	}
	incomplete := regexp.MustCompile(`(^|: )(expected|missing) `) // a command that is named without what follows it
	typed := 0
	for _, file := range files {
		raw, err := os.ReadFile(filepath.Join(root, file))
		if err != nil {
			t.Fatal(err)
		}
		for _, line := range commandLines(string(raw)) {
			typed++
			if _, err := parser.Parse(line); err != nil && !incomplete.MatchString(err.Error()) {
				t.Errorf("%s: parcelwatch %s: %v", file, strings.Join(line, " "), err)
			}
		}
	}
	if typed < 60 {
		t.Errorf("only %d commands were found in %d documents", typed, len(files))
	}
}

// commandLines returns the arguments of each call of parcelwatch that a document shows as code.
func commandLines(text string) [][]string {
	text = strings.ReplaceAll(text, "\\\n", " ")
	var out [][]string
	for _, m := range regexp.MustCompile("(?m)(?:`|^(?:\\$ |sudo |.*&& (?:sudo )?)?)(?:sudo )?parcelwatch ([^`\n]*)").FindAllStringSubmatch(text, -1) {
		line, _, _ := strings.Cut(m[1], "#")
		line, _, _ = strings.Cut(line, "&&")
		line, _, _ = strings.Cut(line, " > ")
		line = strings.NewReplacer("[", "", "]", "", `"..."`, "text", "N ", "1 ").Replace(line)
		words := strings.Fields(line)
		if len(words) == 0 || !regexp.MustCompile(`^[a-z]+$`).MatchString(words[0]) || strings.ContainsAny(line, "|,;:()") {
			continue // a sentence, or several forms at once
		}
		out = append(out, words)
	}
	return out
}
