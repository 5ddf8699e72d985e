package logging

import (
	"bytes"
	"context"
	"log/slog"
	"strings"
	"sync"

	"parcelwatch/service"
)

// newEventHandler writes warnings, errors, and records with the attribute life
// (start, stop) to the event log of Windows.
func newEventHandler(events service.EventLog) slog.Handler {
	shared := &eventSink{events: events}
	return eventHandler{sink: shared, text: slog.NewTextHandler(&shared.line, &slog.HandlerOptions{Level: slog.LevelDebug, ReplaceAttr: bare})}
}

// eventSink writes single lines to an event log.
type eventSink struct {
	mu     sync.Mutex
	line   bytes.Buffer
	events service.EventLog
}

type eventHandler struct {
	sink *eventSink
	text slog.Handler
}

// Enabled implements [slog.Handler].
func (eventHandler) Enabled(_ context.Context, l slog.Level) bool { return l >= slog.LevelInfo }

// Handle implements [slog.Handler].
func (h eventHandler) Handle(ctx context.Context, r slog.Record) error {
	life := false
	r.Attrs(func(a slog.Attr) bool {
		life = life || a.Key == "life"
		return !life
	})
	if r.Level < slog.LevelWarn && !life {
		return nil
	}
	h.sink.mu.Lock()
	defer h.sink.mu.Unlock()
	h.sink.line.Reset()
	if err := h.text.Handle(ctx, r); err != nil {
		return err
	}
	line := strings.TrimSpace(h.sink.line.String())
	switch {
	case r.Level >= slog.LevelError:
		return h.sink.events.Error(line)
	case r.Level >= slog.LevelWarn:
		return h.sink.events.Warning(line)
	default:
		return h.sink.events.Info(line)
	}
}

// WithAttrs implements [slog.Handler].
func (h eventHandler) WithAttrs(attrs []slog.Attr) slog.Handler {
	return eventHandler{sink: h.sink, text: h.text.WithAttrs(attrs)}
}

// WithGroup implements [slog.Handler].
func (h eventHandler) WithGroup(name string) slog.Handler {
	return eventHandler{sink: h.sink, text: h.text.WithGroup(name)}
}
