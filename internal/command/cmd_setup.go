package command

import (
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"time"

	"golang.org/x/term"

	"parcelwatch/config"
	"parcelwatch/internal/app"
	"parcelwatch/internal/cli"
	"parcelwatch/internal/netx"
	"parcelwatch/internal/setup"
	"parcelwatch/internal/textx"
	"parcelwatch/mailwatch"
	"parcelwatch/parcel"
)

// setupCmd holds the answers given by flags.
type setupCmd struct {
	Address      string       `help:"${help_setup_address}" placeholder:"ADDRESS"`
	PasswordFile string       `help:"${help_setup_password_file}" placeholder:"FILE"`
	Username     string       `help:"${help_setup_username}" placeholder:"NAME"`
	IMAP         string       `name:"imap" help:"${help_setup_imap}" placeholder:"HOST[:PORT]"`
	IMAPTLS      netx.TLSMode `name:"imap-tls" enum:",tls,starttls,none" default:"" help:"${help_setup_tls}" placeholder:"MODE"`
	SMTP         string       `name:"smtp" help:"${help_setup_smtp}" placeholder:"HOST[:PORT]"`
	SMTPTLS      netx.TLSMode `name:"smtp-tls" enum:",tls,starttls,none" default:"" help:"${help_setup_tls}" placeholder:"MODE"`
	CA           string       `name:"ca" help:"${help_setup_ca}" placeholder:"FILE"`
	Fingerprint  string       `help:"${help_setup_fingerprint}" placeholder:"sha256:..."`
	ClientID     string       `name:"client-id" help:"${help_setup_client_id}" placeholder:"ID"`
	ClientSecret string       `name:"client-secret-file" help:"${help_setup_client_secret}" placeholder:"FILE"`
	Endpoint     string       `name:"oauth-endpoint" hidden:""`
	Folders      []string     `help:"${help_setup_folders}" placeholder:"FOLDER"`
	Destination  string       `help:"${help_setup_destination}" placeholder:"COUNTRY"`
	Language     string       `help:"${help_language}" placeholder:"LANGUAGE"`
	Timezone     string       `help:"${help_setup_timezone}" placeholder:"ZONE"`
	Refuse       []string     `help:"${help_setup_refuse}" placeholder:"CARRIER"`
	To           []string     `help:"${help_setup_to}" placeholder:"ADDRESS"`
	At           []string     `help:"${help_setup_at}" placeholder:"08:00"`
	ISPDB        bool         `name:"ispdb" help:"${help_setup_ispdb}"`
	NoSample     bool         `help:"${help_setup_no_sample}"`
	Page         setup.Page   `enum:",here,network,no" default:"" help:"${help_setup_page}" placeholder:"here|network|no"`
	PagePassword string       `name:"page-password-file" help:"${help_setup_page_password}" placeholder:"FILE"`
	Service      string       `enum:",yes,no" default:"" help:"${help_setup_service}" placeholder:"yes|no"`
	Yes          bool         `short:"y" help:"${help_setup_yes}"`
}

// Run asks for what is missing, tries every setting, and writes the configuration at the
// end. Nothing is changed before that, so it can be interrupted at any time.
func (c *setupCmd) Run(ctx context.Context, e *env) error {
	switch {
	case c.Language != "":
		e.speak(c.Language)
	case e.getenv("LC_ALL")+e.getenv("LC_MESSAGES")+e.getenv("LANG") == "":
		e.speak(setup.SystemLanguage())
	}
	w, err := newWizard(c, e)
	if err != nil {
		return err
	}
	err = w.run(ctx)
	if err != nil && (errors.Is(err, setup.ErrStopped) || ctx.Err() != nil) {
		e.print("")
		if w.written {
			return nil
		}
		return failed(e.say.T("setup_stopped"))
	}
	return err
}

