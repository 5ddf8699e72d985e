package command

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"os"
	"runtime"
	"slices"
	"time"

	"parcelwatch/carriers"
	"parcelwatch/config"
	"parcelwatch/internal/app"
	"parcelwatch/internal/cli"
	"parcelwatch/internal/household"
	"parcelwatch/internal/locale"
	"parcelwatch/internal/oauth"
	"parcelwatch/internal/textx"
	"parcelwatch/parcel"
	"parcelwatch/parcel/number"
	"parcelwatch/service"
	"parcelwatch/store"
	"parcelwatch/store/driver"
)

// env is the environment of a command: terminal, variables, clock, language.
type env struct {
	in       io.Reader
	out, err io.Writer
	getenv   func(string) string
	now      func() time.Time
	exit     func(int)
	terminal bool // err is a terminal
	flag     string
	name     string         // of the household whose commands these are, if it is not the file's own
	member   *config.Config // its configuration
	say      *locale.Printer
	progress *cli.Progress
}

func newEnv(e env) *env {
	if e.now == nil {
		e.now = time.Now
	}
	e.progress = cli.NewProgress(e.err, e.terminal)
	e.speak(locale.FromEnvironment(e.getenv))
	return &e
}

// speak switches to the language if one is named that has a catalogue.
func (e *env) speak(language string) {
	if p, err := locale.New(language); err == nil && language != "" {
		e.say = p
	} else if e.say == nil {
		e.say, _ = locale.New("en")
	}
}

// print writes one line to stdout.
func (e *env) print(line string) {
	e.progress.Clear()
	_, _ = fmt.Fprintln(e.out, line)
}

// note writes a line to stderr that is not an error.
func (e *env) note(line string) {
	e.progress.Clear()
	_, _ = fmt.Fprintln(e.err, textx.Line(line, 1000))
}

// config loads the configuration and checks the sections that the command uses.
func (e *env) config(need ...config.Section) (*config.Config, error) {
	c := e.member
	if c == nil {
		var err error
		if c, err = e.installation(); err != nil {
			return nil, err
		}
	}
	e.speak(c.Language)
	for _, w := range c.Warnings {
		e.note(e.say.Text(w))
	}
	if err := c.Need(need...); err != nil {
		return nil, err
	}
	return c, nil
}

// installation loads the configuration file.
func (e *env) installation() (*config.Config, error) {
	path, err := config.Find(e.flag, e.getenv, runtime.GOOS)
	if err != nil {
		return nil, err
	}
	c, err := e.load(path)
	if err != nil {
		e.speak(config.LanguageOf(path))
		return nil, e.wrongConfig(err)
	}
	return c, nil
}

// load loads a configuration unless somebody else has planted it.
func (e *env) load(path string) (*config.Config, error) {
	if err := service.Planted(path); err != nil {
		return nil, err
	}
	return config.Load(path)
}

// anyConfig returns the configuration, or the defaults if none is readable, for commands
// that work without one.
func (e *env) anyConfig() *config.Config {
	if e.member != nil {
		return e.member
	}
	path, err := config.Find(e.flag, e.getenv, runtime.GOOS)
	if err != nil {
		return config.Default()
	}
	c, err := e.load(path)
	if err != nil {
		e.speak(config.LanguageOf(path))
		e.note(e.say.T("note_without_config", "Reason", e.words(err)))
		return config.Default()
	}
	e.speak(c.Language)
	return c
}

// storeAt returns the driver of the configured store.
func storeAt(c *config.Config) store.Driver {
	var password func(context.Context) (string, error)
	if !c.Store.Password.IsZero() {
		password = c.Store.Password.Resolve
	}
	return driver.At(c.Store.Location(), password)
}

// store opens the store of the configuration.
func (e *env) store(ctx context.Context, c *config.Config) (store.Store, error) {
	if _, err := continueAsOwner(c.Store.Path); err != nil {
		return nil, err
	}
	db, err := e.open(ctx, c, e.quiet())
	if errors.Is(err, os.ErrPermission) || errors.Is(err, store.ErrReadOnly) {
		return nil, fmt.Errorf("%w; %s", err, e.say.T(whoMay))
	}
	return db, err
}

