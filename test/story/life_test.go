package story_test

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"parcelwatch/config"
	"parcelwatch/internal/demo"
	"parcelwatch/test/rig"
)

// life is a story whose digests are compared, in English and Russian, with
// testdata/NAME.en.txt and testdata/NAME.ru.txt. Empty fields are those of a
// household in Moscow with one mailbox and every credential.
type life struct {
	name    string
	home    string // RU
	zone    string // Europe/Moscow
	days    int
	mails   []shopMail
	scans   []scan
	renamed map[string]renaming
	without []string // carriers without their credential
	boxes   []string // mailboxes; one called home
	digest  string   // more lines of both [[digest]] sections
	readers readers  // the mailboxes of each digest; all where empty
	more    string   // more sections of the configuration
	acts    []act
	later   bool        // one of the acts is install; else the program runs from the start
	exact   bool        // timers run at the story's pace: for stories of minutes
	then    func(*told) // looks at the end
}

// readers has the mailboxes of a digest by its language.
type readers map[string][]string

// shopMail is a mail of the shop about a parcel, or about an order where it has
// no number. Day and clock are of the story's zone.
type shopMail struct {
	day    int
	clock  string // 15:04
	order  string
	number string
	words  string // as the subject ends: "order shipped", "delivered"
	title  string
	box    string // the first mailbox where empty
}

// act is something that happens to the program.
type act struct {
	day   int
	clock string
	do    func(*told)
}

// told is the world of a life, with what its acts may do.
type told struct {
	*world

	life   life
	mailed int
	names  []string // of the mailboxes, as configured now
}

// tell plays a life and compares its digests with the goldens.
func tell(t *testing.T, l life) {
	t.Helper()
	t.Parallel()
	if raced {
		t.Skip("too slow with the race detector")
	}
	l.fill()
	zone, err := time.LoadLocation(l.zone)
	if err != nil {
		t.Fatal(err)
	}
	dir, url := t.TempDir(), database(t)
	synctest.Test(t, func(t *testing.T) {
		s := story{name: l.name, home: l.home, zone: l.zone, dest: "Russian Federation", scans: l.scans, renamed: l.renamed}
		w := &told{world: newWorld(t, s, zone, dir, url), life: l, names: l.boxes}
		if l.exact {
			w.clock.slow()
		}
		w.open(w.configuration())
		w.script()
		w.sleepUntil(w.at(l.days, "00:00"))
		w.close()
		for _, language := range []string{"en", "ru"} {
			w.golden(filepath.Join("testdata", l.name+"."+language+".txt"), w.told(language+"@"))
		}
		if l.then != nil {
			l.then(w)
		}
		if err := w.db.Close(); err != nil {
			t.Errorf("close the store: %v", err)
		}
	})
}

func (l *life) fill() {
	if l.home == "" {
		l.home = "RU"
	}
	if l.zone == "" {
		l.zone = "Europe/Moscow"
	}
	if l.boxes == nil {
		l.boxes = []string{"home"}
	}
}

// script lets the mails come and the acts happen, each at its time. The program
// starts with the story, or at its install.
func (w *told) script() {
	acts := slices.Clone(w.life.acts)
	if !w.life.later {
		acts = append([]act{{0, "03:00", (*told).install}}, acts...)
	}
	for _, m := range w.life.mails {
		acts = append(acts, act{m.day, m.clock, func(w *told) { w.mail(m) }})
	}
	slices.SortStableFunc(acts, func(a, b act) int { return w.at(a.day, a.clock).Compare(w.at(b.day, b.clock)) })
	for _, a := range acts {
		w.sleepUntil(w.at(a.day, a.clock))
		a.do(w)
	}
}

// at is a time of the story's zone.
func (w *told) at(day int, clock string) time.Time {
	at, err := time.ParseInLocation("2006-01-02 15:04", start().AddDate(0, 0, day).Format(time.DateOnly)+" "+clock, w.zone)
	if err != nil {
		w.t.Fatal(err)
	}
	return at
}

