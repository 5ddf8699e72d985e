package main

import (
	"bytes"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"parcelwatch/config"
)

func TestTheJournalGetsPrioritiesAndNoTime(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	level := new(slog.LevelVar)
	log := slog.New(newJournal(&out, level)).With("a", 1).WithGroup("g")
	log.Debug("not shown")
	log.Info("two\nlines", "b", 2)
	log.Warn("warning")
	log.Error("error")
	level.Set(slog.LevelDebug)
	log.Debug("shown", "time", "mine", "level", "mine")
	want := `<6>msg="two\nlines" a=1 g.b=2
<4>msg=warning a=1
<3>msg=error a=1
<7>msg=shown a=1 g.time=mine g.level=mine
`
	if diff := cmp.Diff(want, out.String()); diff != "" {
		t.Error(diff)
	}
	if slog.New(newJournal(broken{}, level)).Handler().Handle(t.Context(), slog.Record{Level: slog.LevelInfo}) == nil {
		t.Error("a failed write is not told")
	}
}

type broken struct{}

func (broken) Write([]byte) (int, error) { return 0, os.ErrClosed }

// eventList stands in for the event log of Windows.
type eventList struct{ lines []string }

func (e *eventList) Error(v ...any) error   { return e.put("E", v) }
func (e *eventList) Warning(v ...any) error { return e.put("W", v) }
func (e *eventList) Info(v ...any) error    { return e.put("I", v) }

func (e *eventList) put(kind string, v []any) error {
	e.lines = append(e.lines, kind+" "+fmt.Sprint(v...))
	return nil
}

func TestTheEventLogGetsStartStopAndTrouble(t *testing.T) {
	t.Parallel()
	var events eventList
	log := slog.New(newEventHandler(&events)).With("a", 1).WithGroup("g")
	log.Debug("no")
	log.Info("no")
	log.Info("started", "life", "start")
	log.Warn("warning", "b", 2)
	log.Error("error")
	want := []string{"I msg=started a=1 g.life=start", "W msg=warning a=1 g.b=2", "E msg=error a=1"}
	if diff := cmp.Diff(want, events.lines); diff != "" {
		t.Error(diff)
	}
}

func TestLogsGoWhereTheyAreAskedFor(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "x.log")
	c := config.Default()
	c.Log.Level, c.Log.File = "warn", file
	var stderr bytes.Buffer
	var events eventList
	for _, journal := range []string{"", "8:1"} {
		l, err := openLogs(&stderr, func(string) string { return journal }, c, &events)
		if err != nil {
			t.Fatal(err)
		}
		l.Info("not shown")
		l.Warn("shown", "secret", config.Plain("hunter2"))
		l.close()
	}
	text, err := os.ReadFile(file)
	if err != nil || strings.Count(string(text), "msg=shown") != 2 {
		t.Errorf("file: %v\n%s", err, text)
	}
	if s := stderr.String(); !strings.Contains(s, "time=") || !strings.Contains(s, "<4>msg=shown") || strings.Contains(s, "not shown") {
		t.Errorf("stderr:\n%s", s)
	}
	if len(events.lines) != 2 || strings.Contains(string(text)+stderr.String()+strings.Join(events.lines, ""), "hunter2") {
		t.Errorf("events: %q", events.lines)
	}
	c.Log.File = filepath.Join(file, "below")
	if _, err := openLogs(&stderr, func(string) string { return "" }, c, nil); err == nil {
		t.Error("a file that cannot be is opened")
	}
}

func TestExitStatusesFollowFromErrors(t *testing.T) {
	t.Parallel()
	for want, errs := range map[int][]error{
		exitGood:    {nil},
		exitFailed:  {errors.New("x"), failed("x")},
		exitUsage:   {usage("x"), config.ErrNoFile, fmt.Errorf("x: %w", config.ErrNoFile), config.Errors{{File: "f"}}, &config.Error{File: "f"}},
		exitNothing: {nothing("x"), fmt.Errorf("x: %w", nothing("x"))},
	} {
		for _, err := range errs {
			if got := codeOf(err); got != want {
				t.Errorf("%v: %d, want %d", err, got, want)
			}
		}
	}
}
