package story_test

import (
	"bytes"
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/mail"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"parcelwatch/carriers"
	"parcelwatch/carriers/all"
	"parcelwatch/config"
	"parcelwatch/internal/app"
	"parcelwatch/internal/demo"
	"parcelwatch/internal/status"
	"parcelwatch/parcel"
	"parcelwatch/parcel/number"
	"parcelwatch/store"
	"parcelwatch/test/rig"
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
	to      string
	subject string
	text    string
}

// world is everything around the program in one story.
type world struct {
	t     *testing.T
	story story
	zone  *time.Location
	posts *posts
	imap  map[string]*pipes // by the mailbox's port
	smtp  *pipes
	sink  *rig.Sink
	boxes map[string]*demo.Inbox
	db    kept
	log   *lockedBuffer
	clock *clock
	alive atomic.Pointer[store.Heartbeat]
	dir   string
	url   string // of the database; empty for a file
	stop  func() // ends the program and waits for it

	unmailed atomic.Bool // the mail server is away

	mu   sync.Mutex
	sent []letter
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
	dir, url := t.TempDir(), database(t)
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, s, zone, dir, url)
		cfg := w.config()
		w.open(cfg)
		w.run(cfg)
		w.deliver()
		w.sleepUntil(start().AddDate(0, 0, s.told()))
		w.stop()
		w.clock.hurry()
		w.run(cfg)
		w.sleepUntil(start().AddDate(0, 0, s.days))
		w.close()
		w.compare()
		if err := w.db.Close(); err != nil {
			t.Errorf("close the store: %v", err)
		}
	})
}

// newWorld returns the world of a story, before anything runs in it.
func newWorld(t *testing.T, s story, zone *time.Location, dir, url string) *world {
	t.Helper()
	w := &world{
		t: t, story: s, zone: zone, dir: dir, url: url, log: &lockedBuffer{}, clock: newClock(),
		imap: map[string]*pipes{}, smtp: newPipes(), boxes: map[string]*demo.Inbox{},
	}
	w.posts = &posts{t: t, now: w.now, scans: s.scans, renamed: s.renamed, dest: s.dest, asked: map[string][]time.Time{}}
	return w
}

// config is the configuration of a journey.
func (w *world) config() *config.Config {
	return w.load(rig.Config{
		Mailboxes: []rig.Mailbox{{Name: "home", Host: "127.0.0.1", Port: imapPort, User: demo.Address}},
		Digests: "[[digest]]\nto = [\"me@example.org\"]\nat = [\"08:00\", \"19:00\"]\n" +
			"urgent = [\"ready_for_pickup\", \"out_for_delivery\", \"customs_hold\", \"attempt_failed\"]\n",
	}, nil)
}

// load completes a configuration, writes and reads it: every carrier is on, with
// the credentials of those that need one, except some.
func (w *world) load(c rig.Config, without []string) *config.Config {
	planted := filepath.Join(w.dir, "planted")
	if err := os.WriteFile(planted, []byte(secret), 0o600); err != nil {
		w.t.Fatal(err)
	}
	c.Carriers = map[string]string{}
	for _, f := range all.Factories() {
		c.Carriers[f.Info.Name] = ""
	}
	c.Carriers["russianpost"] = fmt.Sprintf("login = \"someone\"\npassword = { file = %q }", planted)
	c.Carriers["ukrposhta"] = fmt.Sprintf("token = { file = %q }", planted)
	c.Carriers["dhl"] = fmt.Sprintf("key = { file = %q }", planted)
	c.Carriers["laposte"] = fmt.Sprintf("key = { file = %q }", planted)
	for _, name := range without {
		c.Carriers[name] = ""
	}
	c.Dir, c.Store, c.Language, c.Country, c.Zone = w.dir, filepath.Join(w.dir, "story.db"), w.story.language, w.story.home, w.story.zone
	site, err := c.Write()
	if err != nil {
		w.t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(w.dir, "pass"), []byte(demo.Password), 0o600); err != nil {
		w.t.Fatal(err)
	}
	cfg, err := config.Load(site.Config)
	if err != nil {
		w.t.Fatal(err)
	}
	return cfg
}

// open opens the store, the mailboxes and the mail server inside the bubble.
func (w *world) open(cfg *config.Config) {
	var err error
	if w.db, err = openStore(w.t.Context(), w.url, cfg.Store.Path, w.now); err != nil {
		w.t.Fatal(err)
	}
	for _, m := range cfg.Mailboxes {
		p := newPipes()
		if w.boxes[m.Name], err = demo.ServeInbox(p); err != nil {
			w.t.Fatal(err)
		}
		w.imap[strconv.Itoa(m.Port)] = p
	}
	sink := rig.ServeSink(w.smtp)
	sink.OnMail(w.take)
	w.sink = sink
}

