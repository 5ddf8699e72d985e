package main

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"os"

	"parcelwatch/config"
	"parcelwatch/service"
)

// logs is where the daemon's log goes. Its level can change while it works.
type logs struct {
	level *slog.LevelVar
	file  *os.File
	*slog.Logger
}

// openLogs logs to stderr (in the journal's form under systemd), to the file
// where one is configured, and warnings to the event log under Windows' service
// manager.
func openLogs(stderr io.Writer, getenv func(string) string, c *config.Config, events service.EventLog) (*logs, error) {
	l := &logs{level: new(slog.LevelVar)}
	l.level.Set(c.Log.Level.Level())
	var handlers []slog.Handler
	if getenv("JOURNAL_STREAM") != "" {
		handlers = append(handlers, newJournal(stderr, l.level))
	} else {
		handlers = append(handlers, slog.NewTextHandler(stderr, &slog.HandlerOptions{Level: l.level}))
	}
	if c.Log.File != "" {
		f, err := os.OpenFile(c.Log.File, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
		if err != nil {
			return nil, fmt.Errorf("log file: %w", err)
		}
		l.file = f
		handlers = append(handlers, slog.NewTextHandler(f, &slog.HandlerOptions{Level: l.level}))
	}
	if events != nil {
		handlers = append(handlers, newEventHandler(events))
	}
	l.Logger = slog.New(slog.NewMultiHandler(handlers...))
	return l, nil
}

func (l *logs) close() {
	if l.file != nil {
		_ = l.file.Close()
	}
}

// journal writes each line with the priority that systemd reads, and without the
// time that it adds itself.
type journal struct {
	level slog.Leveler
	by    map[slog.Level]slog.Handler
}

// priorities are those of syslog(3).
func priorities() map[slog.Level]string {
	return map[slog.Level]string{slog.LevelDebug: "<7>", slog.LevelInfo: "<6>", slog.LevelWarn: "<4>", slog.LevelError: "<3>"}
}

func newJournal(w io.Writer, level slog.Leveler) journal {
	j := journal{level: level, by: map[slog.Level]slog.Handler{}}
	for l, prefix := range priorities() {
		j.by[l] = slog.NewTextHandler(prefixed{w, prefix}, &slog.HandlerOptions{Level: slog.LevelDebug, ReplaceAttr: bare})
	}
	return j
}

// bare drops what the journal knows by itself.
func bare(groups []string, a slog.Attr) slog.Attr {
	if len(groups) == 0 && (a.Key == slog.TimeKey || a.Key == slog.LevelKey) {
		return slog.Attr{}
	}
	return a
}

type prefixed struct {
	w      io.Writer
	prefix string
}

// Write is called once for each record.
func (p prefixed) Write(b []byte) (int, error) {
	if _, err := p.w.Write(append([]byte(p.prefix), b...)); err != nil {
		return 0, err
	}
	return len(b), nil
}

// Enabled is slog.Handler.
func (j journal) Enabled(_ context.Context, l slog.Level) bool { return l >= j.level.Level() }

// Handle is slog.Handler.
func (j journal) Handle(ctx context.Context, r slog.Record) error {
	level := slog.LevelDebug
	for _, l := range []slog.Level{slog.LevelInfo, slog.LevelWarn, slog.LevelError} {
		if r.Level >= l {
			level = l
		}
	}
	return j.by[level].Handle(ctx, r)
}

// WithAttrs is slog.Handler.
func (j journal) WithAttrs(attrs []slog.Attr) slog.Handler {
	return j.each(func(h slog.Handler) slog.Handler { return h.WithAttrs(attrs) })
}

// WithGroup is slog.Handler.
func (j journal) WithGroup(name string) slog.Handler {
	return j.each(func(h slog.Handler) slog.Handler { return h.WithGroup(name) })
}

func (j journal) each(change func(slog.Handler) slog.Handler) journal {
	out := journal{level: j.level, by: map[slog.Level]slog.Handler{}}
	for l, h := range j.by {
		out.by[l] = change(h)
	}
	return out
}
