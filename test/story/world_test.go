package story_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"flag"
	"fmt"
	"log/slog"
	"net/http"
	"net/mail"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"parcelwatch/carriers"
	"parcelwatch/carriers/all"
	"parcelwatch/extract"
	"parcelwatch/extract/shop/aliexpress"
	"parcelwatch/internal/status"
	pwmail "parcelwatch/mail"
	"parcelwatch/mail/verify"
	"parcelwatch/notify"
	"parcelwatch/parcel"
	"parcelwatch/parcel/number"
	"parcelwatch/store"
	"parcelwatch/store/sqlite"
	"parcelwatch/test/rig"
	"parcelwatch/tracker"
)

var update = flag.Bool("update", false, "write the goldens anew")

// secret is the value of every secret setting.
const secret = "planted-secret-9f3<&>é7"

// story is one journey, from the mail to the digest.
type story struct {
	name     string // of its folder in testdata/story
	home     string
	zone     string
	language string
	dest     string // as Cainiao writes the destination
	days     int
	number   number.Number // of the mail
	scans    []scan
	renamed  map[string]renaming

	numbers []number.Number // wanted in the end
	status  parcel.Status   // wanted in the end
	// silent is whom the story must not ask, and at what time: a post, from and
	// to a day.
	silent []rest
}

type rest struct {
	post     string
	from, to int
}

// letter is a digest as it went out.
type letter struct {
	at      time.Time
	subject string
	text    string
}

// letters is the mail server at the end of the way.
type letters struct {
	t   *testing.T
	now func() time.Time

	mu   sync.Mutex
	sent []letter
}

// Send is [notify.Sender]: what goes out is kept.
func (l *letters) Send(_ context.Context, m store.Message, to []string) []notify.Outcome {
	subject, text, err := rig.ReadMail(m.Raw)
	if err != nil {
		l.t.Errorf("a mail that cannot be read went out: %v", err)
	}
	l.mu.Lock()
	l.sent = append(l.sent, letter{l.now(), subject, text})
	l.mu.Unlock()
	var out []notify.Outcome
	for _, one := range to {
		out = append(out, notify.Outcome{To: one, Result: notify.SendOK})
	}
	return out
}

// world is everything at work on one story.
type world struct {
	t     *testing.T
	story story
	zone  *time.Location
	posts *posts
	db    *sqlite.DB
	log   *lockedBuffer
	began time.Time // of the bubble's time
	out   *letters
}

// play lets the days of a story pass and compares what came of it.
func play(t *testing.T, s story) {
	t.Helper()
	t.Parallel()
	if raced && s.name != "aliexpress_to_dhl" {
		t.Skip("too slow with the race detector")
	}
	zone, err := time.LoadLocation(s.zone)
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "story.db")
	synctest.Test(t, func(t *testing.T) {
		w := &world{t: t, story: s, zone: zone, log: &lockedBuffer{}, began: time.Now()}
		w.out = &letters{t: t, now: w.now}
		w.posts = &posts{t: t, now: w.now, scans: s.scans, renamed: s.renamed, dest: s.dest, asked: map[string][]time.Time{}}
		if w.db, err = sqlite.Open(t.Context(), file, sqlite.Options{Now: w.now}); err != nil {
			t.Fatal(err)
		}
		w.live()
		w.compare()
		if err := w.db.Close(); err != nil {
			t.Errorf("close the store: %v", err)
		}
	})
}

// pace is how much faster the story's clock runs than the timers: loops that
// look every minute then look every twenty, and a story is told sooner.
const pace = 20

func (w *world) now() time.Time { return start().Add(pace * time.Since(w.began)) }

func (w *world) sleepUntil(t time.Time) { time.Sleep(t.Sub(w.now()) / pace) }

