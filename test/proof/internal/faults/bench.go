//go:build linux

package faults

import (
	"context"
	"crypto/tls"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"parcelwatch/internal/demo"
	"parcelwatch/test/proof/internal/lab"
	"parcelwatch/test/rig"
)

// setup is how a case's world differs from the usual one.
type setup struct {
	plain   bool   // IMAP without TLS, so that the proxy can change what is said
	dovecot string // lines of its configuration
	clock   bool   // the daemon's clock can be moved
	disk    string // size of a disk of its own for the store; none where empty
	digests string // sections of the configuration
	more    string
	// smtp and carriers replace the usual ones.
	smtp     func(ctx context.Context, b *bench) (string, error)
	carriers func(ctx context.Context, b *bench) (map[string]string, error)
}

// hourly is a digest at every full hour of the daemon's clock.
const hourly = "[[digest]]\nto = [\"you@example.org\"]\ncron = \"0 * * * *\"\nurgent = [\"out_for_delivery\"]\n"

// bench is one case's world.
type bench struct {
	dir     string
	dovecot *rig.Dovecot
	imap    *rig.Proxy // in front of Dovecot
	sink    *rig.Sink
	posts   *rig.Posts
	daemon  *rig.Daemon
	cell    lab.Cell
	store   *rig.Store
	outcome outcome

	err   error     // the first one; after it the methods do nothing
	from  int       // line of the log after which the fault is noticed
	since time.Time // moment of the fault

	smtp    string
	cert    atomic.Pointer[tls.Certificate] // of the post behind TLS, where not its own
	clock   string                          // file of what the daemon's clock is moved by
	numbers int
	closing []func()
}

// open starts a world, and the daemon in it last.
func open(ctx context.Context, env *lab.Env, s setup, moved string) (b *bench, err error) {
	b = &bench{}
	defer func() {
		if err != nil {
			b.close()
		}
	}()
	if b.dir, err = env.Folder("fault"); err != nil {
		return b, err
	}
	if err := b.servers(ctx, s); err != nil {
		return b, err
	}
	site, err := b.configure(ctx, s)
	if err != nil {
		return b, err
	}
	b.daemon = rig.NewDaemon(env.Daemon, site)
	if b.cell, err = env.Cage.Confine(b.daemon); err != nil {
		return b, err
	}
	if s.clock {
		b.clock = filepath.Join(b.dir, "clock")
		b.daemon.Binary, b.daemon.Env = moved, []string{"PARCELWATCH_PROOF_CLOCK=" + b.clock}
	}
	return b, nil
}

func (b *bench) servers(ctx context.Context, s setup) (err error) {
	if b.dovecot, err = rig.NewDovecot(ctx, filepath.Join(b.dir, "dovecot")); err != nil {
		return err
	}
	if err := b.dovecot.Up(ctx, s.dovecot); err != nil {
		return err
	}
	b.later(func() { _ = b.dovecot.Down(context.WithoutCancel(ctx)) })
	port := b.dovecot.Port + 1
	if s.plain {
		port = b.dovecot.Port
	}
	if b.imap, err = rig.StartProxy(ctx, net.JoinHostPort("127.0.0.1", strconv.Itoa(port))); err != nil {
		return err
	}
	b.later(b.imap.Close)
	if b.sink, err = rig.OpenSink(ctx); err != nil {
		return err
	}
	b.later(func() { b.sink.Close() })
	began := time.Now()
	b.posts = rig.OpenPosts(func(number string) demo.Record {
		return demo.Record{Number: number, Origin: "Mainland China", Scans: []demo.Scan{{
			At: began.Add(-30 * time.Hour), Zone: 8, Country: "CN", Place: "Shenzhen", Text: "Posting/Collection", UPU: "EMA",
		}}}
	})
	b.later(b.posts.Close)
	return nil
}