// open opens the store for the household whose commands these are.
func (e *env) open(ctx context.Context, c *config.Config, log *slog.Logger) (store.Store, error) {
	db, err := storeAt(c).Open(ctx, store.Options{Log: log, Now: e.now, Brief: true})
	if err == nil && e.name != "" {
		db = household.View(db, e.name)
	}
	return db, err
}

// stored opens the store of the configuration for do, also while the daemon runs.
func (e *env) stored(ctx context.Context, do func(*config.Config, store.Store) error) error {
	cfg, err := e.config()
	if err != nil {
		return err
	}
	db, err := e.store(ctx, cfg)
	if err != nil {
		return err
	}
	defer shut(db)
	return do(cfg, db)
}

// notFound translates the error for a number that is not in the store.
func (e *env) notFound(err error, n number.Number) error {
	if errors.Is(err, parcel.ErrNotFound) {
		return failed(e.say.T("err_unknown", "Number", n))
	}
	return err
}

// quiet returns a logger for errors only; commands print everything else themselves.
func (e *env) quiet() *slog.Logger {
	return slog.New(slog.NewTextHandler(e.err, &slog.HandlerOptions{Level: slog.LevelError}))
}

// number reads a number or a tracking link typed by the user.
func (e *env) number(text string) (number.Number, error) {
	n, err := number.Typed(text)
	if err != nil {
		return "", usage(e.say.T("err_number", "Text", textx.Line(text, 50)))
	}
	return n, nil
}

// carriers returns the carriers of a configuration. From now on they are called by the
// titles that the user has defined.
func (e *env) carriers(ctx context.Context, c *config.Config) (*carriers.Set, map[string]error, error) {
	set, broken, err := app.Carriers(ctx, c)
	if err == nil {
		e.say = e.say.Titled(set.Titles())
	}
	return set, broken, err
}

// noteFaults notes the definitions that are left out.
func (e *env) noteFaults(broken map[string]error) {
	for _, file := range slices.Sorted(maps.Keys(broken)) {
		faults, _ := config.Problems(broken[file])
		for _, one := range faults {
			e.note(e.say.T("note_definition", "Reason", e.say.Text(one.Fault())))
		}
	}
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return path != "" && err == nil
}

// shut closes a file that was only read, or whose changes are already stored.
func shut(c io.Closer) { _ = c.Close() }

// storeVault keeps logins in the store, which only its owner can read. It opens the store
// for each access.
type storeVault struct {
	at  store.Driver
	now func() time.Time
	of  string // the household
}

// vault keeps the logins of the household whose commands these are.
func (e *env) vault(c *config.Config) oauth.Vault {
	return storeVault{storeAt(c), e.now, cmp.Or(e.name, store.Home)}
}

// smtpVault keeps the login of the mail server, which all households share.
func (e *env) smtpVault(c *config.Config) oauth.Vault {
	return storeVault{storeAt(c), e.now, store.Home}
}

// Secret implements [oauth.Vault].
func (v storeVault) Secret(ctx context.Context, name string) (string, error) {
	if !v.at.Exists(ctx) {
		return "", parcel.ErrNotFound
	}
	db, err := v.at.Open(ctx, store.Options{Now: v.now, Brief: true})
	if err != nil {
		return "", err
	}
	defer shut(db)
	return db.Household(v.of).Secret(ctx, name)
}

// SetSecret implements [oauth.Vault].
func (v storeVault) SetSecret(ctx context.Context, name, value string) error {
	db, err := v.at.Open(ctx, store.Options{Now: v.now, Brief: true})
	if err != nil {
		return err
	}
	defer shut(db) // changes are already stored
	return db.Household(v.of).SetSecret(ctx, name, value)
}

// doubt prints a note if the check digit of a number typed by the user is wrong for
// a parcel to a country.
func (e *env) doubt(n number.Number, country string) {
	if n.CheckIn(country) == number.CheckWrong {
		e.note(e.say.T("note_check_digit", "Number", n))
	}
	if n.Family() == number.FamilyUnknown {
		e.note(e.say.T("note_no_form", "Number", n))
	}
}
