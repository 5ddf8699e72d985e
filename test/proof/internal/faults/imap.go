//go:build linux

package faults

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"sync/atomic"
	"time"

	"parcelwatch/test/rig"
)

const (
	noticeLimit = 90 * time.Second
	backLimit   = 2 * time.Minute
)

func imapFaults() []fault {
	return []fault{
		{
			part: "IMAP", name: "black hole", did: "every packet is lost in both directions, the connection stays open",
			try: connection(func(b *bench) { b.imap.Set(rig.BlackHole) }),
		},
		{
			part: "IMAP", name: "answers lost", did: "what the server says is lost",
			try: connection(func(b *bench) { b.imap.Set(rig.AnswersLost) }),
		},
		{
			part: "IMAP", name: "reset", did: "connection reset, new ones are closed at once", quick: true,
			try: connection(func(b *bench) { b.imap.Set(rig.Refusing); b.imap.Cut(true) }),
		},
		{part: "IMAP", name: "slow", did: fmt.Sprintf("each piece takes %s longer", rig.SlowBy), try: slowServer},
		{part: "IMAP", name: "BYE", did: "the server says BYE with a reason and hangs up", quick: true, setup: setup{plain: true}, try: bye},
		{
			part: "IMAP", name: "wrong UIDVALIDITY", did: "Dovecot is started anew without its numbering and counts anew; idle clients as above", quick: true,
			try: renumbered,
		},
		{
			part: "IMAP", name: "truncated literal", did: "the connection ends in the middle of a mail, twice", quick: true,
			setup: setup{plain: true}, try: truncated,
		},
		{part: "IMAP", name: "server restart", did: "Dovecot is stopped and started 3 s later; it keeps idle clients until 10 s after its end", try: restarted},
		{part: "IMAP", name: "certificate change", did: "Dovecot is started anew with a certificate that nobody known has signed, and again with the right one", quick: true, try: exchanged},
		{
			part: "IMAP", name: "connection limit", did: "another client holds the one connection that the server allows", quick: true,
			setup: setup{plain: true, dovecot: "mail_max_userip_connections = 1"}, try: crowded,
		},
	}
}

// connection is a fault of the connection while it idles, mended after it was
// noticed.
func connection(begin func(b *bench)) func(ctx context.Context, b *bench) {
	return func(ctx context.Context, b *bench) {
		b.start(ctx)
		// The worst moment is when it idles and will not speak for a while.
		b.until(ctx, time.Minute, "the connection idles", func() bool { return b.imap.Calm(8 * time.Second) })
		b.mark()
		begin(b)
		b.broken(ctx)
		l := b.deliver(ctx, "at customs")
		b.imap.Set(rig.Healthy)
		b.imap.Cut(true)
		b.recovered(ctx, l)
	}
}

// broken waits until the mailbox is said to be broken.
func (b *bench) broken(ctx context.Context) { b.notice(ctx, `msg="mailbox state"`, "state=broken") }

// slowServer: nothing is broken, everything takes longer.
func slowServer(ctx context.Context, b *bench) {
	b.start(ctx)
	b.imap.Set(rig.Slow)
	b.imap.Cut(false)
	b.survived(ctx)
	b.outcome.seen, b.outcome.noticed = "mail arrives, later", "nothing is broken"
	b.hold(!b.daemon.Journal.Has(b.from, "does not answer"), "a slow server is taken for a dead one")
	b.imap.Set(rig.Healthy)
}

func bye(ctx context.Context, b *bench) {
	b.start(ctx)
	var once atomic.Bool
	b.imap.Tamper(func(p []byte) ([]byte, bool) {
		if !once.CompareAndSwap(false, true) {
			return p, false
		}
		return []byte("* BYE The server is overloaded, come back later\r\n"), true
	})
	l := b.deliver(ctx, "at customs") // what the server has to say ends in BYE
	b.broken(ctx)
	b.recovered(ctx, l)
}

// renumbered: mail that was read before changes nothing, mail that came
// meanwhile is found.
func renumbered(ctx context.Context, b *bench) {
	b.start(ctx)
	before := b.count(ctx, "SELECT count(*) FROM change")
	b.without(ctx, func() error {
		files, err := filepath.Glob(filepath.Join(b.dovecot.Dir, "mail", "alice", "Maildir", "dovecot*"))
		if err != nil || len(files) == 0 {
			return fmt.Errorf("%w: Dovecot keeps its numbering elsewhere: %w", errWrong, err)
		}
		for _, f := range files {
			err = errors.Join(err, os.Remove(f))
		}
		return err
	})
	b.since = time.Now()
	b.notice(ctx, "renumbered")
	l := b.deliver(ctx, "at customs")
	b.known(ctx, l.Number)
	b.outcome.back = seconds(time.Since(b.since))
	after := b.count(ctx, "SELECT count(*) FROM change WHERE parcel_id IN (SELECT parcel_id FROM number WHERE number <> $1)", l.Number)
	// The post may have said something meanwhile; the mail read again may not.
	b.hold(after <= before+2, "%d changes before, %d after mail was read again", before, after)
}

