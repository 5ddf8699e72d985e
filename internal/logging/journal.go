package logging

import (
	"bytes"
	"context"
	"io"
	"log/slog"
	"maps"
	"strconv"
	"strings"
	"sync"

	"parcelwatch/service"
)

// entry writes one line with its fields to the journal.
type entry func(priority int, line string, fields map[string]string) error

// journal is a handler for systemd's journal: lines have a priority but no time,
// which the journal adds, and each attribute is also a field that can be searched.
type journal struct {
	*journalSink
	text   slog.Handler
	fields map[string]string // of With
	group  string
}

// journalSink writes single lines to the journal.
type journalSink struct {
	mu    sync.Mutex
	line  bytes.Buffer
	level slog.Leveler
	put   entry
}

func newJournal(put entry, level slog.Leveler) journal {
	s := &journalSink{level: level, put: put}
	return journal{journalSink: s, text: slog.NewTextHandler(&s.line, &slog.HandlerOptions{Level: slog.LevelDebug, ReplaceAttr: bare})}
}

// journalTo sends entries with their fields, or writes plain lines if that fails.
func journalTo(send service.Journal, stderr io.Writer) entry {
	line := prefixed(stderr)
	return func(priority int, text string, fields map[string]string) error {
		if send(priority, text, fields) == nil {
			return nil
		}
		return line(priority, text, fields)
	}
}

// prefixed writes lines with a priority prefix, which systemd reads.
func prefixed(w io.Writer) entry {
	return func(priority int, line string, _ map[string]string) error {
		_, err := io.WriteString(w, "<"+strconv.Itoa(priority)+">"+line+"\n")
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
func (j journal) Enabled(_ context.Context, l slog.Level) bool { return l >= j.level.Level() }

// Handle implements [slog.Handler].
func (j journal) Handle(ctx context.Context, r slog.Record) error {
	fields := maps.Clone(j.fields)
	if fields == nil {
		fields = map[string]string{}
	}
	fields["SYSLOG_IDENTIFIER"] = "parcelwatch"
	r.Attrs(func(a slog.Attr) bool {
		flatten(fields, j.group, a)
		return true
	})
	j.mu.Lock()
	defer j.mu.Unlock()
	j.line.Reset()
	if err := j.text.Handle(ctx, r); err != nil {
		return err
	}
	return j.put(priority(r.Level), strings.TrimSuffix(j.line.String(), "\n"), fields)
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
func (j journal) WithAttrs(attrs []slog.Attr) slog.Handler {
	fields := maps.Clone(j.fields)
	if fields == nil {
		fields = map[string]string{}
	}
	for _, a := range attrs {
		flatten(fields, j.group, a)
	}
	j.fields, j.text = fields, j.text.WithAttrs(attrs)
	return j
}

// WithGroup implements [slog.Handler].
func (j journal) WithGroup(name string) slog.Handler {
	if name == "" {
		return j
	}
	j.group += name + "_"
	j.text = j.text.WithGroup(name)
	return j
}
