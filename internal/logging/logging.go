// Package logging writes the daemon's log to stderr or systemd's journal, to a file and
// to the Windows event log. It must not know what is logged, except that structs may
// contain secrets.
package logging

import (
	"fmt"
	"io"
	"log/slog"
	"net/url"
	"os"
	"reflect"
	"sync"
	"time"

	"github.com/DeRuina/timberjack"

	"parcelwatch/config"
	"parcelwatch/service"
)

// Sinks are the system's logs.
type Sinks struct {
	Stderr   io.Writer
	Prefixed bool             // Stderr is read by the journal: no time, but a priority
	Journal  service.Journal  // nil if there is only Stderr
	Events   service.EventLog // nil except under the service manager of Windows
}

// System returns the logs of this process for the service with this name.
func System(stderr io.Writer, getenv func(string) string, name string) Sinks {
	return Sinks{Stderr: stderr, Prefixed: getenv("JOURNAL_STREAM") != "", Journal: service.OpenJournal(), Events: service.OpenEventLog(name)}
}

// Fatal writes an error that ends the service to the event log, and returns it.
func (s Sinks) Fatal(err error) error {
	if err != nil && s.Events != nil {
		_ = s.Events.Error(err.Error())
	}
	return err
}

// Log is an open log whose level and file can be replaced while it is in use.
type Log struct {
	*slog.Logger

	level slog.LevelVar
	file  file
}

// Open logs to the system's log and to the configured file. Warnings and errors
// also go to the event log.
func Open(s Sinks, c config.Log) (*Log, error) {
	l := &Log{}
	if err := l.Reopen(c); err != nil {
		return nil, err
	}
	opt := &slog.HandlerOptions{Level: &l.level, ReplaceAttr: shown}
	handlers := []slog.Handler{slog.NewTextHandler(s.Stderr, opt), slog.NewTextHandler(&l.file, opt)}
	switch {
	case s.Journal != nil:
		handlers[0] = newLines(journalTo(s.Journal, s.Stderr), &l.level)
	case s.Prefixed:
		handlers[0] = newLines(prefixed(s.Stderr), &l.level)
	}
	if s.Events != nil {
		handlers = append(handlers, newLines(eventsTo(s.Events), slog.LevelInfo))
	}
	l.Logger = slog.New(slog.NewMultiHandler(handlers...))
	return l, nil
}

// Reopen changes the level and the file. If the file cannot be opened, nothing changes.
func (l *Log) Reopen(c config.Log) error {
	var f io.WriteCloser
	if c.File != "" {
		var err error
		if f, err = openFile(c); err != nil {
			return err
		}
	}
	l.level.Set(c.Level.Level())
	l.file.replace(f)
	return nil
}

// Last writes the error that ends the daemon to the file only: the caller reports it to
// the system's log.
func (l *Log) Last(err error) {
	if err != nil {
		slog.New(slog.NewTextHandler(&l.file, nil)).Error("ended", "err", err.Error())
	}
}

// Close closes the file. Later records go to the other sinks only.
func (l *Log) Close() { l.file.replace(nil) }

// file is a log file that can be replaced. Without one, lines are dropped.
type file struct {
	mu sync.Mutex
	to io.WriteCloser
}

// Write implements [io.Writer].
func (f *file) Write(line []byte) (int, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.to == nil {
		return len(line), nil
	}
	return f.to.Write(line)
}

func (f *file) replace(to io.WriteCloser) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.to != nil {
		_ = f.to.Close()
	}
	f.to = to
}

// openFile opens a file that is rotated by size. It first opens the file once itself,
// because the library reports a failure only with the first line.
func openFile(c config.Log) (io.WriteCloser, error) {
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

// shown keeps plain values and those with a String or Error method, and replaces all
// others by the name of their type: printing a struct by reflection shows the secrets in
// it, even if their types hide them.
func shown(_ []string, a slog.Attr) slog.Attr {
	if a.Value.Kind() != slog.KindAny {
		return a
	}
	v := a.Value.Any()
	switch v.(type) {
	case *url.URL: // its String shows the password
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

// bare drops the time and the level, which the system's log adds.
func bare(groups []string, a slog.Attr) slog.Attr {
	if len(groups) == 0 && (a.Key == slog.TimeKey || a.Key == slog.LevelKey) {
		return slog.Attr{}
	}
	return shown(groups, a)
}