// configuration is what the file says now.
func (w *told) configuration() *config.Config {
	var digests strings.Builder
	for _, language := range []string{"en", "ru"} {
		fmt.Fprintf(&digests, "[[digest]]\nname = %q\nlanguage = %[1]q\nto = [\"%[1]s@example.org\"]\nat = [\"08:00\", \"19:00\"]\n"+
			"urgent = [\"ready_for_pickup\", \"out_for_delivery\", \"customs_hold\", \"attempt_failed\"]\n%s\n", language, w.life.digest)
		if names := w.life.readers[language]; names != nil {
			fmt.Fprintf(&digests, "mailboxes = [%q]\n", strings.Join(names, `", "`))
		}
	}
	var boxes []rig.Mailbox
	for i, name := range w.names {
		boxes = append(boxes, rig.Mailbox{Name: name, Host: "127.0.0.1", Port: imapPort + i, User: demo.Address})
	}
	return w.load(rig.Config{Mailboxes: boxes, Digests: digests.String(), More: w.life.more}, w.life.without)
}

// install starts the program for the first time.
func (w *told) install() { w.run(w.configuration()) }

// restart ends the program and starts it with the present configuration.
func (w *told) restart() {
	w.stop()
	w.run(w.configuration())
}

// rename gives the mailboxes other names in the configuration.
func (w *told) rename(names ...string) {
	for i, name := range names {
		w.boxes[name] = w.boxes[w.names[i]]
		delete(w.boxes, w.names[i])
	}
	w.names = names
	w.restart()
}

// remove takes a mailbox out of the configuration.
func (w *told) remove(name string) {
	w.names = slices.DeleteFunc(slices.Clone(w.names), func(n string) bool { return n == name })
	w.restart()
}

// suspend lets the machine sleep: the clock goes on, no timer does.
func (w *told) suspend(d time.Duration) { w.clock.skip(d) }

// off switches the machine off for a while.
func (w *told) off(d time.Duration) {
	w.stop()
	w.suspend(d)
	w.run(w.configuration())
}

// mail puts a mail into its mailbox.
func (w *told) mail(m shopMail) {
	w.mailed++
	box := m.box
	if box == "" {
		box = w.names[0]
	}
	if err := w.boxes[box].Deliver([]byte(m.text(w.mailed, w.at(m.day, m.clock))), w.now()); err != nil {
		w.t.Error(err)
	}
}

func (m shopMail) text(n int, at time.Time) string {
	subject, link := "Order "+m.order, "order/detail.html?orderId="
	if m.number != "" {
		subject, link = "Package "+m.number, "tracking/index.html?_login=yes&amp;tradeOrderId="
	}
	return strings.ReplaceAll(fmt.Sprintf(`Authentication-Results: mx.example.org; dkim=pass header.d=aliexpress.com; dmarc=pass header.from=notice.aliexpress.com
From: AliExpress <transaction@notice.aliexpress.com>
To: me@example.org
Subject: %[1]s: %[2]s
Date: %[3]s
Message-ID: <life.%[4]d.%[5]s@notice.aliexpress.com>
MIME-Version: 1.0
Content-Type: text/html; charset=utf-8

<html><body><h1>%[2]s</h1><p>Hi Alex Sample,</p><p>%[1]s: %[2]s.</p>
<a href="https://www.aliexpress.com/p/%[6]s%[5]s">Track delivery</a>
<table><tr><td><div class="EDM-ORDER-LOGISTICS-product-name">%[7]s</div></td></tr></table></body></html>
`, subject, m.words, at.Format(time.RFC1123Z), n, m.order, link, m.title), "\n", "\r\n")
}

// asked is how often a post was called.
func (w *told) asked(post string) int { return w.posts.calls(post, 0, w.life.days+1) }