// live wires everybody as the program does and waits out the days.
func (w *world) live() {
	log := slog.New(slog.NewTextHandler(w.log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	set := w.set()
	schedule, err := notify.ParseSchedule([]string{"08:00", "19:00"}, "", w.zone)
	if err != nil {
		w.t.Fatal(err)
	}
	notifier := notify.New(notify.Config{
		Audiences: []notify.Audience{{
			Name: "me", To: []string{"me@example.org"}, Language: w.story.language, Zone: w.zone, Schedule: schedule,
			Urgent: []parcel.Status{parcel.ReadyForPickup, parcel.OutForDelivery, parcel.CustomsHold, parcel.AttemptFailed},
		}},
		From: "Parcels <parcels@example.org>", Protection: notify.Protection{Days: 60, Remind: 7}, Blind: 6 * time.Hour,
	}, w.db, w.db, w.out, notify.Options{Log: log, Now: w.now})
	tr := tracker.New(tracker.Config{
		Home: w.story.home, Zone: w.zone, Log: log, Now: w.now, OnChange: notifier.Wake,
		Engine: tracker.NewEngine(set, w.story.home, w.db, w.now, log),
	}, w.db)
	ctx, cancel := context.WithCancel(w.t.Context())
	var running sync.WaitGroup
	for _, run := range []func(context.Context) error{tr.Run, notifier.Run} {
		running.Go(func() {
			if err := run(ctx); err != nil {
				w.t.Errorf("run ended with %v", err)
			}
		})
	}
	w.deliver(tr)
	w.sleepUntil(start().AddDate(0, 0, w.story.days))
	cancel()
	running.Wait()
}

// set is every carrier there is, with the credentials of those that the story
// has, in front of the posts.
func (w *world) set() *carriers.Set {
	factories := all.Factories()
	options := map[string]carriers.Options{}
	for i, f := range factories {
		factories[i].New = func(cfg carriers.Config) (carriers.Carrier, error) {
			cfg.HTTP = &http.Client{Transport: w.posts, Timeout: 45 * time.Second}
			return f.New(cfg)
		}
		switch f.Info.Name {
		case "russianpost":
			options[f.Info.Name] = carriers.Options{Settings: map[string]string{"login": "someone", "password": secret}}
		case "ukrposhta":
			options[f.Info.Name] = carriers.Options{Settings: map[string]string{"token": secret}}
		case "dhl":
			options[f.Info.Name] = carriers.Options{Settings: map[string]string{"key": secret}}
		}
	}
	set, err := carriers.NewSet(factories, options)
	if err != nil {
		w.t.Fatal(err)
	}
	return set
}

// deliver hands over each mail of the story's folder at the time it was sent.
func (w *world) deliver(tr *tracker.Tracker) {
	files, err := filepath.Glob(w.path("*.eml"))
	if err != nil || len(files) == 0 {
		w.t.Fatalf("no mails of the story: %v", err)
	}
	parser, err := extract.New(extract.Options{Shop: aliexpress.New(), Senders: aliexpress.New().Senders(nil, nil, nil)})
	if err != nil {
		w.t.Fatal(err)
	}
	checker := verify.New(noKeys{})
	for i, file := range files {
		raw, err := os.ReadFile(filepath.Clean(file))
		if err != nil {
			w.t.Fatal(err)
		}
		head, err := mail.ReadMessage(bytes.NewReader(raw))
		if err != nil {
			w.t.Fatal(err)
		}
		sent, err := head.Header.Date()
		if err != nil {
			w.t.Fatal(err)
		}
		w.sleepUntil(sent.Add(time.Minute))
		verdict, err := checker.Check(w.t.Context(), pwmail.Read(raw), verify.Policy{
			Authserv: []string{"mx.example.org"}, Senders: aliexpress.New().Senders(nil, nil, nil),
		})
		if err != nil {
			w.t.Fatal(err)
		}
		notice, err := parser.Parse(pwmail.Read(raw), verdict)
		if err != nil {
			w.t.Fatal(err)
		}
		digest := sha256.Sum256(raw)
		ref := parcel.MailRef{Mailbox: "home", Folder: "INBOX", UIDValidity: 1, UID: uint32(i + 1)}
		if err := tr.Intake(w.t.Context(), ref, notice, hex.EncodeToString(digest[:]), tracker.Policy{}); err != nil {
			w.t.Fatal(err)
		}
		tr.Wake()
	}
}

// compare holds what came of the story against what is wanted.
func (w *world) compare() {
	t, s := w.t, w.story
	p, err := w.db.ParcelByNumber(t.Context(), s.number)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(s.numbers, p.Numbers()); diff != "" {
		t.Errorf("numbers (-want +got):\n%s", diff)
	}
	if p.Status != s.status {
		t.Errorf("status %s, want %s", p.Status, s.status)
	}
	if all, err := w.db.Parcels(t.Context(), true); err != nil || len(all) != 1 {
		t.Errorf("%d parcels, error %v; one is wanted", len(all), err)
	}
	for _, r := range s.silent {
		if n := w.posts.calls(r.post, r.from, r.to); n > 0 {
			t.Errorf("%s is asked %d times from day %d to %d, where there is no need", r.post, n, r.from, r.to)
		}
	}
	doc, err := json.MarshalIndent(status.Document(p, s.number, nil, w.now()), "", " ")
	if err != nil {
		t.Fatal(err)
	}
	kept, err := json.Marshal(p)
	if err != nil {
		t.Fatal(err)
	}
	told := w.told()
	w.golden("timeline.golden.json", string(doc)+"\n")
	w.golden("digests.golden.txt", told)
	for what, text := range map[string]string{"the log": w.log.String(), "the document": string(doc), "the store": string(kept), "the digests": told} {
		for _, planted := range []string{"PLANTED", "planted-secret"} {
			if strings.Contains(text, planted) {
				t.Errorf("%s holds %q", what, planted)
			}
		}
	}
	if testing.Verbose() {
		for name, times := range w.posts.asked {
			t.Logf("%s: %d calls", name, len(times))
		}
	}
}

// lastEvent is the line of a digest with the newest event. Its words are the
// timeline's, translated where that is known, and held by other goldens.
var lastEvent = regexp.MustCompile(`(?m)^  \d+\.? \p{L}+(,[^\n:]*)?: .*$`)

// told is every mail that went out, in one text.
func (w *world) told() string {
	var b strings.Builder
	for _, l := range w.out.sent {
		fmt.Fprintf(&b, "==== %s  %s\n%s\n", l.at.In(w.zone).Format("2006-01-02 15h -0700"), l.subject, strings.TrimSpace(lastEvent.ReplaceAllString(l.text, "  (its newest event)")))
	}
	return b.String()
}

func (w *world) golden(name, got string) {
	w.t.Helper()
	file := w.path(name)
	if *update {
		if err := os.WriteFile(file, []byte(got), 0o600); err != nil {
			w.t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(filepath.Clean(file))
	if err != nil {
		w.t.Fatalf("%v (run with -update, then read it)", err)
	}
	if diff := cmp.Diff(strings.ReplaceAll(string(want), "\r\n", "\n"), got); diff != "" {
		w.t.Errorf("%s (-want +got):\n%s", name, diff)
	}
}

func (w *world) path(name string) string {
	return filepath.Join("..", "..", "testdata", "story", w.story.name, name)
}

// lockedBuffer is a log that many write to.
type lockedBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *lockedBuffer) Write(b []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(b)
}

func (l *lockedBuffer) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}