func (b *bench) configure(ctx context.Context, s setup) (rig.Site, error) {
	box := b.dovecot.Alice(b.imap.Port())
	if s.plain {
		box.CA = ""
	}
	c := rig.Config{Dir: b.dir, Mailboxes: []rig.Mailbox{box}, SMTP: b.sink.Addr, Digests: s.digests, More: s.more, Carriers: b.posts.Sections("upu")}
	var err error
	if s.smtp != nil {
		if c.SMTP, err = s.smtp(ctx, b); err != nil {
			return rig.Site{}, err
		}
	}
	b.smtp = c.SMTP
	if s.carriers != nil {
		if c.Carriers, err = s.carriers(ctx, b); err != nil {
			return rig.Site{}, err
		}
	}
	if s.disk != "" {
		disk := filepath.Join(b.dir, "disk")
		if err := b.mount(ctx, disk, s.disk); err != nil {
			return rig.Site{}, err
		}
		c.Store = filepath.Join(disk, "parcelwatch.db")
	}
	return c.Write()
}

// later is done at the end, the last first.
func (b *bench) later(f func()) { b.closing = append(b.closing, f) }

// close ends what is left of a world.
func (b *bench) close() {
	if b.store != nil {
		b.store.Close()
	}
	if b.daemon != nil {
		b.daemon.Close()
	}
	b.cell.Close()
	for _, f := range slices.Backward(b.closing) {
		f()
	}
	_ = os.RemoveAll(b.dir)
}

// do takes one step, unless an earlier one has failed.
func (b *bench) do(step func() error) {
	if b.err == nil {
		b.err = step()
	}
}

// hold is a condition that the case promises.
func (b *bench) hold(ok bool, format string, args ...any) {
	if b.err == nil && !ok {
		b.err = fmt.Errorf("%w: %s", errWrong, fmt.Sprintf(format, args...))
	}
}

// until waits for a condition and returns how long that took.
func (b *bench) until(ctx context.Context, limit time.Duration, what string, cond func() bool) (took time.Duration) {
	b.do(func() (err error) {
		took, err = rig.Until(ctx, limit, what, cond)
		return err
	})
	return took
}

func (b *bench) pause(ctx context.Context, d time.Duration) {
	b.do(func() error { return rig.Pause(ctx, d) })
}

// count counts rows of the store.
func (b *bench) count(ctx context.Context, query string, args ...any) (n int) {
	b.do(func() (err error) {
		n, err = b.store.Count(ctx, query, args...)
		return err
	})
	return n
}

// mark is the moment of the fault.
func (b *bench) mark() { b.from, b.since = b.daemon.Journal.Len(), time.Now() }

// start starts the daemon, waits until a first mail is on record, and marks that
// moment.
func (b *bench) start(ctx context.Context) {
	l := b.deliver(ctx, "collected by the carrier")
	b.mark()
	b.do(func() error { return b.daemon.Start(ctx) })
	b.await(ctx, "msg=started")
	b.do(func() (err error) {
		if b.store == nil {
			b.store, err = rig.OpenStore(ctx, b.daemon.Site.Store)
		}
		return err
	})
	b.known(ctx, l.Number)
	b.mark()
}

// stop ends the daemon and lets go of its store.
func (b *bench) stop() {
	b.do(func() error { _, err := b.daemon.Stop(5 * time.Second); return err })
	b.release()
}

// release closes the store, which the next start opens again.
func (b *bench) release() {
	if b.store != nil {
		b.store.Close()
		b.store = nil
	}
}

// end is after every case: the daemon that was started still lives, ends in time
// and leaves a sound store with every mail in it.
func (b *bench) end(ctx context.Context) {
	b.do(func() error { _, err := b.daemon.Stop(5 * time.Second); return err })
	n := b.count(ctx, "SELECT count(*) FROM number")
	b.hold(n == b.numbers, "%d mails about as many parcels came, %d parcels are known", b.numbers, n)
	b.do(func() error { return b.store.Check(ctx) })
}