// without stops Dovecot, does something, and starts it.
func (b *bench) without(ctx context.Context, step func() error) {
	b.do(func() error { return b.dovecot.Down(ctx) })
	b.do(step)
	b.do(func() error { return b.dovecot.Up(ctx, "") })
}

var literal = regexp.MustCompile(`\{(\d+)\}\r\n`)

func truncated(ctx context.Context, b *bench) {
	b.start(ctx)
	var cuts atomic.Int32
	b.imap.Tamper(func(p []byte) ([]byte, bool) {
		at := literal.FindSubmatchIndex(p)
		if at == nil || !bytes.Contains(p, []byte("BODY[]")) || cuts.Add(1) > 2 {
			return p, false
		}
		size, _ := strconv.Atoi(string(p[at[2]:at[3]]))
		return p[:min(len(p), at[1]+size/2)], true
	})
	l := b.deliver(ctx, "at customs")
	b.broken(ctx)
	b.recovered(ctx, l)
	b.hold(cuts.Load() >= 2, "only %d of 2 fetches were cut", cuts.Load())
}

func restarted(ctx context.Context, b *bench) {
	b.start(ctx)
	b.without(ctx, func() error { return rig.Pause(ctx, 3*time.Second) })
	l := b.deliver(ctx, "at customs")
	up := time.Now()
	b.broken(ctx)
	b.known(ctx, l.Number)
	b.outcome.back = seconds(time.Since(up))
}

// exchanged: a certificate that cannot be trusted is not, and the right one is
// again.
func exchanged(ctx context.Context, b *bench) {
	b.start(ctx)
	files := [2]string{filepath.Join(b.dovecot.Dir, "tls", "cert.pem"), filepath.Join(b.dovecot.Dir, "tls", "key.pem")}
	var right, wrong [2][]byte
	for i, f := range files {
		b.do(func() (err error) { right[i], err = os.ReadFile(filepath.Clean(f)); return err })
	}
	b.do(func() error {
		stranger, err := newAuthority()
		if err == nil {
			wrong[0], wrong[1], err = stranger.leaf("127.0.0.1")
		}
		return err
	})
	put := func(pieces [2][]byte) func() error {
		return func() error {
			return errors.Join(os.WriteFile(files[0], pieces[0], 0o600), os.WriteFile(files[1], pieces[1], 0o600))
		}
	}
	b.without(ctx, put(wrong))
	b.since = time.Now()
	b.notice(ctx, `msg="mailbox state"`, "certificate")
	b.without(ctx, put(right))
	b.survived(ctx)
}

// crowded: somebody else holds all connections that the server allows.
func crowded(ctx context.Context, b *bench) {
	b.start(ctx)
	b.imap.Set(rig.Refusing)
	b.imap.Cut(false)
	var other net.Conn
	b.until(ctx, 20*time.Second, "another client has logged in", func() bool {
		var err error
		other, err = login(ctx, b.dovecot.Port)
		return err == nil
	})
	if other == nil {
		return
	}
	defer other.Close()
	b.imap.Set(rig.Healthy)
	b.notice(ctx, `msg="mailbox state"`, "state=", "onnections")
	l := b.deliver(ctx, "at customs")
	_ = other.Close()
	b.recovered(ctx, l)
}

// login is another client's connection.
func login(ctx context.Context, port int) (net.Conn, error) {
	c, err := (&net.Dialer{}).DialContext(ctx, "tcp", net.JoinHostPort("127.0.0.1", strconv.Itoa(port)))
	if err != nil {
		return nil, err
	}
	_ = c.SetDeadline(time.Now().Add(5 * time.Second))
	_, err = c.Write([]byte("a LOGIN alice " + rig.Password + "\r\n"))
	said, buf := []byte{}, make([]byte, 4096)
	for err == nil && !bytes.Contains(said, []byte("\na ")) && !bytes.HasPrefix(said, []byte("a ")) {
		var n int
		n, err = c.Read(buf)
		said = append(said, buf[:n]...)
	}
	if err == nil && !bytes.Contains(said, []byte("a OK")) {
		err = fmt.Errorf("%w: %s", errWrong, said)
	}
	if err != nil {
		return nil, errors.Join(err, c.Close())
	}
	return c, nil
}
