//go:build linux

package abuse

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"time"

	"parcelwatch/internal/demo"
	"parcelwatch/test/proof/internal/lab"
	"parcelwatch/test/rig"
)

// setup is how a case's world differs from the usual one.
type setup struct {
	fill  func(home string) error         // puts mail into alice's home before the start
	boxes int                             // the same mail is watched as so many mailboxes; one where 0
	hook  bool                            // a channel to b.hook
	rules string                          // more configuration
	posts []string                        // carriers that are asked; upu where empty
	look  func(number string) demo.Record // what they know; nothing where nil
}

func (s setup) asked() []string {
	if len(s.posts) == 0 {
		return []string{"upu"}
	}
	return s.posts
}

func (s setup) known() func(number string) demo.Record {
	if s.look == nil {
		return func(number string) demo.Record { return demo.Record{Number: number} }
	}
	return s.look
}

// bench is one case's world: a real Dovecot and a mail server, each behind a proxy that
// can change what they say.
type bench struct {
	dir     string
	dovecot *rig.Dovecot
	imap    *rig.Proxy
	smtp    *rig.Proxy
	sink    *rig.Sink
	posts   *rig.Posts
	hook    *httptest.Server
	daemon  *rig.Daemon
	store   *rig.Store
	cell    lab.Cell
	pid     int
	outcome outcome
	numbers int
	floods  func(w http.ResponseWriter, r *http.Request) // what the hook answers
	closing []func()
}

const digests = "[[digest]]\nto = [\"you@example.org\"]\ncron = \"* * * * *\"\nurgent = [\"out_for_delivery\"]\n"

// open makes a world; the daemon is not started.
func open(ctx context.Context, env *lab.Env, s setup) (b *bench, err error) {
	b = &bench{}
	defer func() {
		if err != nil {
			b.close()
		}
	}()
	if b.dir, err = env.Folder("abuse"); err != nil {
		return b, err
	}
	if err := b.servers(ctx, s); err != nil {
		return b, err
	}
	box := b.dovecot.Alice(b.imap.Port())
	box.CA = "" // the proxy changes what is said
	boxes := []rig.Mailbox{box}
	for i := 1; i < s.boxes; i++ {
		box.Name = fmt.Sprintf("box%d", i)
		boxes = append(boxes, box)
	}
	more := s.rules
	if s.hook {
		more += fmt.Sprintf("[[channel]]\nname = \"hook\"\nurl = \"generic://%s/hook?disabletls=yes\"\nurgent = [\"out_for_delivery\"]\n", b.hook.Listener.Addr())
	}
	site, err := rig.Config{
		Dir: b.dir, Mailboxes: boxes, SMTP: b.smtp.Addr(), Digests: digests, Carriers: b.posts.Sections(s.asked()...), More: more,
	}.Write()
	if err != nil {
		return b, err
	}
	b.daemon = rig.NewDaemon(env.Daemon, site)
	b.cell, err = env.Cage.Confine(b.daemon)
	return b, err
}

func (b *bench) servers(ctx context.Context, s setup) (err error) {
	if b.dovecot, err = rig.NewDovecot(ctx, filepath.Join(b.dir, "dovecot")); err != nil {
		return err
	}
	if s.fill != nil {
		if err := s.fill(filepath.Join(b.dovecot.Dir, "mail", "alice")); err != nil {
			return err
		}
	}
	if err := b.dovecot.Up(ctx, ""); err != nil {
		return err
	}
	b.later(func() { _ = b.dovecot.Down(context.WithoutCancel(ctx)) })
	if b.imap, err = rig.StartProxy(ctx, net.JoinHostPort("127.0.0.1", strconv.Itoa(b.dovecot.Port))); err != nil {
		return err
	}
	b.later(b.imap.Close)
	if b.sink, err = rig.OpenSink(ctx); err != nil {
		return err
	}
	b.later(b.sink.Close)
	if b.smtp, err = rig.StartProxy(ctx, b.sink.Addr); err != nil {
		return err
	}
	b.later(b.smtp.Close)
	b.posts = rig.OpenPosts(s.known())
	b.later(b.posts.Close)
	b.hook = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { b.floods(w, r) }))
	b.later(func() { b.hook.CloseClientConnections(); b.hook.Close() })
	return nil
}

func (b *bench) later(f func()) { b.closing = append(b.closing, f) }