// wizard is one run of setup: the answers so far and the discovered servers.
type wizard struct {
	*env
	c        *setupCmd
	ask      *setup.Prompt
	discover setup.Discoverer

	width int // of the terminal; 0 for no limit
	path  string
	old   string         // content of the file; empty if there is none
	cfg   *config.Config // the old configuration, then the new one
	first bool           // there was no configuration

	domain   string
	found    setup.Found
	index    int            // of the mailbox being set up
	kept     bool           // it exists already, with this user name
	box      config.Mailbox // the new settings
	smtp     config.SMTP
	from     string // the user's address
	password string // typed or read; empty to keep the old one
	// smtpPassword is the outgoing server's password; empty to use the mailbox's.
	smtpPassword string
	pageHash     string // of the page's password; empty to keep the old one
	stale        bool   // the credential must be asked for
	logins       *app.MemoryVault
	report       mailwatch.Report
	notices      []parcel.Notice
	// unconfirmed counts the shop's mails that could be verified only by trusting a server
	// id, by that id.
	unconfirmed map[string]int
	written     bool

	plan setup.Plan
}

// newWizard starts with the existing configuration, if there is one.
func newWizard(c *setupCmd, e *env) (*wizard, error) {
	w := &wizard{env: e, c: c, logins: &app.MemoryVault{}, discover: discoverer(c.ISPDB), cfg: config.Default(), first: true}
	if c.Fingerprint != "" {
		pin, err := netx.ParsePin(c.Fingerprint)
		if err != nil {
			return nil, usage(textx.Line(c.Fingerprint, 100) + ": " + e.say.T("config_fingerprint"))
		}
		c.Fingerprint = pin.String()
	}
	if c.CA != "" {
		c.CA, _ = filepath.Abs(c.CA)
	}
	w.width = terminalWidth(e.out)
	w.ask = setup.NewPrompt(e.in, e.out, hiddenInput(e))
	path, err := config.Find(e.flag, e.getenv, runtime.GOOS)
	if errors.Is(err, config.ErrNoFile) {
		path, err = newPlace(e.getenv), nil
	}
	if err != nil {
		return nil, err
	}
	if w.path, err = filepath.Abs(path); err != nil {
		return nil, err
	}
	if err := setup.Writable(w.path); err != nil {
		return nil, failed(e.say.T("setup_not_writable", "Path", w.path, "Reason", e.words(err)))
	}
	if !exists(w.path) {
		w.cfg.Path = w.path
		w.cfg.Store.Path = config.StorePath(w.path, e.getenv, runtime.GOOS)
		return w, nil
	}
	raw, err := os.ReadFile(w.path)
	if err != nil {
		return nil, w.wrongConfig(err)
	}
	if w.cfg, err = e.load(w.path); err != nil {
		return nil, w.wrongConfig(err)
	}
	if w.cfg.Language != "" && c.Language == "" {
		e.speak(w.cfg.Language)
	}
	w.old, w.first = strings.TrimPrefix(string(raw), "\ufeff"), false
	return w, nil
}

// newPlace returns the path of a new configuration: the system's path for an
// administrator, else the user's.
func newPlace(getenv func(string) string) string {
	places := config.Places(getenv, runtime.GOOS)
	if len(places) == 0 {
		return "parcelwatch.toml"
	}
	if setup.Administrator() {
		return places[0]
	}
	return places[len(places)-1]
}

func (w *wizard) run(ctx context.Context) error {
	if w.first {
		w.tell(w.say.T("setup_hello", "Path", w.path))
	} else {
		w.tell(w.say.T("setup_again", "Path", w.path))
	}
	for _, step := range []func(context.Context) error{
		w.address, w.servers, w.login, w.folders, w.preview, w.authserv,
		w.destination, w.language, w.carriers, w.outgoing, w.recipients, w.page, w.write, w.sample, w.service, w.tellPage,
	} {
		if err := step(ctx); err != nil {
			return err
		}
	}
	w.print(w.say.T("setup_done"))
	return nil
}

// query is a question: the flag that answers it, the flag's value, the default, and the
// id of the text.
type query struct{ flag, given, usual, id string }

// line answers a question by its flag, with --yes by the default, else by asking.
func (w *wizard) line(ctx context.Context, q query) (string, error) {
	switch {
	case q.given != "":
		return q.given, nil
	case w.c.Yes && q.usual != "":
		return q.usual, nil
	case w.c.Yes:
		return "", usage(w.say.T("setup_missing", "Flag", q.flag))
	}
	w.progress.Clear()
	for {
		answer, err := w.ask.Line(ctx, w.question(q.id), q.usual)
		if answer != "" || err != nil {
			return answer, err
		}
	}
}

