package command

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"parcelwatch/config"
)

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
	for _, out := range []sinks{{stderr: &stderr, events: &events}, {stderr: &stderr, prefixed: true, events: &events}} {
		l, err := openLogs(out, c)
		if err != nil {
			t.Fatal(err)
		}
		l.Info("not shown")
		l.Warn("shown", "secret", config.Plain("hunter2"))
		l.last(nil)
		l.last(errors.New("the disk is gone"))
		l.close()
	}
	text, err := os.ReadFile(file)
	if err != nil || strings.Count(string(text), "msg=shown") != 2 {
		t.Errorf("file: %v\n%s", err, text)
	}
	if strings.Count(string(text), `msg=ended err="the disk is gone"`) != 2 || strings.Contains(stderr.String(), "ended") {
		t.Errorf("the end is in the file alone, once: got\n%s\n%s", text, stderr.String())
	}
	if s := stderr.String(); !strings.Contains(s, "time=") || !strings.Contains(s, "<4>msg=shown") || strings.Contains(s, "not shown") {
		t.Errorf("stderr:\n%s", s)
	}
	if len(events.lines) != 2 || strings.Contains(string(text)+stderr.String()+strings.Join(events.lines, ""), "hunter2") {
		t.Errorf("events: %q", events.lines)
	}
	c.Log.File = filepath.Join(file, "below")
	if _, err := openLogs(sinks{stderr: &stderr}, c); err == nil {
		t.Error("a file that cannot be is opened")
	}
}

func TestALogFileIsPutAsideAndOldOnesGo(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	c := config.Default()
	c.Log.File, c.Log.Size, c.Log.Copies = filepath.Join(dir, "x.log"), 1, 2
	l, err := openLogs(sinks{stderr: io.Discard}, c)
	if err != nil {
		t.Fatal(err)
	}
	for i := range 50 { // five megabytes
		l.Info("line", "n", i, "text", strings.Repeat("x", 100<<10))
	}
	l.close() // waits for what is still being packed
	files, err := filepath.Glob(filepath.Join(dir, "*"))
	if err != nil {
		t.Fatal(err)
	}
	packed := 0
	for _, f := range files {
		info, err := os.Stat(f)
		if err != nil || info.Size() > 1<<20 || runtime.GOOS != "windows" && info.Mode().Perm() != 0o600 {
			t.Errorf("%s: %v, %v", f, info, err)
		}
		if strings.HasSuffix(f, ".gz") {
			packed++
		}
	}
	if packed != 2 || len(files) != 3 {
		t.Errorf("got %v, want the log and two packed ones", files)
	}
	last, err := os.ReadFile(c.Log.File)
	if err != nil || !bytes.Contains(last, []byte(" n=49 ")) {
		t.Errorf("the last line is not in the log: %v", err)
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
