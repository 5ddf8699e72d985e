package notify_test

import (
	"bytes"
	"context"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"parcelwatch/internal/locale"
	"parcelwatch/notify"
	"parcelwatch/store"
)

// python is the system's interpreter, which finds Debian's Python packages.
const python = "/usr/bin/python3"

// needs skips the test if an external program is missing.
func needs(t *testing.T, try ...string) {
	t.Helper()
	if os.Getenv("PARCELWATCH_RIG") == "" {
		t.Skip("skipped: other people's programs are asked with PARCELWATCH_RIG=1")
	}
	if out, err := exec.CommandContext(t.Context(), try[0], try[1:]...).CombinedOutput(); err != nil {
		t.Skipf("skipped: %s is not to be had: %v %s", strings.Join(try, " "), err, out)
	}
}

// run passes input to a program and returns its output.
func run(t *testing.T, input []byte, program ...string) string {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, program[0], program[1:]...)
	cmd.Stdin = bytes.NewReader(input)
	var complaints bytes.Buffer
	cmd.Stderr = &complaints
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%s: %v %s", program[0], err, &complaints)
	}
	return string(out)
}

// sampleMail returns the sample as a mail in the language. Items are named in the language
// things, if given.
func sampleMail(t *testing.T, language, things string) store.Message {
	t.Helper()
	in := sample(t, language)
	if things != "" {
		foreign := sample(t, things)
		for i := range in.Parcels {
			in.Parcels[i].Items = foreign.Parcels[i].Items
		}
		for i := range in.Orders {
			in.Orders[i].Items = foreign.Orders[i].Items
		}
	}
	in.Audience.Language, in.Audience.Calendar = language, true
	d := notify.Compose(in, noon)
	m, err := notify.Build(d, render(t, d, language), notify.Envelope{From: "Parcels <me@example.org>", To: []string{"you@example.org"}, Slot: language + things})
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// sampleMails returns the samples of all languages, and the Cyrillic ones also with
// English item names, as the shop uses them.
func sampleMails(t *testing.T) map[string]store.Message {
	t.Helper()
	out := map[string]store.Message{}
	for _, language := range locale.Languages() {
		out[language] = sampleMail(t, language, "")
	}
	for _, language := range []string{"ru", "uk", "be", "kk"} {
		out[language+" with English names"] = sampleMail(t, language, "en")
	}
	return out
}

var spamScore = regexp.MustCompile(`X-Spam-Status: \w+, score=(-?[0-9.]+) required=[0-9.]+ tests=([A-Za-z0-9_,\s]+?)\s+autolearn`)

func TestSpamAssassinFindsNothing(t *testing.T) {
	t.Parallel()
	needs(t, "spamassassin", "--version")
	mails := sampleMails(t)
	names := slices.Sorted(maps.Keys(mails))
	var box bytes.Buffer
	for _, name := range names {
		fmt.Fprintf(&box, "From me@example.org Thu Mar 12 08:00:00 2026\n%s\n\n", bytes.ReplaceAll(mails[name].Raw, []byte("\r\n"), []byte("\n")))
	}
	file := filepath.Join(t.TempDir(), "mbox")
	if err := os.WriteFile(file, box.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	verdicts := strings.Split(run(t, nil, "spamassassin", "--test-mode", "--local", "--mbox", file), "\nFrom me@example.org ")
	for _, name := range names {
		// The verdicts are unordered.
		i := slices.IndexFunc(verdicts, func(v string) bool { return strings.Contains(v, "<"+mails[name].ID+">") })
		if i < 0 {
			t.Errorf("%s: no verdict", name)
			continue
		}
		found := spamScore.FindStringSubmatch(verdicts[i])
		if found == nil {
			t.Errorf("%s: no score in %.300s", name, verdicts[i])
			continue
		}
		score, err := strconv.ParseFloat(found[1], 64)
		rules := strings.Join(strings.Fields(found[2]), "")
		t.Logf("%s: %.1f for %s", name, score, rules)
		if err != nil || score > 0.5 {
			t.Errorf("%s: %.1f points for %s, %v", name, score, rules, err)
		}
	}
}

// pythonMail lists each part with what Python's email package finds wrong.
const pythonMail = `
import email, email.policy, sys
m = email.message_from_binary_file(sys.stdin.buffer, policy=email.policy.default)
for name in ("Subject", "From", "To", "Date", "Message-ID", "List-Id"):
    if m[name] is None or m[name].defects: print("header", name, m[name] and m[name].defects)
for p in m.walk():
    if p.defects: print("part", p.get_content_type(), p.defects)
    print(p.get_content_type(), "" if p.is_multipart() else p.get_content_charset())
    if not p.is_multipart():
        text = p.get_content()
        if "\ufffd" in text: print("not readable")
`

func TestPythonReadsTheMailWithoutDefect(t *testing.T) {
	t.Parallel()
	needs(t, python, "-c", "import email.policy")
	for name, m := range sampleMails(t) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			want := "multipart/mixed \nmultipart/alternative \ntext/plain utf-8\ntext/html utf-8\ntext/calendar utf-8\n"
			if diff := cmp.Diff(want, run(t, m.Raw, python, "-c", pythonMail)); diff != "" {
				t.Errorf("read (-want +got):\n%s", diff)
			}
		})
	}
}

// pythonCalendar lists the events of the calendar in a mail.
const pythonCalendar = `
import email, email.policy, sys, icalendar
m = email.message_from_binary_file(sys.stdin.buffer, policy=email.policy.default)
for p in m.walk():
    if p.get_content_type() != "text/calendar": continue
    c = icalendar.Calendar.from_ical(p.get_content())
    print(c["VERSION"], c["METHOD"], "errors", getattr(c, "errors", []))
    for e in c.walk("VEVENT"):
        assert e["UID"] and e["DTSTAMP"].dt.tzinfo is not None
        print(e["DTSTART"].dt.isoformat(), e.get("TRANSP"), e["SUMMARY"], "errors", e.errors)
        print(icalendar.Calendar.from_ical(c.to_ical()).to_ical() == c.to_ical())
`

func TestAnotherProgramReadsTheCalendar(t *testing.T) {
	t.Parallel()
	needs(t, python, "-c", "import icalendar")
	got := run(t, sampleMail(t, "ru", "").Raw, python, "-c", pythonCalendar)
	want := "2.0 PUBLISH errors []\n2026-03-14 TRANSPARENT Последний день хранения: Кабель Micro-USB, 2 м errors []\nTrue\n"
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("read (-want +got):\n%s", diff)
	}
}

// markup disables rules that mail requires breaking: inline styles, and old attributes of
// tables, the only ones that some mail clients support.
const markup = `{"root": true, "extends": ["html-validate:recommended"],
"rules": {"no-inline-style": "off", "no-deprecated-attr": "off", "prefer-tbody": "off"}}`

func TestAValidatorFindsNothingInTheHTML(t *testing.T) {
	t.Parallel()
	needs(t, "html-validate", "--version")
	dir := t.TempDir()
	config := filepath.Join(dir, "markup.json")
	if err := os.WriteFile(config, []byte(markup), 0o600); err != nil {
		t.Fatal(err)
	}
	files := []string{"html-validate", "--config", config}
	for _, language := range locale.Languages() {
		files = append(files, filepath.Join("..", "testdata", "digest", "sample."+language+".html"))
	}
	if out := strings.TrimSpace(run(t, nil, files...)); out != "" {
		t.Error(out)
	}
}
