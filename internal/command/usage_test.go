package command

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/alecthomas/kong"

	"parcelwatch/internal/message"
)

// TestEveryMisuseHasWordsOfItsOwn misuses every command and flag. It fails when the library
// of the command line words an error in a form that is not known.
func TestEveryMisuseHasWordsOfItsOwn(t *testing.T) {
	t.Parallel()
	e := newEnv(env{getenv: func(string) string { return "" }})
	parser, err := kong.New(&grammar{}, helpTexts(e.say))
	if err != nil {
		t.Fatal(err)
	}
	refused := func(args ...string) {
		_, err := parser.Parse(args)
		if err == nil {
			return // the grammar allows it
		}
		if usageText(err).Equal(message.New("usage_wrong")) {
			t.Errorf("%q: no words for %q", args, err)
		}
	}
	refused("nonsense")
	refused("lits")
	var misuse func(n *kong.Node, path []string)
	misuse = func(n *kong.Node, path []string) {
		with := func(more ...string) []string { return append(append([]string{}, path...), more...) }
		refused(path...)
		refused(with("--nonsense")...)
		refused(with("a", "b", "c", "d", "e")...)
		for _, f := range n.Flags {
			if f.Name == "help" {
				continue
			}
			refused(with("--" + f.Name)...)
			refused(with("--" + f.Name + "=nonsense")...)
			refused(with("--" + f.Name[:len(f.Name)-1])...)
		}
		for _, child := range n.Children {
			misuse(child, append(append([]string{}, path...), child.Name))
		}
	}
	for _, command := range parser.Model.Children {
		misuse(command, []string{command.Name})
	}
}

// TestMisuseIsToldInTheLanguageOfTheConfiguration misuses commands with a configuration in
// another language than the system's.
func TestMisuseIsToldInTheLanguageOfTheConfiguration(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "parcelwatch.toml")
	if err := os.WriteFile(file, []byte("language = \"ru\"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, args := range [][]string{{"--nonsense", "--config", file}, {"--config=" + file, "list", "x"}, {"rename", "--config", file}} {
		var told bytes.Buffer
		e := newEnv(env{getenv: func(string) string { return "" }, out: &told, err: &told})
		if code := run(t.Context(), args, e); code != exitUsage || !strings.Contains(told.String(), "покажет справку") {
			t.Errorf("%q: exit status %d, %q", args, code, told.String())
		}
	}
}
