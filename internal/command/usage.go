package command

import (
	"bytes"
	"errors"
	"fmt"
	"regexp"
	"strings"

	"github.com/alecthomas/kong"

	"parcelwatch/internal/locale"
	"parcelwatch/internal/message"
)

// kongSays maps errors of the command line library, which have no types, to messages.
// The groups are the values A and B.
//
//nolint:gochecknoglobals // table
var kongSays = []struct {
	form *regexp.Regexp
	id   string
}{
	{regexp.MustCompile(`^unexpected (?:argument|token) (.+), did you mean (?:one of )?(.+)\?$`), "usage_argument_near"},
	{regexp.MustCompile(`^unexpected (?:flag argument|argument|token) (.+)$`), "usage_argument"},
	{regexp.MustCompile(`^unknown flag (.+), did you mean (?:one of )?(.+)\?$`), "usage_flag_near"},
	{regexp.MustCompile(`^unknown flag (.+)$`), "usage_flag"},
	{regexp.MustCompile(`^missing (?:flags:|positional arguments) (.+)$`), "usage_missing"},
	{regexp.MustCompile(`^expected one of (.+)$`), "usage_one_of"},
	{regexp.MustCompile(`^expected (.+)$`), "usage_missing"},
	{regexp.MustCompile(`^(.+) must be one of (.+) but got ".*"$`), "usage_enum"},
	{regexp.MustCompile(`^(-.+): (?:missing value|expected .*)$`), "usage_value"},
	{regexp.MustCompile(`^(-.+): (?:bool value must be|expected bool).*$`), "usage_bool"},
}

// usageText returns what is wrong with the command line.
func usageText(err error) message.Text {
	for _, known := range kongSays {
		if gaps := known.form.FindStringSubmatch(err.Error()); gaps != nil {
			return message.New(known.id, "A", gaps[1], "B", gaps[len(gaps)-1])
		}
	}
	return message.Raw(err.Error())
}

// misused returns the error for a wrong command line, with a reference to the help.
func misused(e *env, err error) error {
	command := ""
	var pe *kong.ParseError
	if errors.As(err, &pe) && pe.Context != nil {
		if node := pe.Context.Selected(); node != nil {
			command = node.Name
		}
	}
	text := e.say.T("err_usage", "Problem", e.say.Text(usageText(err)), "Command", command)
	return usage(strings.ReplaceAll(text, "  ", " "))
}

// helpPrinter prints the library's help with headings in the user's language.
func helpPrinter(say *locale.Printer) kong.HelpPrinter {
	return func(options kong.HelpOptions, ctx *kong.Context) error {
		var page bytes.Buffer
		out := ctx.Stdout
		ctx.Stdout = &page
		err := kong.DefaultHelpPrinter(options, ctx)
		ctx.Stdout = out
		if err != nil {
			return fmt.Errorf("print help: %w", err)
		}
		_, err = strings.NewReplacer(
			"Usage: ", say.T("help_usage")+" ",
			"\nFlags:\n", "\n"+say.T("help_flags")+"\n",
			"\nCommands:\n", "\n"+say.T("help_commands")+"\n",
			"\nArguments:\n", "\n"+say.T("help_arguments")+"\n",
			`Run "parcelwatch <command> --help" for more information on a command.`, say.T("help_more"),
			"[flags]", say.T("help_any_flags"),
			"<command>", "<"+say.T("help_any_command")+">",
		).WriteString(out, page.String())
		if err != nil {
			return fmt.Errorf("print help: %w", err)
		}
		return nil
	}
}
