//go:build linux

package abuse

import (
	"context"
	"fmt"
	"os"
	"os/user"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

func mailRows() []row {
	return []row{
		{
			part: "mail", name: "big headers", did: "1,000 mails of strangers with headers of 64 KB that came while the daemon was stopped, in four mailboxes", quick: true,
			setup: setup{boxes: 4}, try: returning(waiting(1000, bigHeader)),
		},
		{
			part: "mail", name: "big mails", did: "40 waiting mails under the shop's name with 4 MB of text, in two mailboxes",
			setup: setup{boxes: 2, fill: waiting(40, bigText)}, try: flooded,
		},
		{
			part: "mail", name: "a costly rule", did: "a rule of the largest size, and mails with as much text as is read", quick: true,
			setup: setup{
				fill:  waiting(20, longText),
				rules: "[[rule]]\nname = \"shared\"\nsender = \"notice.aliexpress.com\"\nbody = '(?P<number>(?:[a-z]{1,60}[ -]?){1,3}Q)'\n",
			},
			try: flooded,
		},
	}
}

// stranger is the header of a mail that a search for the shop finds.
func stranger(n int) string {
	return fmt.Sprintf("From: AliExpress %d <aliexpress@stranger.example>\r\nTo: alice@rig.test\r\nDate: %s\r\nMessage-ID: <%d@stranger.example>\r\n",
		n, time.Now().Format(time.RFC1123Z), n)
}

func bigHeader(n int) string {
	return stranger(n) + "Subject: news\r\n" + strings.Repeat("Sender: aliexpress "+strings.Repeat("x", 900)+"\r\n", 70) + "\r\ntext\r\n"
}

// forged is the header of a mail under the shop's name that nobody has signed.
func forged(n int) string {
	return strings.Replace(stranger(n), "aliexpress@stranger.example", "transaction@notice.aliexpress.com", 1)
}

func bigText(n int) string {
	return forged(n) + "Subject: news\r\n\r\n" + strings.Repeat("Order 8190000000000001 LP00000000000001 of many words\r\n", 80_000)
}

func longText(n int) string {
	return forged(n) + "Subject: news\r\n\r\n" + strings.Repeat("letters without an end ", 8000) + "\r\n"
}

// waiting puts mails into a home, as Dovecot keeps them.
func waiting(n int, text func(n int) string) func(home string) error {
	return func(home string) error {
		folder := filepath.Join(home, "Maildir", "new")
		for _, name := range []string{"cur", "new", "tmp"} {
			if err := os.MkdirAll(filepath.Join(home, "Maildir", name), 0o755); err != nil {
				return err
			}
		}
		for i := range n {
			if err := os.WriteFile(filepath.Join(folder, fmt.Sprintf("%d.M%dP1.rig", 1700000000+i, i)), []byte(text(i)), 0o644); err != nil {
				return err
			}
		}
		return give(home)
	}
}

// give makes Dovecot's user the owner of a home.
func give(home string) error {
	owner, err := user.Lookup("nobody")
	if err != nil {
		return err
	}
	uid, err := strconv.Atoi(owner.Uid)
	if err != nil {
		return err
	}
	return filepath.WalkDir(home, func(path string, _ os.DirEntry, err error) error {
		if err != nil {
			return err
		}
		return os.Chown(path, uid, -1)
	})
}

// returning starts again in front of mail that came meanwhile: of that every header is
// read.
func returning(fill func(home string) error) func(ctx context.Context, b *bench) error {
	return func(ctx context.Context, b *bench) error {
		if _, err := b.steady(ctx); err != nil {
			return err
		}
		if _, err := b.daemon.Stop(5 * time.Second); err != nil {
			return err
		}
		b.store.Close()
		if err := fill(filepath.Join(b.dovecot.Dir, "mail", "alice")); err != nil {
			return err
		}
		return flooded(ctx, b)
	}
}

// flooded starts in front of waiting mail, and a real mail comes while it is read.
func flooded(ctx context.Context, b *bench) error {
	if err := b.start(ctx); err != nil {
		return err
	}
	if err := b.meanwhile(ctx); err != nil {
		return err
	}
	n, err := b.store.Count(ctx, "SELECT count(*) FROM parcel")
	b.outcome.seen = fmt.Sprintf("%d parcels on record", n)
	return err
}
