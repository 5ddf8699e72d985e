package command

import (
	"fmt"
	"io"
	"log/slog"
	"net/url"
	"os"
	"reflect"
	"time"

	"github.com/DeRuina/timberjack"

	"parcelwatch/config"
	"parcelwatch/service"
)

// logs is where the daemon's log goes. Its level can change while it works.
type logs struct {
	level *slog.LevelVar
	file  io.WriteCloser // nil without a file
	*slog.Logger
}

// sinks are the logs of the system.
type sinks struct {
	stderr   io.Writer
	prefixed bool             // stderr goes to the journal: no time, but a priority
	journal  service.Journal  // nil where stderr is all there is
	events   service.EventLog // nil but under Windows' service manager
}

// systemLogs are those this process was started with.
func systemLogs(e *env, name string) sinks {
	return sinks{stderr: e.err, prefixed: e.getenv("JOURNAL_STREAM") != "", journal: service.OpenJournal(), events: service.OpenEventLog(name)}
}

// openLogs logs to the system's log, to the file where one is configured, and
// warnings to the event log.
func openLogs(s sinks, c *config.Config) (*logs, error) {
	l := &logs{level: new(slog.LevelVar)}
	l.level.Set(c.Log.Level.Level())
	opt := &slog.HandlerOptions{Level: l.level, ReplaceAttr: shown}
	handlers := []slog.Handler{slog.NewTextHandler(s.stderr, opt)}
	switch {
	case s.journal != nil:
		handlers[0] = newJournal(journalTo(s.journal, s.stderr), l.level)
	case s.prefixed:
		handlers[0] = newJournal(prefixed(s.stderr), l.level)
	}
	if c.Log.File != "" {
		f, err := openLogFile(c.Log)
		if err != nil {
			return nil, err
		}
		l.file = f
		handlers = append(handlers, slog.NewTextHandler(f, opt))
	}
	if s.events != nil {
		handlers = append(handlers, newEventHandler(s.events))
	}
	l.Logger = slog.New(slog.NewMultiHandler(handlers...))
	return l, nil
}

// openLogFile opens a file that is put aside when it has grown. It opens it once
// by itself, for the library would tell of a failure at the first line only.
func openLogFile(c config.Log) (io.WriteCloser, error) {
	f, err := os.OpenFile(c.File, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		return nil, fmt.Errorf("log file: %w", err)
	}
	if err := f.Close(); err != nil {
		return nil, fmt.Errorf("log file: %w", err)
	}
	const day = 24 * time.Hour
	return &timberjack.Logger{
		Filename: c.File, FileMode: 0o600, LocalTime: true, Compression: "gzip",
		MaxSize: c.Size, MaxBackups: c.Copies, MaxAge: int((time.Duration(c.Age) + day - 1) / day),
	}, nil
}

// last puts what ends the daemon into the file: the system's log is told by
// whoever returns it to the person.
func (l *logs) last(err error) {
	if err != nil && l.file != nil {
		slog.New(slog.NewTextHandler(l.file, nil)).Error("ended", "err", err.Error())
	}
}

func (l *logs) close() {
	if l.file != nil {
		_ = l.file.Close()
	}
}

// shown lets through plain values and those that say themselves what may be seen
// of them, and names the type of all others. Printed by reflection, a struct
// would show the secrets in its depths, whatever their types do against it.
func shown(_ []string, a slog.Attr) slog.Attr {
	if a.Value.Kind() != slog.KindAny {
		return a
	}
	v := a.Value.Any()
	switch v.(type) {
	case *url.URL: // it says its password
	case nil, error, fmt.Stringer, []string, *slog.Source:
		return a
	}
	switch t := reflect.TypeOf(v); t.Kind() {
	case reflect.Bool, reflect.String, reflect.Int, reflect.Int64, reflect.Uint, reflect.Float64: // number.Number and the like
		return a
	default:
		return slog.String(a.Key, "("+t.String()+")")
	}
}

// bare drops what the system's log knows by itself.
func bare(groups []string, a slog.Attr) slog.Attr {
	if len(groups) == 0 && (a.Key == slog.TimeKey || a.Key == slog.LevelKey) {
		return slog.Attr{}
	}
	return shown(groups, a)
}
