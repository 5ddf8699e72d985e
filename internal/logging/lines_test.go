package logging

import (
	"bytes"
	"errors"
	"log/slog"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"parcelwatch/service"
)

func TestLinesForTheJournalHavePrioritiesAndNoTime(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	level := new(slog.LevelVar)
	log := slog.New(newLines(prefixed(&out), level)).With("a", 1).WithGroup("g")
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
	if slog.New(newLines(prefixed(broken{}), level)).Handler().Handle(t.Context(), slog.Record{Level: slog.LevelInfo}) == nil {
		t.Error("a failed write is not told")
	}
}

type broken struct{}

func (broken) Write([]byte) (int, error) { return 0, os.ErrClosed }

func TestTheJournalGetsFields(t *testing.T) {
	t.Parallel()
	var priority int
	var line string
	var got map[string]string
	log := slog.New(newLines(journalTo(func(p int, text string, fields map[string]string) error {
		priority, line, got = p, text, fields
		return nil
	}, broken{}), slog.LevelInfo))
	log = log.With("mailbox", "home").WithGroup("").WithGroup("box").With("folder", "INBOX")
	log.LogAttrs(t.Context(), slog.LevelWarn, "mailbox state", slog.Duration("since", time.Minute), slog.Group("at", slog.Int("uid", 7)),
		slog.Group("", slog.Bool("in", true)), slog.Any("err", errors.New("a\nb")), slog.Attr{}, slog.String("ключ", "x"))
	want := map[string]string{
		"SYSLOG_IDENTIFIER": "parcelwatch", "PARCELWATCH_MAILBOX": "home", "PARCELWATCH_BOX_FOLDER": "INBOX", "PARCELWATCH_BOX_SINCE": "1m0s",
		"PARCELWATCH_BOX_AT_UID": "7", "PARCELWATCH_BOX_IN": "true", "PARCELWATCH_BOX_ERR": "a\nb", "PARCELWATCH_BOX_____": "x",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if priority != 4 || !strings.HasPrefix(line, `msg="mailbox state" mailbox=home box.folder=INBOX`) || strings.Contains(line, "\n") {
		t.Errorf("priority %d, line %q", priority, line)
	}
	log.Info("another line keeps what With gave")
	if got["PARCELWATCH_MAILBOX"] != "home" || got["PARCELWATCH_BOX_ERR"] != "" {
		t.Errorf("fields %v", got)
	}
}

func TestAJournalThatRefusesGetsThePlainLine(t *testing.T) {
	t.Parallel()
	var stderr bytes.Buffer
	refuse := func(int, string, map[string]string) error { return os.ErrClosed }
	slog.New(newLines(journalTo(refuse, &stderr), slog.LevelInfo)).Error("heard", "a", 1)
	if got := stderr.String(); got != "<3>msg=heard a=1\n" {
		t.Errorf("got %q", got)
	}
}

func TestNamesOfFieldsAreThoseTheJournalTakes(t *testing.T) {
	t.Parallel()
	for key, want := range map[string]string{
		"mail_id": "PARCELWATCH_MAIL_ID", "_x": "PARCELWATCH__X", "": "PARCELWATCH_", "a=b\n": "PARCELWATCH_A_B_",
		strings.Repeat("k", 80): "PARCELWATCH_" + strings.Repeat("K", 52),
	} {
		if got := service.JournalField(key); got != want {
			t.Errorf("%q: got %s, want %s", key, got, want)
		}
	}
}
