package extract_test

import (
	"encoding/base64"
	"fmt"
	"strings"
	"testing"
	"time"
)

const shopHead = "From: AliExpress <transaction@notice.aliexpress.com>\r\nTo: me@example.org\r\nSubject: Package LP00999900000034: with local carrier\r\n" +
	"Date: Sun, 01 Mar 2026 08:30:09 +0000\r\nMIME-Version: 1.0\r\n"

// nested returns n nested multiparts that are not closed, for which the MIME
// library needs 2^n time.
func nested(n int, header string) string {
	var b strings.Builder
	b.WriteString(shopHead)
	fmt.Fprintf(&b, header+"\r\n\r\n", 0)
	for i := range n {
		fmt.Fprintf(&b, "--b%d\r\n"+header+"\r\n\r\n", i, i+1)
	}
	fmt.Fprintf(&b, "--b%d\r\nContent-Type: text/plain\r\n\r\nYour package LP00999900000034 is with the local carrier.\r\n", n)
	return b.String()
}

// hostile returns mails built to cost time or memory.
func hostile() map[string][]byte {
	html := shopHead + "Content-Type: text/html; charset=utf-8\r\n\r\n"
	out := map[string]string{
		"nested 11 unclosed":            nested(11, `Content-Type: multipart/mixed; boundary="b%d"`),
		"nested 60 unclosed":            nested(60, `Content-Type: multipart/mixed; boundary="b%d"`),
		"nested, the boundary encoded":  nested(60, `Content-Type: multipart/mixed; =?utf-8?q?bou?==?utf-8?q?ndary?="b%d"`),
		"nested, the boundary spread":   nested(60, `Content-Type: multipart/mixed; boundary*0="b%d"`),
		"nested, the boundary in caps":  nested(60, `Content-Type: multipart/mixed; BOUNDARY = "b%d"`),
		"nested, the name encoded":      nested(60, `Content-Type: multipart/mixed; =?utf-8?q?boundary=3Db%d?=`),
		"10000 parts":                   shopHead + "Content-Type: multipart/mixed; boundary=b\r\n\r\n" + strings.Repeat("--b\r\nContent-Type: text/plain\r\n\r\nx\r\n", 10000) + "--b--\r\n",
		"190 parts":                     shopHead + "Content-Type: multipart/mixed; boundary=b\r\n\r\n" + strings.Repeat("--b\r\nContent-Type: text/plain\r\n\r\nYour order 8190000000001234 has shipped\r\n", 190) + "--b--\r\n",
		"one header line of 10 MB":      "X-Long: " + strings.Repeat("a", 10<<20) + "\r\n" + shopHead + "\r\nx",
		"100000 header lines":           shopHead + strings.Repeat("X-A: b\r\n", 100000) + "\r\nx",
		"a text of 3 MB":                shopHead + "\r\n" + strings.Repeat("Order 8190000000001234 tracking number RB123456785CN\r\n", 60000),
		"a line of 3 MB":                shopHead + "\r\n" + strings.Repeat("LP00999900000034 ", 180000),
		"quoted-printable of 3 MB":      shopHead + "Content-Transfer-Encoding: quoted-printable\r\n\r\n" + strings.Repeat("=D0=9F=D0=BE=D1=81=D1=8B=D0=BB=D0=BA=D0=B0=20=\r\n", 60000),
		"base64 of 3 MB":                shopHead + "Content-Type: text/html; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\n" + base64.StdEncoding.EncodeToString([]byte(strings.Repeat("<p>заказ 8190000000001234</p>", 80000))),
		"100000 open elements":          html + strings.Repeat("<div class=\"EDM-SHIP-TO\">", 100000),
		"100000 hidden elements":        html + strings.Repeat("<div style=\"display:none\">x", 100000),
		"100000 links":                  html + strings.Repeat(`<a href="https://www.aliexpress.com/p/tracking/index.html?tradeOrderId=8190000000001234&amp;trackingNumber=RB123456785CN">`, 20000),
		"a link of 3 MB":                html + `<a href="https://www.aliexpress.com/?` + strings.Repeat("tradeOrderId=8190000000001234&amp;", 100000) + `">x</a>`,
		"a link in a link in a link":    html + `<a href="https://a.example/?url=` + strings.Repeat("https%3A%2F%2Fa.example%2F%3Furl%3D", 5000) + `">x</a>`,
		"every word a phrase":           shopHead + "\r\n" + strings.Repeat("order package delivered in transit with local carrier order number ", 30000),
		"every letter a word":           shopHead + "Content-Type: text/plain; charset=utf-8\r\n\r\n" + strings.Repeat("配送業者に引き渡されました注文番号", 20000),
		"zero width":                    shopHead + "Content-Type: text/plain; charset=utf-8\r\n\r\n" + strings.Repeat("\u200c \u200b", 100000) + "LP00999900000034",
		"every line a number":           shopHead + "\r\n" + manyNumbers(20000),
		"many orders":                   shopHead + "\r\n" + manyOrders(20000),
		"a subject of 1 MB":             strings.Replace(shopHead, "Package", strings.Repeat("Package 8190000000001234 ", 40000), 1) + "\r\nx",
		"encoded words without end":     strings.Replace(shopHead, "Package", strings.Repeat("=?utf-8?q?", 5000), 1) + "\r\nx",
		"10000 cells in a row":          html + "<table><tr><th>Logistics Information</th>" + strings.Repeat("<th>Sender</th><th>Track at</th>", 10000) + "</tr></table>",
		"one word of 3 MB":              shopHead + "\r\n" + strings.Repeat("A1", 1500000),
		"accents on accents":            shopHead + "Content-Type: text/plain; charset=utf-8\r\n\r\ne" + strings.Repeat("\u0301", 100000),
		"From lines on From lines":      strings.Repeat("From a\r\n", 50000) + shopHead + "\r\nx",
		"quotes on quotes":              shopHead + "\r\n" + strings.Repeat("> ", 100000) + "LP00999900000034",
		"one element of 3 MB not ended": html + "<p " + strings.Repeat("a=b ", 700000),
		"a comment not ended":           html + "<!--" + strings.Repeat("-", 3000000),
	}
	raw := make(map[string][]byte, len(out))
	for name, s := range out {
		raw[name] = []byte(s)
	}
	return raw
}

func manyNumbers(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "tracking number LP%014d\r\n", i)
	}
	return b.String()
}

func manyOrders(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "Order number 819%013d\r\n", i)
	}
	return b.String()
}

// tooLong is far above the time of any of them, and far below the time of 2^60
// steps.
const tooLong = 20 * time.Second

func TestHostileMailIsReadInBoundedTimeAndSize(t *testing.T) {
	t.Parallel()
	p := newParser(t, options{Forwarders: []string{"partner@example.org"}})
	for name, raw := range hostile() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			done := make(chan struct{})
			go func() {
				defer close(done)
				n, err := p.Parse(raw, unverified)
				checkNotice(t, n, err)
			}()
			select {
			case <-done:
			case <-time.After(tooLong):
				t.Fatal("not read in time")
			}
		})
	}
}
