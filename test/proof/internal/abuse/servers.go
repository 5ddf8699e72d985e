//go:build linux

package abuse

import (
	"bytes"
	"context"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"

	"parcelwatch/test/rig"
)

const mega = 1 << 20

func imapRows() []row {
	nested := []byte("* 1 FETCH (UID 1 BODYSTRUCTURE " + strings.Repeat("(", 4*mega))
	return []row{
		{part: "IMAP", name: "nested", did: "4 MB of ( in BODYSTRUCTURE, on every connection for a while", quick: true, try: saying(nested)},
		{part: "IMAP", name: "wide", did: "4 MB of flags in one response", quick: true, try: saying([]byte("* FLAGS (" + strings.Repeat("a ", 2*mega)))},
		{part: "IMAP", name: "numbers", did: "a SEARCH of a million numbers from the highest to the lowest", try: saying(backwards())},
		{part: "IMAP", name: "endless line", did: "64 MB of text without the end of a line", try: saying([]byte("* OK " + strings.Repeat("x", 64*mega)))},
		{part: "IMAP", name: "endless literal", did: "a literal of a terabyte, 64 MB of which come", try: saying([]byte("* LIST () \"/\" {1000000000000}\r\n" + strings.Repeat("x", 64*mega)))},
		{part: "IMAP", name: "many folders", did: "a million folders", try: saying([]byte(strings.Repeat("* LIST () \"/\" folder\r\n", mega)))},
	}
}

func backwards() []byte {
	b := []byte("* SEARCH")
	for n := 2_000_000; n > 0; n -= 2 {
		b = strconv.AppendInt(append(b, ' '), int64(n), 10)
	}
	return append(b, "\r\n"...)
}

// saying makes the IMAP server say something in front of its next answers, three times.
func saying(words []byte) func(ctx context.Context, b *bench) error {
	return func(ctx context.Context, b *bench) error {
		from, err := b.steady(ctx)
		if err != nil {
			return err
		}
		var times atomic.Int32
		b.imap.Tamper(func(p []byte) ([]byte, bool) {
			if times.Add(1) > 3 {
				return p, false
			}
			return append(slices.Clip(words), p...), false
		})
		return b.through(ctx, from, `msg="mailbox state"`, "state=broken")
	}
}

func smtpRows() []row {
	endless := func(code string) []byte { return []byte(strings.Repeat(code+"-"+strings.Repeat("x", 60)+"\r\n", mega)) }
	return []row{
		{part: "SMTP", name: "endless reply", did: "an endless 250- after EHLO", quick: true, try: replying(2, endless("250"))},
		{part: "SMTP", name: "endless greeting", did: "an endless 220-", try: replying(1, endless("220"))},
		{part: "SMTP", name: "endless line", did: "64 MB without the end of a line", try: replying(1, []byte(strings.Repeat("x", 64*mega)))},
	}
}

// replying makes the mail server say something instead of its nth answer; the next try is
// a while later.
func replying(n int32, words []byte) func(ctx context.Context, b *bench) error {
	return func(ctx context.Context, b *bench) error {
		from, err := b.steady(ctx)
		if err != nil {
			return err
		}
		var times atomic.Int32
		b.smtp.Tamper(func(p []byte) ([]byte, bool) {
			if times.Add(1) == n {
				return words, false
			}
			return p, false
		})
		return b.through(ctx, from, `msg="notifying fails"`)
	}
}

func otherRows() []row {
	return []row{
		{part: "webhook", name: "endless answer", did: "a channel whose server refuses with an endless text", quick: true, setup: setup{hook: true}, try: hooked},
		{part: "post", name: "names without end", did: "answers of 32 KB and of 32 MB that are full of names", quick: true, try: answered},
	}
}

// hooked: the channel is said to fail, the mail goes out.
func hooked(ctx context.Context, b *bench) error {
	b.floods = func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(http.StatusInternalServerError)
		for text := bytes.Repeat([]byte("no "), 1<<16); ; {
			if _, err := w.Write(text); err != nil {
				return
			}
		}
	}
	if err := b.start(ctx); err != nil {
		return err
	}
	from := b.daemon.Journal.Len()
	if err := b.meanwhile(ctx); err != nil {
		return err
	}
	return b.notice(ctx, from, `msg="channel fails"`)
}

// answered: the post's answer is not understood, mail and digest go on.
func answered(ctx context.Context, b *bench) error {
	var calls atomic.Int32
	b.posts.Instead(func(w http.ResponseWriter, _ *http.Request) {
		size := 32 << 10
		if calls.Add(1)%2 == 0 {
			size = 32 << 20
		}
		text := []byte("recipient signed by the recipient ")
		for range size / len(text) {
			if _, err := w.Write(text); err != nil {
				return
			}
		}
	})
	if err := b.start(ctx); err != nil {
		return err
	}
	from := b.daemon.Journal.Len()
	if err := b.meanwhile(ctx); err != nil {
		return err
	}
	if err := b.meanwhile(ctx); err != nil {
		return err
	}
	if _, err := rig.Until(ctx, toldLimit, "the post is asked", func() bool { return calls.Load() > 0 }); err != nil {
		return err
	}
	return b.notice(ctx, from, `msg="carrier is left alone"`, "carrier=upu")
}
