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
func connection(begin func(b *bench)) func(ctx context.Context, b *bench) error {
	return func(ctx context.Context, b *bench) error {
		if err := b.start(ctx); err != nil {
			return err
		}
		// The worst moment is when it idles and will not speak for a while.
		if _, err := rig.Until(ctx, time.Minute, "the connection idles", func() bool { return b.imap.Calm(8 * time.Second) }); err != nil {
			return err
		}
		from, since := b.daemon.Journal.Len(), time.Now()
		begin(b)
		if err := b.broken(ctx, from, since); err != nil {
			return err
		}
		l, err := b.deliver(ctx, "at customs")
		if err != nil {
			return err
		}
		b.imap.Set(rig.Healthy)
		b.imap.Cut(true)
		return b.recovered(ctx, l)
	}
}

// broken waits until the mailbox is said to be broken.
func (b *bench) broken(ctx context.Context, from int, since time.Time) error {
	limited, cancel := context.WithTimeout(ctx, noticeLimit)
	defer cancel()
	return b.notice(limited, from, since, `msg="mailbox state"`, "state=broken")
}

// slowServer: nothing is broken, everything takes longer.
func slowServer(ctx context.Context, b *bench) error {
	if err := b.start(ctx); err != nil {
		return err
	}
	from := b.daemon.Journal.Len()
	b.imap.Set(rig.Slow)
	b.imap.Cut(false)
	l, err := b.deliver(ctx, "at customs")
	if err != nil {
		return err
	}
	if err := b.recovered(ctx, l); err != nil {
		return err
	}
	b.outcome.seen, b.outcome.noticed = "mail arrives, later", "nothing is broken"
	if b.daemon.Journal.Has(from, "does not answer") {
		return fmt.Errorf("%w: a slow server is taken for a dead one", errWrong)
	}
	b.imap.Set(rig.Healthy)
	return nil
}

func bye(ctx context.Context, b *bench) error {
	if err := b.start(ctx); err != nil {
		return err
	}
	var once atomic.Bool
	from, since := b.daemon.Journal.Len(), time.Now()
	b.imap.Tamper(func(p []byte) ([]byte, bool) {
		if !once.CompareAndSwap(false, true) {
			return p, false
		}
		return []byte("* BYE The server is overloaded, come back later\r\n"), true
	})
	l, err := b.deliver(ctx, "at customs") // what the server has to say ends in BYE
	if err != nil {
		return err
	}
	if err := b.broken(ctx, from, since); err != nil {
		return err
	}
	return b.recovered(ctx, l)
}

