package logging

import (
	"bytes"
	"context"
	"io"
	"log/slog"
	"maps"
	"slices"
	"strconv"
	"strings"
	"sync"

	"parcelwatch/service"
)

// entry writes one record, as a line and as fields, to a log of the system.
type entry func(r slog.Record, line string, fields map[string]string) error

// lines is a handler for a log of the system: lines have no time and no level, which that
// log adds, and each attribute is also a field that can be searched.
type lines struct {
	*lineSink
	text   slog.Handler
	fields map[string]string // of With
	group  string
}

// lineSink writes one line at a time.
type lineSink struct {
	mu    sync.Mutex
	line  bytes.Buffer
	level slog.Leveler
	put   entry
}

func newLines(put entry, level slog.Leveler) lines {
	s := &lineSink{level: level, put: put}
	return lines{lineSink: s, text: slog.NewTextHandler(&s.line, &slog.HandlerOptions{Level: slog.LevelDebug, ReplaceAttr: bare})}
}

// journalTo sends entries with their fields to systemd's journal, or writes plain lines if
// that fails.
func journalTo(send service.Journal, stderr io.Writer) entry {
	plain := prefixed(stderr)
	return func(r slog.Record, line string, fields map[string]string) error {
		fields["SYSLOG_IDENTIFIER"] = "parcelwatch"
		if send(priority(r.Level), line, fields) == nil {
			return nil
		}
		return plain(r, line, fields)
	}
}

// prefixed writes lines with a priority prefix, which systemd reads.
func prefixed(w io.Writer) entry {
	return func(r slog.Record, line string, _ map[string]string) error {
		_, err := io.WriteString(w, "<"+strconv.Itoa(priority(r.Level))+">"+line+"\n")
		return err
	}
}

// eventsTo writes warnings, errors, and records with the attribute life (start, stop) to
// the event log of Windows.
func eventsTo(log service.EventLog) entry {
	return func(r slog.Record, line string, _ map[string]string) error {
		switch {
		case r.Level >= slog.LevelError:
			return log.Error(line)
		case r.Level >= slog.LevelWarn:
			return log.Warning(line)
		}
		var err error
		r.Attrs(func(a slog.Attr) bool {
			if a.Key == "life" {
				err = log.Info(line)
			}
			return a.Key != "life"
		})
		return err
	}
}

// priority returns the priority as in syslog(3).
func priority(l slog.Level) int {
	switch {
	case l >= slog.LevelError:
		return 3
	case l >= slog.LevelWarn:
		return 4
	case l >= slog.LevelInfo:
		return 6
	default:
		return 7
	}
}

// Enabled implements [slog.Handler].
func (h lines) Enabled(_ context.Context, l slog.Level) bool { return l >= h.level.Level() }

// Handle implements [slog.Handler].
func (h lines) Handle(ctx context.Context, r slog.Record) error {
	fields := h.with(slices.Collect(r.Attrs)...)
	h.mu.Lock()
	defer h.mu.Unlock()
	h.line.Reset()
	if err := h.text.Handle(ctx, r); err != nil {
		return err
	}
	return h.put(r, strings.TrimSuffix(h.line.String(), "\n"), fields)
}

// flatten adds an attribute to the fields, or each attribute of a group.
func flatten(fields map[string]string, group string, a slog.Attr) {
	a.Value = a.Value.Resolve()
	if a.Equal(slog.Attr{}) {
		return
	}
	if a.Value.Kind() == slog.KindGroup {
		if a.Key != "" {
			group += a.Key + "_"
		}
		for _, one := range a.Value.Group() {
			flatten(fields, group, one)
		}
		return
	}
	fields[service.JournalField(group+a.Key)] = shown(nil, a).Value.String()
}

// WithAttrs implements [slog.Handler].
func (h lines) WithAttrs(attrs []slog.Attr) slog.Handler {
	h.fields, h.text = h.with(attrs...), h.text.WithAttrs(attrs)
	return h
}

// WithGroup implements [slog.Handler].
func (h lines) WithGroup(name string) slog.Handler {
	if name == "" {
		return h
	}
	h.group += name + "_"
	h.text = h.text.WithGroup(name)
	return h
}

// with returns the fields of the handler and of the attributes.
func (h lines) with(attrs ...slog.Attr) map[string]string {
	fields := map[string]string{}
	maps.Copy(fields, h.fields)
	for _, a := range attrs {
		flatten(fields, h.group, a)
	}
	return fields
}
