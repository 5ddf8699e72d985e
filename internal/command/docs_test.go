package command

import (
	"os"
	"path/filepath"
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
