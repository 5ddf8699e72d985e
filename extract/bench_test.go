package extract_test

import (
	"bytes"
	"fmt"
	"mime/quotedprintable"
	"net/mail"
	"strings"
	"testing"

	"github.com/jhillyerd/enmime/v2"

	"parcelwatch/extract"
	pwmail "parcelwatch/mail"
)

// bigMail returns a mail of the shop of realistic size: 60 KB of HTML, about 96
// KB on the wire.
func bigMail(tb testing.TB, html int) []byte {
	tb.Helper()
	var h strings.Builder
	h.WriteString(`<!doctype html><html><head><title>AliExpress</title><style>` + strings.Repeat(".a{color:#191919;font-size:14px}", 60) + `</style></head><body>` +
		`<div style="display:none;font-size:1px;">Track shipping status inside` + strings.Repeat("&zwnj; ", 95) + `</div>` +
		`<h1>Collected by local carrier</h1><p>Hi Jo Doe,</p><p>Your package JY26CAA0D000551012 has been collected by the local carrier.</p>` +
		`<a href="https://www.aliexpress.com/p/tracking/index.html?_addShare=no&amp;_login=yes&amp;tradeOrderId=8190000000001234&amp;trackingNumber=JY26CAA0D000551012">Track delivery</a>`)
	row := `<table border="0" cellpadding="0" cellspacing="0" role="presentation" style="background:#ffffff;width:100%%;border-collapse:collapse;"><tbody><tr>` +
		`<td align="left" style="font-size:0px;padding:10px 25px;word-break:break-word;"><div style="font-family:Open Sans,Roboto,Helvetica,Arial;font-size:14px;line-height:20px;text-align:left;color:#191919;">` +
		`<a href="https://www.aliexpress.com/item/100500%09d.html?ug_edm_item_id=100500%09d&amp;pdp_npi=4%%40dis%%21EUR%%21%%E2%%82%%AC2%%2C19&amp;mem_info=GQ-%032x-8" target="_blank">USB-C cable 100 W braided 2...</a>` +
		`<br>Black, %d m<br>x1</div></td></tr></tbody></table>` + "\n"
	for i := 0; h.Len() < html-600; i++ {
		fmt.Fprintf(&h, row, i, i, i, i)
	}
	h.WriteString(`<p>Ship to</p><p>1 Main St., Springfield</p><p>Jo Doe (+1) 5555555555</p><p>Prices, deals and availability shown in this email reflect offers at send time.</p></body></html>`)
	var b bytes.Buffer
	b.WriteString("From: AliExpress <transaction@notice.aliexpress.com>\r\nTo: me@example.org\r\nSubject: Package JY26CAA0D000551012: with local carrier\r\n" +
		"Date: Sun, 01 Mar 2026 08:30:09 +0000\r\nMessage-ID: <1.2.3@notice.aliexpress.com>\r\nMIME-Version: 1.0\r\n" +
		"Content-Type: text/html; charset=UTF-8\r\nContent-Transfer-Encoding: quoted-printable\r\n" +
		strings.Repeat("Received: from a.example.org (a.example.org [192.0.2.1]) by mx.example.org with ESMTPS id abc;\r\n Sun, 01 Mar 2026 08:30:09 +0000\r\n", 6) + "\r\n")
	w := quotedprintable.NewWriter(&b)
	if _, err := w.Write([]byte(h.String())); err != nil {
		tb.Fatal(err)
	}
	if err := w.Close(); err != nil {
		tb.Fatal(err)
	}
	return b.Bytes()
}

func BenchmarkParse60KB(b *testing.B) {
	raw := bigMail(b, 60<<10)
	p := newParser(b, options{})
	b.SetBytes(int64(len(raw)))
	b.ReportAllocs()
	for b.Loop() {
		if n, err := p.Parse(raw, unverified); err != nil || len(n.Parcels) != 1 {
			b.Fatal(n, err)
		}
	}
}

// BenchmarkBareEnmime60KB parses the same mail with enmime alone and the same
// options. The difference is the cost of our own code.
func BenchmarkBareEnmime60KB(b *testing.B) {
	raw := bigMail(b, 60<<10)
	p := enmime.NewParser(enmime.DisableTextConversion(true), enmime.DisableCharacterDetection(true), enmime.SkipMalformedParts(true),
		enmime.MaxStoredPartErrors(20), enmime.MultipartWOBoundaryAsSinglePart(true), enmime.SetReadPartErrorPolicy(enmime.AllowCorruptTextPartErrorPolicy))
	b.SetBytes(int64(len(raw)))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := p.ReadEnvelope(bytes.NewReader(raw)); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkHeaders(b *testing.B) {
	raw := bigMail(b, 60<<10)
	b.ReportAllocs()
	for b.Loop() {
		if h := pwmail.ParseHeader(raw); len(h.From) != 1 {
			b.Fatal(h)
		}
	}
}

// BenchmarkBareHeaders parses the same header with the standard library.
func BenchmarkBareHeaders(b *testing.B) {
	raw := bigMail(b, 60<<10)
	b.ReportAllocs()
	for b.Loop() {
		m, err := mail.ReadMessage(bytes.NewReader(raw))
		if err != nil {
			b.Fatal(err)
		}
		if from, err := m.Header.AddressList("From"); err != nil || len(from) != 1 {
			b.Fatal(from, err)
		}
		if _, err := m.Header.Date(); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkPrecheck(b *testing.B) {
	raw := bigMail(b, 60<<10)
	b.ReportAllocs()
	for b.Loop() {
		if why := extract.Precheck(raw); why != "" {
			b.Fatal(why)
		}
	}
}

// BenchmarkBareLines iterates over the lines of the same mail, the minimum cost
// of any check of its structure.
func BenchmarkBareLines(b *testing.B) {
	raw := bigMail(b, 60<<10)
	b.ReportAllocs()
	for b.Loop() {
		n := 0
		for range bytes.Lines(raw) {
			n++
		}
		if n == 0 {
			b.Fatal("no lines")
		}
	}
}

// BenchmarkHostile measures the slowest mails that the precheck accepts.
func BenchmarkHostile(b *testing.B) {
	p := newParser(b, options{})
	for name, raw := range hostile() {
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(len(raw)))
			b.ReportAllocs()
			for b.Loop() {
				if _, err := p.Parse(raw, unverified); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkNew(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		newParser(b, options{})
	}
}