func (b *bench) close() {
	if b.store != nil {
		b.store.Close()
	}
	if b.daemon != nil {
		b.daemon.Close()
	}
	for _, f := range slices.Backward(b.closing) {
		f()
	}
	b.cell.Close()
	_ = os.RemoveAll(b.dir)
}

// start starts the daemon and waits until it watches.
func (b *bench) start(ctx context.Context) error {
	from := b.daemon.Journal.Len()
	if err := b.daemon.Start(ctx); err != nil {
		return err
	}
	b.pid = b.daemon.PID()
	if _, err := b.daemon.Journal.Await(ctx, from, "msg=started"); err != nil {
		return err
	}
	var err error
	b.store, err = rig.OpenStore(ctx, b.daemon.Site.Store)
	return err
}

// deliver hands a real mail to Dovecot that is to be told at once.
func (b *bench) deliver(ctx context.Context) (rig.Letter, error) {
	b.numbers++
	l := rig.Letter{
		Number: rig.Number(b.numbers, "CN"), Order: rig.Order(b.numbers), Step: "out for delivery", Sent: time.Now().Add(-time.Minute), Copy: b.numbers,
	}
	_, err := b.dovecot.Send(ctx, "alice", l.Text())
	return l, err
}

// toldLimit leaves time for a second try after a failure.
const toldLimit = 4 * time.Minute

// told waits until a mail's news has gone out.
func (b *bench) told(ctx context.Context, l rig.Letter) (time.Duration, error) {
	return rig.Until(ctx, toldLimit, "the digest about "+l.Number, func() bool {
		return slices.ContainsFunc(b.sink.Mails(), func(m rig.Taken) bool { return bytes.Contains(m.Raw, []byte(l.Number)) })
	})
}

// meanwhile delivers a real mail and waits until it is told.
func (b *bench) meanwhile(ctx context.Context) error {
	l, err := b.deliver(ctx)
	if err != nil {
		return err
	}
	took, err := b.told(ctx, l)
	b.outcome.told = fmt.Sprintf("%.1f s", took.Seconds())
	return err
}

// steady starts the daemon and waits until it has told a first mail. from is where the log
// goes on.
func (b *bench) steady(ctx context.Context) (from int, err error) {
	if err := b.start(ctx); err != nil {
		return 0, err
	}
	err = b.meanwhile(ctx)
	return b.daemon.Journal.Len(), err
}

// through delivers a mail, which makes the servers speak, waits for a line of the log
// about what they say, and until the mail is told all the same.
func (b *bench) through(ctx context.Context, from int, words ...string) error {
	l, err := b.deliver(ctx)
	if err != nil {
		return err
	}
	if err := b.notice(ctx, from, words...); err != nil {
		return err
	}
	took, err := b.told(ctx, l)
	b.outcome.told = fmt.Sprintf("%.1f s", took.Seconds())
	return err
}

// notice waits for a line of the log and keeps its reason as what was seen.
func (b *bench) notice(ctx context.Context, from int, words ...string) error {
	limited, cancel := context.WithTimeout(ctx, 90*time.Second)
	defer cancel()
	line, err := b.daemon.Journal.Await(limited, from, words...)
	if err == nil {
		b.outcome.seen = said(line.Text)
	}
	return err
}

var (
	reason = regexp.MustCompile(`(?:^| )(?:err|reason)=("(?:[^"\\]|\\.)*"|\S+)`)
	ports  = regexp.MustCompile(`127\.0\.0\.1:\d+`)
)

func said(line string) string {
	text := line
	if m := reason.FindStringSubmatch(line); m != nil {
		text = m[1]
		if plain, err := strconv.Unquote(text); err == nil {
			text = plain
		}
	}
	text = ports.ReplaceAllString(text, "127.0.0.1:PORT")
	return string([]rune(text)[:min(200, len([]rune(text)))])
}

var errWrong = errors.New("not as promised")

// end is after every case: the same process works on mailbox, store and digest, and ends
// in time.
func (b *bench) end(ctx context.Context) error {
	if !b.daemon.Running() || b.daemon.PID() != b.pid {
		return fmt.Errorf("%w: the process has ended", errWrong)
	}
	l, err := b.deliver(ctx)
	if err != nil {
		return err
	}
	if _, err := b.told(ctx, l); err != nil {
		return fmt.Errorf("after the flood: %w", err)
	}
	if _, err := b.daemon.Status(ctx); err != nil {
		return err
	}
	if _, err := b.daemon.Stop(5 * time.Second); err != nil {
		return err
	}
	return b.store.Check(ctx)
}
