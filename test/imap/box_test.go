package imap_test

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// fillBox writes a Maildir of made-up mail over two years, one in fifty from the
// shop, the same for the same seed.
func fillBox(tb testing.TB, maildir string, mails int) (ours int, bytes int64) {
	tb.Helper()
	for _, sub := range []string{"cur", "new", "tmp"} {
		if err := os.MkdirAll(filepath.Join(maildir, sub), 0o755); err != nil {
			tb.Fatal(err)
		}
	}
	dice := rand.New(rand.NewPCG(1, 2))
	first := time.Now().Add(-2 * 365 * 24 * time.Hour)
	step := time.Since(first) / time.Duration(mails)
	for i := range mails {
		at := first.Add(time.Duration(i) * step)
		raw := letter(dice, i, at)
		if i%50 == 7 {
			raw = notification(dice, i, at)
			ours, bytes = ours+1, bytes+int64(len(raw))
		}
		name := filepath.Join(maildir, "cur", fmt.Sprintf("%d.M%dP1.rig,S=%d:2,S", at.Unix(), i, len(raw)))
		if err := os.WriteFile(name, raw, 0o644); err != nil {
			tb.Fatal(err)
		}
		if err := os.Chtimes(name, at, at); err != nil {
			tb.Fatal(err)
		}
	}
	return ours, bytes
}

func head(b *bytes.Buffer, from, subject string, i int, at time.Time) {
	fmt.Fprintf(b, "Return-Path: <bounce@example.net>\r\nReceived: from mx.example.net by mail.example.org; %s\r\nFrom: %s\r\nTo: alice@rig.test\r\nSubject: %s\r\nDate: %s\r\nMessage-ID: <box.%d@example.net>\r\nMIME-Version: 1.0\r\n",
		at.Format(time.RFC1123Z), from, subject, at.Format(time.RFC1123Z), i)
}

func letter(dice *rand.Rand, i int, at time.Time) []byte {
	var b bytes.Buffer
	from := []string{friend, "Bank <no-reply@bank.example>", "News <news@paper.example>"}[i%3]
	head(&b, from, fmt.Sprintf("Letter %d", i), i, at)
	b.WriteString("Content-Type: text/plain; charset=utf-8\r\n\r\n")
	for b.Len() < 2000+dice.IntN(4000) {
		b.WriteString("What a nice day it was, and what a long letter this is going to be.\r\n")
	}
	return b.Bytes()
}

// notification has the size and the form of the shop's mails: an HTML page of
// some ten kilobytes in base64.
func notification(dice *rand.Rand, i int, at time.Time) []byte {
	order := 8_000_000_000_000_000 + dice.Int64N(100_000_000_000_000)
	var page strings.Builder
	fmt.Fprintf(&page, "<html><head><style>%s</style></head><body><table><tr><td>Order %d: package shipped</td></tr>", strings.Repeat(".row{color:#f40;font-size:14px} ", 120), order)
	for k := range 12 {
		fmt.Fprintf(&page, "<tr><td style=\"padding:0 20px\"><a href=\"https://www.aliexpress.com/item/%d.html\">Item %d</a> US $%d.%02d</td></tr>", 1_005_000_000_000_000+dice.Int64N(1_000_000_000_000), k, dice.IntN(90), dice.IntN(100))
	}
	fmt.Fprintf(&page, "<tr><td>Tracking number: <b>LP%014d</b></td></tr></table></body></html>", dice.Int64N(100_000_000_000_000))
	var b bytes.Buffer
	head(&b, shop, fmt.Sprintf("Order %d: package shipped", order), i, at)
	b.WriteString("Content-Type: text/html; charset=UTF-8\r\nContent-Transfer-Encoding: base64\r\n\r\n")
	text := base64.StdEncoding.EncodeToString([]byte(page.String()))
	for len(text) > 76 {
		b.WriteString(text[:76] + "\r\n")
		text = text[76:]
	}
	b.WriteString(text + "\r\n")
	return b.Bytes()
}