// deliver hands a mail about another parcel to Dovecot.
func (b *bench) deliver(ctx context.Context, step string) rig.Letter {
	b.numbers++
	l := rig.Letter{
		Number: rig.Number(b.numbers, "CN"), Order: rig.Order(b.numbers), Step: step, Sent: time.Now().Add(-time.Hour), Copy: b.numbers,
	}
	b.do(func() error { _, err := b.dovecot.Send(ctx, "alice", l.Text()); return err })
	return l
}

// known waits until a number's mail is on record.
func (b *bench) known(ctx context.Context, number string) time.Duration {
	return b.until(ctx, backLimit, "the mail about "+number+" is on record", func() bool {
		n, err := b.store.Count(ctx, "SELECT count(*) FROM number WHERE number = $1", number)
		return err == nil && n == 1
	})
}

// await waits for a line of the log after the mark.
func (b *bench) await(ctx context.Context, words ...string) (l rig.Line) {
	b.do(func() (err error) {
		l, err = b.daemon.Journal.Await(ctx, b.from, words...)
		return err
	})
	return l
}

// notice waits for a line of the log about the fault, and keeps it as what was
// seen.
func (b *bench) notice(ctx context.Context, words ...string) {
	limited, cancel := context.WithTimeout(ctx, noticeLimit)
	defer cancel()
	l := b.await(limited, words...)
	b.saw(said(l.Text), l.At.Sub(b.since))
}

// saw keeps what was seen of the fault, and how long that took.
func (b *bench) saw(text string, after time.Duration) {
	if b.err == nil {
		b.outcome.seen, b.outcome.noticed, b.outcome.silence = b.tidy(text), seconds(after), after
	}
}

// survived waits until a mail that comes now is on record.
func (b *bench) survived(ctx context.Context) { b.recovered(ctx, b.deliver(ctx, "at customs")) }

// recovered waits until a mail that came meanwhile is on record.
func (b *bench) recovered(ctx context.Context, l rig.Letter) {
	b.outcome.back = seconds(b.known(ctx, l.Number))
}

// command runs a command of the program beside the daemon.
func (b *bench) command(ctx context.Context, args ...string) (out []byte) {
	b.do(func() (err error) {
		out, err = b.daemon.Command(ctx, args...)
		return err
	})
	return out
}

// status is the line of "status" with a word, as a person sees it.
func (b *bench) status(ctx context.Context, word string) string {
	out := b.command(ctx, "status")
	for line := range strings.Lines(string(out)) {
		if strings.Contains(line, word) {
			return strings.Join(strings.Fields(line), " ")
		}
	}
	b.hold(false, "status says nothing of %q: %s", word, out)
	return ""
}

// move moves the daemon's clock.
func (b *bench) move(by time.Duration) {
	// In one piece: the daemon reads it at any moment.
	b.do(func() error { return os.WriteFile(b.clock+".new", []byte(by.String()), 0o600) })
	b.do(func() error { return os.Rename(b.clock+".new", b.clock) })
}

var (
	attribute = regexp.MustCompile(`(?:^| )(msg|err|reason)=("(?:[^"\\]|\\.)*"|\S+)`)
	ports     = regexp.MustCompile(`127\.0\.0\.1:\d+`)
)

// said is the reason that a log line gives, or else its message.
func said(line string) string {
	text := line
	for _, m := range attribute.FindAllStringSubmatch(line, -1) {
		text = m[2]
		if whole, err := strconv.Unquote(text); err == nil {
			text = whole
		}
	}
	return text
}

// tidy leaves out what differs from run to run and from machine to machine.
func (b *bench) tidy(text string) string {
	text = strings.ReplaceAll(text, b.dir+"/", "")
	text = ports.ReplaceAllString(text, "127.0.0.1:PORT")
	if runes := []rune(text); len(runes) > 260 {
		text = string(runes[:260]) + "..."
	}
	return text
}