// renumbered: mail that was read before changes nothing, mail that came
// meanwhile is found.
func renumbered(ctx context.Context, b *bench) error {
	if err := b.start(ctx); err != nil {
		return err
	}
	before, err := b.store.Count(ctx, "SELECT count(*) FROM change")
	if err != nil {
		return err
	}
	from := b.daemon.Journal.Len()
	err = b.without(ctx, func() error {
		files, err := filepath.Glob(filepath.Join(b.dovecot.Dir, "mail", "alice", "Maildir", "dovecot*"))
		if err != nil || len(files) == 0 {
			return fmt.Errorf("%w: Dovecot keeps its numbering elsewhere: %w", errWrong, err)
		}
		for _, f := range files {
			if err := os.Remove(f); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	back := time.Now()
	if err := b.notice(ctx, from, back, "renumbered"); err != nil {
		return err
	}
	l, err := b.deliver(ctx, "at customs")
	if err != nil {
		return err
	}
	if _, err := b.known(ctx, l.Number); err != nil {
		return err
	}
	b.outcome.back = seconds(time.Since(back))
	after, err := b.store.Count(ctx, "SELECT count(*) FROM change WHERE parcel_id IN (SELECT parcel_id FROM number WHERE number <> $1)", l.Number)
	if err != nil {
		return err
	}
	// The post may have said something meanwhile; the mail read again may not.
	if after > before+2 {
		return fmt.Errorf("%w: %d changes before, %d after mail was read again", errWrong, before, after)
	}
	return nil
}

// without stops Dovecot, does something, and starts it.
func (b *bench) without(ctx context.Context, f func() error) error {
	if err := b.dovecot.Down(ctx); err != nil {
		return err
	}
	if err := f(); err != nil {
		return err
	}
	return b.dovecot.Up(ctx, "")
}

var literal = regexp.MustCompile(`\{(\d+)\}\r\n`)

func truncated(ctx context.Context, b *bench) error {
	if err := b.start(ctx); err != nil {
		return err
	}
	var cuts atomic.Int32
	from, since := b.daemon.Journal.Len(), time.Now()
	b.imap.Tamper(func(p []byte) ([]byte, bool) {
		at := literal.FindSubmatchIndex(p)
		if at == nil || !bytes.Contains(p, []byte("BODY[]")) || cuts.Add(1) > 2 {
			return p, false
		}
		size, _ := strconv.Atoi(string(p[at[2]:at[3]]))
		return p[:min(len(p), at[1]+size/2)], true
	})
	l, err := b.deliver(ctx, "at customs")
	if err != nil {
		return err
	}
	if err := b.broken(ctx, from, since); err != nil {
		return err
	}
	if err := b.recovered(ctx, l); err != nil {
		return err
	}
	if cuts.Load() < 2 {
		return fmt.Errorf("%w: only %d of 2 fetches were cut", errWrong, cuts.Load())
	}
	return nil
}

func restarted(ctx context.Context, b *bench) error {
	if err := b.start(ctx); err != nil {
		return err
	}
	from, since := b.daemon.Journal.Len(), time.Now()
	if err := b.without(ctx, func() error { return rig.Pause(ctx, 3*time.Second) }); err != nil {
		return err
	}
	l, err := b.deliver(ctx, "at customs")
	if err != nil {
		return err
	}
	up := time.Now()
	if err := b.broken(ctx, from, since); err != nil {
		return err
	}
	_, err = b.known(ctx, l.Number)
	b.outcome.back = seconds(time.Since(up))
	return err
}

// exchanged: a certificate that cannot be trusted is not, and the right one is
// again.
func exchanged(ctx context.Context, b *bench) error {
	if err := b.start(ctx); err != nil {
		return err
	}
	var right [2][]byte
	files := [2]string{filepath.Join(b.dovecot.Dir, "tls", "cert.pem"), filepath.Join(b.dovecot.Dir, "tls", "key.pem")}
	for i, f := range files {
		var err error
		if right[i], err = os.ReadFile(filepath.Clean(f)); err != nil {
			return err
		}
	}
	wrong, err := newAuthority()
	if err != nil {
		return err
	}
	cert, key, err := wrong.leaf("127.0.0.1")
	if err != nil {
		return err
	}
	put := func(pieces [2][]byte) func() error {
		return func() error {
			return errors.Join(os.WriteFile(files[0], pieces[0], 0o600), os.WriteFile(files[1], pieces[1], 0o600))
		}
	}
	from := b.daemon.Journal.Len()
	if err := b.without(ctx, put([2][]byte{cert, key})); err != nil {
		return err
	}
	since := time.Now()
	if err := b.notice(ctx, from, since, `msg="mailbox state"`, "certificate"); err != nil {
		return err
	}
	if err := b.without(ctx, put(right)); err != nil {
		return err
	}
	l, err := b.deliver(ctx, "at customs")
	if err != nil {
		return err
	}
	return b.recovered(ctx, l)
}

// crowded: somebody else holds all connections that the server allows.
func crowded(ctx context.Context, b *bench) error {
	if err := b.start(ctx); err != nil {
		return err
	}
	from, since := b.daemon.Journal.Len(), time.Now()
	b.imap.Set(rig.Refusing)
	b.imap.Cut(false)
	var other net.Conn
	_, err := rig.Until(ctx, 20*time.Second, "another client has logged in", func() bool {
		var err error
		other, err = login(ctx, b.dovecot.Port)
		return err == nil
	})
	if err != nil {
		return err
	}
	defer other.Close()
	b.imap.Set(rig.Healthy)
	if err := b.notice(ctx, from, since, `msg="mailbox state"`, "state=", "onnections"); err != nil {
		return err
	}
	l, err := b.deliver(ctx, "at customs")
	if err != nil {
		return err
	}
	_ = other.Close()
	return b.recovered(ctx, l)
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
