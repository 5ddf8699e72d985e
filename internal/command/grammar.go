package command

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"regexp"
	"runtime"
	"strings"

	"github.com/alecthomas/kong"

	"parcelwatch/config"
	"parcelwatch/internal/locale"
	"parcelwatch/internal/message"
	"parcelwatch/internal/version"
)

// grammar is the command line.
type grammar struct {
	Config string `help:"${help_config}" placeholder:"FILE"`
	For    string `name:"household" help:"${help_for}" placeholder:"NAME"`

	Demo      demoCmd      `cmd:"" help:"${help_demo}"`
	Run       runCmd       `cmd:"" help:"${help_run}"`
	Setup     setupCmd     `cmd:"" help:"${help_setup}"`
	Login     loginCmd     `cmd:"" help:"${help_login}"`
	Check     checkCmd     `cmd:"" help:"${help_check}"`
	Status    statusCmd    `cmd:"" help:"${help_status}"`
	List      listCmd      `cmd:"" help:"${help_list}"`
	Show      showCmd      `cmd:"" help:"${help_show}"`
	Add       addCmd       `cmd:"" help:"${help_add}"`
	Rename    renameCmd    `cmd:"" help:"${help_rename}"`
	Mute      muteCmd      `cmd:"" help:"${help_mute}"`
	Done      doneCmd      `cmd:"" help:"${help_done}"`
	Forget    forgetCmd    `cmd:"" help:"${help_forget}"`
	Merge     mergeCmd     `cmd:"" help:"${help_merge}"`
	Split     splitCmd     `cmd:"" help:"${help_split}"`
	Track     trackCmd     `cmd:"" help:"${help_track}"`
	Carriers  carriersCmd  `cmd:"" help:"${help_carriers}"`
	Parse     parseCmd     `cmd:"" help:"${help_parse}"`
	Digest    digestCmd    `cmd:"" help:"${help_digest}"`
	Web       webCmd       `cmd:"" help:"${help_web}"`
	MQTT      mqttCmd      `cmd:"" name:"mqtt" help:"${help_mqtt}"`
	Service   serviceCmd   `cmd:"" help:"${help_service}"`
	Household householdCmd `cmd:"" help:"${help_household}"`
	Backup    backupCmd    `cmd:"" help:"${help_backup}"`
	Restore   restoreCmd   `cmd:"" help:"${help_restore}"`
	Store     storeCmd     `cmd:"" help:"${help_store}"`
	Export    exportCmd    `cmd:"" help:"${help_export}"`
	Version   versionCmd   `cmd:"" help:"${help_version}"`
}

type versionCmd struct{}

// Run prints the version.
func (versionCmd) Run(e *env) error {
	_, err := fmt.Fprintln(e.out, "parcelwatch", version.Get())
	return err
}

// run parses the command line, runs the command and returns the exit status.
func run(ctx context.Context, args []string, e *env) int {
	var g grammar
	ended := -1 // set by kong after --help
	parser, err := kong.New(&g,
		kong.Name("parcelwatch"), kong.Description(e.say.T("help_app")), helpTexts(e.say),
		kong.Writers(e.out, e.err), kong.Exit(func(code int) { ended = code }),
		kong.ConfigureHelp(kong.HelpOptions{Compact: true}), kong.Help(helpPrinter(e.say)),
		kong.BindTo(ctx, (*context.Context)(nil)), kong.Bind(e),
	)
	if err != nil {
		e.report(err)
		return exitFailed
	}
	parser.Model.HelpFlag.Help = e.say.T("help_help")
	nameValues(parser.Model.Node, e.say)
	if len(args) == 0 {
		args = []string{"--help"}
	}
	parsed, err := parser.Parse(args)
	switch {
	case ended >= 0:
		return ended
	case err != nil:
		e.speakAs(configOf(args))
		e.report(misused(e, err))
		return exitUsage
	}
	e.flag = g.Config
	e.speakAs(e.flag)
	if err = e.enter(ctx, parsed.Command(), g.For); err == nil {
		err = parsed.Run()
	}
	if err != nil {
		if err.Error() != "" {
			e.report(err)
		}
		return codeOf(err)
	}
	e.progress.Clear()
	return exitGood
}