// run starts the program; w.stop ends it.
func (w *world) run(cfg *config.Config) {
	a, err := app.New(w.t.Context(), cfg, app.Deps{
		Store: w.kept(), Now: w.now, Carriers: w.carriers(), Dial: w.dial, Jumps: w.clock.hurries(),
		Log: slog.New(slog.NewTextHandler(w.log, &slog.HandlerOptions{Level: slog.LevelDebug})),
	})
	if err != nil {
		w.t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(w.t.Context())
	ended := make(chan error, 1)
	go func() { ended <- a.Run(ctx) }()
	w.stop = func() {
		cancel()
		if err := <-ended; err != nil {
			w.t.Errorf("the program ended with %v", err)
		}
	}
}

// close ends the program and the mailboxes.
func (w *world) close() {
	w.stop()
	w.sink.Close()
	for _, box := range w.boxes {
		if err := box.Close(); err != nil {
			w.t.Error(err)
		}
	}
}

// silent is a store whose heartbeats, of which weeks have very many, reach no disk, and
// which has no households besides the file's own.
type silent struct {
	kept

	w *world
}

func (s silent) SaveHeartbeat(_ context.Context, b store.Heartbeat) error {
	s.w.alive.Store(&b)
	return nil
}

// Revision is asked for at each heartbeat.
func (silent) Revision(context.Context) (int64, error) { return 0, nil }

func (s silent) Heartbeat(context.Context) (store.Heartbeat, error) {
	if b := s.w.alive.Load(); b != nil {
		return *b, nil
	}
	return store.Heartbeat{}, nil
}

const imapPort = 143

// dial opens a connection to the mailbox or to the mail server.
func (w *world) dial(ctx context.Context, _, addr string) (net.Conn, error) {
	if _, port, _ := net.SplitHostPort(addr); w.imap[port] != nil {
		return w.imap[port].dial(ctx)
	}
	if w.unmailed.Load() {
		return nil, &net.OpError{Op: "dial", Net: "tcp", Err: os.NewSyscallError("connect", syscall.ECONNREFUSED)}
	}
	return w.smtp.dial(ctx)
}

// take keeps a digest that goes out.
func (w *world) take(m rig.Taken) error {
	subject, text, err := rig.ReadMail(m.Raw)
	w.mu.Lock()
	defer w.mu.Unlock()
	w.sent = append(w.sent, letter{w.now(), strings.Join(m.To, " "), subject, text})
	return err
}

// carriers are all carriers, in front of the posts.
func (w *world) carriers() []carriers.Factory {
	factories := all.Factories()
	for i, f := range factories {
		factories[i].New = func(cfg carriers.Config) (carriers.Carrier, error) {
			cfg.HTTP = &http.Client{Transport: w.posts, Timeout: 45 * time.Second}
			return f.New(cfg)
		}
	}
	return factories
}

// deliver puts each mail of the story's folder into the mailbox a minute after
// it was sent.
func (w *world) deliver() {
	files, err := filepath.Glob(w.path("*.eml"))
	if err != nil || len(files) == 0 {
		w.t.Fatalf("no mails of the story: %v", err)
	}
	for _, file := range files {
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
		if err := w.boxes["home"].Deliver(raw, w.now()); err != nil {
			w.t.Fatal(err)
		}
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
	if all, err := w.db.Parcels(t.Context()); err != nil || len(all) != 1 {
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
	told := w.told("")
	w.golden(w.path("timeline.golden.json"), string(doc)+"\n")
	w.golden(w.path("digests.golden.txt"), told)
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

// told is every mail that went out to an address, in one text; or to any, without
// the newest events.
func (w *world) told(to string) string {
	w.mu.Lock()
	defer w.mu.Unlock()
	var b strings.Builder
	for _, l := range w.sent {
		if !strings.Contains(l.to, to) {
			continue
		}
		text := l.text
		if to == "" {
			text = lastEvent.ReplaceAllString(text, "  (its newest event)")
		}
		fmt.Fprintf(&b, "==== %s  %s\n%s\n", l.at.In(w.zone).Format("2006-01-02 15h -0700"), l.subject, strings.TrimSpace(text))
	}
	return b.String()
}

// retried is the end of an outage of sending. Its minute depends on the jitter of retries.
var retried = regexp.MustCompile(`((?:could not be sent|не удавалось) \([^)]*:)\d\d(\))`)

func (w *world) golden(file, got string) {
	w.t.Helper()
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
	want = retried.ReplaceAll(want, []byte("${1}40$2"))
	got = retried.ReplaceAllString(got, "${1}40$2")
	if diff := cmp.Diff(strings.ReplaceAll(string(want), "\r\n", "\n"), got); diff != "" {
		w.t.Errorf("%s (-want +got):\n%s", filepath.Base(file), diff)
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
