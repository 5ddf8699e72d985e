package extract_test

import (
	"os"
	"path/filepath"
	"testing"
	"unicode/utf8"

	"parcelwatch/extract"
	"parcelwatch/internal/message"
	"parcelwatch/parcel"
	"parcelwatch/parcel/number"
)

// checkNotice checks what must be true for every result of every mail.
func checkNotice(tb testing.TB, n parcel.Notice, err error) {
	tb.Helper()
	if err != nil {
		if n.Shop != "" || len(n.Orders)+len(n.Parcels) > 0 || n.Subject != "" {
			tb.Errorf("a result and an error both: %+v, %v", n, err)
		}
		return
	}
	if len(n.Orders) > 50*5 || len(n.Parcels) > 50*5 || len(n.Items) > 40*5 || len(n.Problems) > 40 {
		tb.Errorf("not bounded: %d orders, %d parcels, %d items, %d problems", len(n.Orders), len(n.Parcels), len(n.Items), len(n.Problems))
	}
	if !n.Verdict.Trust.Creates() && len(n.Orders)+len(n.Parcels) > 0 {
		tb.Errorf("%s mail creates %v %v", n.Verdict.Trust, n.Orders, n.Parcels)
	}
	if n.Shop == "" && (n.Step != parcel.StepNone || len(n.Orders)+len(n.Parcels) > 0) {
		tb.Errorf("no shipment mail, but %s %v %v", n.Step, n.Orders, n.Parcels)
	}
	for _, p := range n.Parcels {
		if c, err := number.Parse(string(p.Number)); err != nil || c != p.Number {
			tb.Errorf("number %q is not canonical: %q, %v", p.Number, c, err)
		}
		for _, o := range n.Orders {
			if o == string(p.Number) {
				tb.Errorf("%s is an order and a parcel", o)
			}
		}
	}
	for _, s := range []string{n.Subject, n.StepWords, n.Logistics.Sender} {
		if utf8.RuneCountInString(s) > 300 || !utf8.ValidString(s) {
			tb.Errorf("text not bounded or not readable: %.80q", s)
		}
	}
}

func seeds(f *testing.F) [][]byte {
	f.Helper()
	files, err := filepath.Glob(filepath.Join(corpus, "*.eml"))
	if err != nil {
		f.Fatal(err)
	}
	var out [][]byte
	for _, file := range files {
		raw, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		if len(raw) < 4<<10 {
			out = append(out, raw)
		}
	}
	for _, raw := range hostile() {
		if len(raw) < 4<<10 {
			out = append(out, raw)
		}
	}
	return out
}

func FuzzParse(f *testing.F) {
	for _, raw := range seeds(f) {
		f.Add(raw)
	}
	p := newParser(f, options{
		Forwarders: []string{"partner@example.org"},
		Rules:      []extract.Rule{{Name: "r", Subject: `rule (?P<number>\S+) (?P<order>\d+)`, Body: `(?P<step>\w+)`}},
	})
	verdicts := []parcel.Trust{parcel.TrustVerified, parcel.TrustForwarded, parcel.TrustForged, parcel.TrustForeign, ""}
	f.Fuzz(func(t *testing.T, raw []byte) {
		for _, v := range verdicts {
			n, err := p.Parse(raw, parcel.Verdict{Trust: v, Reason: message.Raw("fuzz")})
			checkNotice(t, n, err)
		}
	})
}

func FuzzSubject(f *testing.F) {
	for _, s := range []string{
		"Package LP00999900000034: with local carrier", "Zollabfertigung für 00340999999999990010 wurde beendet",
		"N 주문 건: 상품이 발송되었습니다", "2 Bestellungen wurden bestätigt: 8190000000000001 & weitere", "=?utf-8?q?=D0=97?=",
		"注文 8190000000001234：配送完了", "طلب 8190000000001234: تم الشحن", "İIıi ẞß Łł",
	} {
		f.Add(s, "delivered")
	}
	p := newParser(f, options{})
	f.Fuzz(func(t *testing.T, subject, body string) {
		n, err := p.Parse(letter(subject, body), unverified)
		checkNotice(t, n, err)
		m, err := p.Parse(letter(subject, body), unverified)
		if err == nil && (m.Step != n.Step || m.StepWords != n.StepWords) {
			t.Errorf("read twice: %s %q and %s %q", n.Step, n.StepWords, m.Step, m.StepWords)
		}
	})
}

func FuzzRedact(f *testing.F) {
	for _, raw := range seeds(f) {
		f.Add(raw)
	}
	p := newParser(f, options{})
	f.Fuzz(func(t *testing.T, raw []byte) {
		if out := p.Redact(raw); len(out) > 16*len(raw)+4096 {
			t.Errorf("%d bytes became %d", len(raw), len(out))
		}
	})
}

func FuzzLean(f *testing.F) {
	for _, s := range []string{
		`<p style="a>b" class='c'>x</p>`, `<td a=b="c>d">x`, `<div =a>x`, `<p/style=x>y`, `<!-- <p a="> -->x`, `<!-->x<p b="-->">y`,
		`<style>p>a{}</style><p a=1>x`, `<STYLE><p a='</style>'>x`, `<title><b a=1></title>x`, `<script>if(a<b c="</script>">x`,
		`<p "a>b">c`, `<p a='>`, `<span a = "b" c>d`, `<tdx a=1>b`, `</td a="b>c">d`, `<br/ a>x`, `<td a=/>x`, `<svg><title a=1>x`,
	} {
		f.Add([]byte(s))
	}
	p := newParser(f, options{})
	f.Fuzz(func(t *testing.T, src []byte) {
		if full, short := extract.Texts(p.Parser, src); full != short {
			t.Errorf("%q reads %q, and without its needless attributes %q", src, full, short)
		}
	})
}

// FuzzText reads any text as the shop's and as a forwarded one, in plain text and
// as markup: copied headers, printed numbers and tables.
func FuzzText(f *testing.F) {
	const body = "Hi Jo,\nYour package " + lp + " is at customs.\nOrder number " + order1 + "\n"
	for _, prog := range programs {
		f.Add("Fwd: "+delivered, prog.form(languagesOfPrograms[3], delivered, body), "format=flowed; delsp=yes")
	}
	for _, schema := range schemas {
		f.Add("Your order is on its way", schema, "")
	}
	for _, num := range printedNumbers {
		f.Add("Package "+num+": in transit", "Order number "+groupsOf(4, order1, " ")+"\nTracking number: "+groupsOf(4, num, " "), "format=flowed")
	}
	f.Add("Your order has shipped", grid{{"Order number", "Tracking number"}, {order1, lp}, {order2, s10}}.html(), "")
	f.Add("Your order has shipped", grid{{"Order number", "Tracking number"}, {order1, lp}, {order2, s10}}.text(" | "), "")
	f.Add("Your 2 packages have delivery updates", "<"+groupsOf(60, proofpoint2(trackLink(order1, lp)), "\n")+">", "")
	p := newParser(f, options{Forwarders: []string{"partner@example.org"}})
	f.Fuzz(func(t *testing.T, subject, text, params string) {
		for _, from := range []string{"transaction@notice.aliexpress.com", "partner@example.org"} {
			for _, kind := range []string{"text/plain", "text/html"} {
				raw := "From: " + from + "\nSubject: " + subject + "\nContent-Type: " + kind + "; charset=utf-8; " + params + "\n\n" + text
				n, err := p.Parse([]byte(raw), forwarded)
				checkNotice(t, n, err)
			}
		}
	})
}