// speakAs makes e speak the language of the configuration, also in errors from before it is
// read. flag is the file that was asked for, or empty.
func (e *env) speakAs(flag string) {
	if path, err := config.Find(flag, e.getenv, runtime.GOOS); err == nil {
		e.speak(config.LanguageOf(path))
	}
}

// configOf returns the value of --config in a command line that cannot be parsed.
func configOf(args []string) string {
	for i, arg := range args {
		if value, found := strings.CutPrefix(arg, "--config="); found {
			return value
		}
		if arg == "--config" && i+1 < len(args) {
			return args[i+1]
		}
	}
	return ""
}

// helpTexts puts the help texts in the user's language in place of their ids. As variables
// of the parser, all would be searched for other variables for each flag.
func helpTexts(say *locale.Printer) kong.Option {
	return kong.PostBuild(func(k *kong.Kong) error {
		translateHelp(k.Model.Node, say)
		return nil
	})
}

// translateHelp translates the help of a command, its arguments, flags and children.
func translateHelp(n *kong.Node, say *locale.Printer) {
	n.Help = helpText(n.Help, say)
	for _, p := range n.Positional {
		p.Help = helpText(p.Help, say)
	}
	for _, f := range n.Flags {
		f.Help = helpText(f.Help, say)
	}
	for _, child := range n.Children {
		translateHelp(child, say)
	}
}

// helpText returns the message of an id as it stands in the grammar, "${help_list}".
func helpText(s string, say *locale.Printer) string {
	id, ok := strings.CutPrefix(s, "${")
	if id, closed := strings.CutSuffix(id, "}"); ok && closed {
		return say.T(id)
	}
	return s
}

// nameValues names the values of arguments and flags in the user's language.
func nameValues(n *kong.Node, say *locale.Printer) {
	for _, p := range n.Positional {
		p.Name = valueName(p.Name, say)
	}
	for _, f := range n.Flags {
		f.PlaceHolder = placeholder.ReplaceAllStringFunc(f.PlaceHolder, func(name string) string {
			return strings.ToUpper(valueName(strings.ToLower(name), say))
		})
	}
	for _, child := range n.Children {
		nameValues(child, say)
	}
}

// placeholder is the name of a value in the grammar: FILE, HOST[:PORT].
var placeholder = regexp.MustCompile(`[A-Z]{2,}`)

// valueName returns the name of a value in the user's language, or unchanged if it has none.
func valueName(name string, say *locale.Printer) string {
	id := "value_" + name
	if s := say.T(id); s != id {
		return s
	}
	return name
}

// kongError is a form of the errors of the command line library, whose types it does not
// export, and the id of its message. The groups are the values A and B.
type kongError struct {
	form *regexp.Regexp
	id   string
}

func kongErrors() []kongError {
	return []kongError{
		{regexp.MustCompile(`^unexpected (?:argument|token) (.+), did you mean (?:one of )?(.+)\?$`), "usage_argument_near"},
		{regexp.MustCompile(`^unexpected (?:flag argument|argument|token) (.+)$`), "usage_argument"},
		{regexp.MustCompile(`^unknown flag (.+), did you mean (?:one of )?(.+)\?$`), "usage_flag_near"},
		{regexp.MustCompile(`^unknown flag (.+)$`), "usage_flag"},
		{regexp.MustCompile(`^missing (?:flags:|positional arguments) (.+)$`), "usage_missing"},
		{regexp.MustCompile(`^expected one of (.+)$`), "usage_one_of"},
		{regexp.MustCompile(`^expected (.+)$`), "usage_missing"},
		{regexp.MustCompile(`^(.+) must be one of (.+) but got ".*"$`), "usage_enum"},
		{regexp.MustCompile(`^(-.+): (?:missing value|expected ).*$`), "usage_value"},
		{regexp.MustCompile(`^(-.+): (?:bool value must be|expected bool).*$`), "usage_bool"},
	}
}

// usageText returns what is wrong with the command line, in general words if the form of the
// library's error is unknown.
func usageText(err error) message.Text {
	for _, known := range kongErrors() {
		if gaps := known.form.FindStringSubmatch(err.Error()); gaps != nil {
			return message.New(known.id, "A", gaps[1], "B", gaps[len(gaps)-1])
		}
	}
	return message.New("usage_wrong")
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
