package logging

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
	"time"

	"github.com/google/go-cmp/cmp"

	"parcelwatch/config"
)

// eventList is a fake of the Windows event log.
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
	log := slog.New(newLines(eventsTo(&events), slog.LevelInfo)).With("a", 1).WithGroup("g")
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
	for _, out := range []Sinks{{Stderr: &stderr, Events: &events}, {Stderr: &stderr, Prefixed: true, Events: &events}} {
		l, err := Open(out, c.Log)
		if err != nil {
			t.Fatal(err)
		}
		l.Info("not shown")
		l.Warn("shown", "secret", config.Plain("hunter2"))
		l.Last(nil)
		l.Last(errors.New("the disk is gone"))
		l.Close()
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
	if _, err := Open(Sinks{Stderr: &stderr}, c.Log); err == nil {
		t.Error("a file that cannot be is opened")
	}
}

func TestALogFileIsPutAsideAndOldOnesGo(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	c := config.Default()
	c.Log.File, c.Log.Size, c.Log.Copies = filepath.Join(dir, "x.log"), 1, 2
	l, err := Open(Sinks{Stderr: io.Discard}, c.Log)
	if err != nil {
		t.Fatal(err)
	}
	for i := range 50 { // five megabytes
		l.Info("line", "n", i, "text", strings.Repeat("x", 100<<10))
	}
	l.Close() // waits for the compression of old files
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

func TestWhatIsNoSecretIsShown(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	l, err := Open(Sinks{Stderr: &out}, config.Default().Log)
	if err != nil {
		t.Fatal(err)
	}
	type number string
	l.Info("x", "a", number("RB123456785CN"), "b", []string{"p", "q"}, "c", os.ErrNotExist, "d", time.Minute, "e", nil, "f", slog.LevelWarn, "g", struct{ X int }{1})
	want := ` a=RB123456785CN b="[p q]" c="file does not exist" d=1m0s e=<nil> f=WARN g="(struct { X int })"`
	if !strings.Contains(out.String(), want) {
		t.Errorf("got %s, want %s", out.String(), want)
	}
}

func TestCopiesOfALogFileGoByAge(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	c := config.Default()
	c.Log.File = filepath.Join(dir, "x.log")
	name := func(days int) string {
		return filepath.Join(dir, "x-"+time.Now().AddDate(0, 0, -days).Format("2006-01-02T15-04-05.000")+"-size.log.gz")
	}
	young, old := name(89), name(91)
	for _, file := range []string{young, old} {
		if err := os.WriteFile(file, nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	l, err := Open(Sinks{Stderr: io.Discard}, c.Log)
	if err != nil {
		t.Fatal(err)
	}
	l.Info("the first line makes the library look")
	l.Close()
	if _, err := os.Stat(young); err != nil {
		t.Errorf("a copy of 89 days: %v", err)
	}
	if _, err := os.Stat(old); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("a copy of 91 days is kept: %v", err)
	}
}

func TestThePrivacyPageNamesHowMuchIsLogged(t *testing.T) {
	t.Parallel()
	page, err := os.ReadFile("../../docs/privacy.md")
	if err != nil {
		t.Fatal(err)
	}
	c := config.Default().Log
	words := map[int]string{5: "five"}[c.Copies]
	want := fmt.Sprintf("is rotated at %d MB; %s rotated files are kept, for %d days", c.Size, words, int(time.Duration(c.Age).Hours())/24)
	if !strings.Contains(strings.Join(strings.Fields(string(page)), " "), want) {
		t.Errorf("the page does not say %q", want)
	}
}