// yes asks a yes-or-no question. With --yes the answer is no: that flag confirms answers
// and does not accept risks.
func (w *wizard) yes(ctx context.Context, usual bool, id string, data ...any) (bool, error) {
	if w.c.Yes {
		return false, nil
	}
	w.progress.Clear()
	return w.ask.Yes(ctx, w.question(id, data...), usual, setup.List(w.say.T("setup_word_yes")), setup.List(w.say.T("setup_word_no")))
}

// question returns the text of a question, wrapped to leave room for the default.
func (w *wizard) question(id string, data ...any) string {
	return setup.Wrap(textx.Line(w.say.T(id, data...), 600), max(w.width-20, 0), "")
}

// again asks until check accepts the answer. A flag is tried once.
func (w *wizard) again(ctx context.Context, q query, check func(string) error) error {
	for {
		answer, err := w.line(ctx, q)
		if err != nil {
			return err
		}
		if err = check(answer); err == nil {
			return nil
		}
		if q.given != "" || w.c.Yes {
			return usage(q.flag + ": " + w.wrong(err))
		}
		w.say1(w.wrong(err))
	}
}

// wrong returns why an answer was not accepted.
func (w *wizard) wrong(err error) string {
	switch {
	case errors.Is(err, setup.ErrAddress):
		return w.say.T("setup_address_wrong")
	case errors.Is(err, netx.ErrServer):
		return w.say.T("setup_server_wrong")
	}
	return err.Error()
}

// say1 prints an indented line.
func (w *wizard) say1(text string) { w.print(setup.Wrap("  "+textx.Line(text, 600), w.width, "    ")) }

// entry prints a row of a list: a name of the given width, then the rest, wrapped beside
// it.
func (w *wizard) entry(name string, cells int, rest string) {
	line := strings.TrimRight("  "+cli.Pad(name, cells)+" "+textx.Line(rest, 600), " ")
	w.print(setup.Wrap(line, w.width, strings.Repeat(" ", cells+3)))
}

// tell prints a line that is not indented.
func (w *wizard) tell(text string) { w.print(setup.Wrap(text, w.width, "")) }

// terminalWidth returns the usable characters of a line, 0 if out is not a terminal.
func terminalWidth(out io.Writer) int {
	f, ok := out.(*os.File)
	if !ok {
		return 0
	}
	width, _, err := term.GetSize(int(f.Fd()))
	if err != nil {
		return 0
	}
	return width - 1 // some consoles wrap a line that is exactly full
}

// hiddenInput returns a function that reads a password from the terminal without
// showing it, or nil if there is no terminal.
func hiddenInput(e *env) setup.Hidden {
	f, ok := e.in.(*os.File)
	if !ok || !term.IsTerminal(int(f.Fd())) {
		return nil
	}
	return func(ctx context.Context, ask func()) (string, error) {
		before, err := term.GetState(int(f.Fd()))
		if err != nil {
			return "", err
		}
		type typed struct {
			text []byte
			err  error
		}
		got := make(chan typed, 1)
		// A read from a terminal cannot be cancelled; it ends with the process.
		go func() {
			text, err := term.ReadPassword(int(f.Fd()))
			got <- typed{text, err}
		}()
		silent(ctx, int(f.Fd()), before)
		ask()
		select {
		case t := <-got:
			return string(t.text), t.err
		case <-ctx.Done():
			_ = term.Restore(int(f.Fd()), before)
			return "", ctx.Err()
		}
	}
}

// silent waits until the reader has turned the echo off, which changes the state of
// the terminal, but no longer than 200 ms.
func silent(ctx context.Context, fd int, before *term.State) {
	const longest = 200 * time.Millisecond
	ctx, cancel := context.WithTimeout(ctx, longest)
	defer cancel()
	tick := time.NewTicker(time.Millisecond)
	defer tick.Stop()
	for ctx.Err() == nil {
		if now, err := term.GetState(fd); err != nil || *now != *before {
			return
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
		}
	}
}
