package extract_test

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"parcelwatch/parcel"
	"parcelwatch/parcel/number"
)

const private = "Received: from mx.example.org ([203.0.113.77]) by a; Sun, 01 Mar 2026 08:30:09 +0000\r\n" +
	"Delivered-To: petra.muster@mail.example\r\n" +
	"DKIM-Signature: v=1; a=rsa-sha256; d=aliexpress.com; s=k1; h=from;\r\n b=AbCdEf0123456789; bh=XyZ987654321=\r\n" +
	"From: AliExpress <transaction@notice.aliexpress.com>\r\nTo: Petra Müster <petra.muster@mail.example>\r\n" +
	"Subject: Package RB123456785CN: at customs\r\nDate: Sun, 01 Mar 2026 08:30:09 +0000\r\nMessage-ID: <5678819000000000$0123456789abcdef0123456789abcdef>\r\n" +
	"Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: text/html; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n" +
	"<p>Hi Petra M=C3=BCster,</p><p>Your package RB123456785CN is at customs.</p>" +
	"<p>Petra, write to petra.muster@mail.example. M&uuml;ster!</p>\r\n" +
	"<a href=3D\"https://www.aliexpress.com/p/tracking/index.html?tradeOrderId=3D8190000000005678&amp;rowan_msg_id=3D5678819000000000$0123456789abcdef0123456789abcdef\">Track</a>" +
	"<p>Cable...</p><p>x1</p><p>Ship to</p><p>Geheimweg 17, Hinterstadt</p><p>Petra M=C3=BCster (+49) 15112345678</p>\r\n" +
	"--b\r\nContent-Type: application/pdf; name=bill.pdf\r\nContent-Transfer-Encoding: base64\r\n\r\nUGV0cmEgTcO8c3Rlcg==\r\n--b--\r\n"

func TestRedactedCopiesNameNobody(t *testing.T) {
	t.Parallel()
	out := redact(t, []byte(private))
	plain := bytes.ReplaceAll(out, []byte("=\r\n"), nil)
	for _, secret := range []string{
		"Petra", "petra", "Müster", "M=C3=BCster", "uuml", "muster", "mail.example", "Geheimweg", "Hinterstadt", "17,", "15112345678",
		"RB123456785CN", "8190000000005678", "5678819000000000", "203.0.113.77", "AbCdEf0123456789", "UGV0cmE", "0123456789abcdef",
	} {
		if bytes.Contains(plain, []byte(secret)) {
			t.Errorf("%q is in the copy:\n%s", secret, out)
		}
	}
	for _, kept := range []string{
		"From: AliExpress <transaction@notice.aliexpress.com>", "Date: Sun, 01 Mar 2026 08:30:09 +0000", "d=aliexpress.com", "s=k1",
		"boundary=b", "quoted-printable", "at customs", "Ship to", "tradeOrderId=3D", "Cable...", "--b--", "application/pdf",
	} {
		if !bytes.Contains(plain, []byte(kept)) {
			t.Errorf("%q is not in the copy:\n%s", kept, out)
		}
	}
}

// hosted is a mail whose header and parts name machines and files.
const hosted = "Return-Path: <bounce@aliexpress.com>\r\nReceived: from petras-laptop (helo=muster-nas [203.0.113.77])\r\n\tby mx.muster.example with ESMTP; Sun, 01 Mar 2026 08:30:09 +0000\r\n" +
	"X-Received: by petras-laptop\r\nX-Originating-Host: petras-laptop\r\nX-Mailer: Mail on petras-laptop\r\nThread-Topic: Bewerbung\r\n" +
	"Authentication-Results: mx.muster.example;\r\n dkim=pass header.d=aliexpress.com header.s=k1;\r\n spf=pass smtp.mailfrom=muster.example smtp.helo=nas.muster.example\r\n" +
	"ARC-Seal: i=1; a=rsa-sha256; d=muster.example; s=arc; cv=none; b=AbCdEf0123456789\r\nList-Id: Familie <family.muster.example>\r\n" +
	"From: AliExpress <transaction@notice.aliexpress.com>\r\nTo: petra@muster.example\r\nMessage-ID: <17@petras-laptop.local>\r\n" +
	"Subject: Package RB123456785CN: at customs\r\nContent-Type: multipart/mixed; boundary=b; x-host=petras-laptop\r\n\r\n--b\r\n" +
	"Content-Type: text/plain; charset=\"utf-8\"; name=\"Bewerbung; Petra.txt\"\r\nContent-Description: Bewerbung.txt\r\n\r\nYour package RB123456785CN is at customs.\r\n" +
	"--b\r\nContent-Type: application/pdf (Bewerbung);\r\n name*0*=utf-8''Bewerbung%20;\r\n name*1=Petra.pdf\r\nContent-Location: Bewerbung.pdf\r\n" +
	"Content-Disposition: attachment; filename=Bewerbung Petra.pdf; size=12\r\nContent-ID: <bewerbung.17@petras-laptop>\r\n\r\nx\r\n" +
	"--b\r\nContent-Type: image/png; name==?utf-8?Q?Bewerbung=2Epng?=\r\nContent-Disposition: inline; filename=\"Bewerbung \\\"17\\\".png\"\r\n\r\nx\r\n--b--\r\n"

func TestRedactedCopiesNameNoFileAndNoHost(t *testing.T) {
	t.Parallel()
	out := string(redact(t, []byte(hosted)))
	for _, secret := range []string{"ewerbung", "laptop", "muster", "petra", "Petra", "nas", "203.0.113.77"} {
		if strings.Contains(out, secret) {
			t.Errorf("%q is in the copy", secret)
		}
	}
	for _, kept := range []string{
		"header.d=aliexpress.com", "smtp.mailfrom=host-", "dkim=pass", "boundary=b", `charset="utf-8"`, "application/pdf", "name=file.pdf", "filename=file.png",
		"Sun, 01 Mar 2026 08:30:09 +0000", "X-Mailer: removed", "<bounce@aliexpress.com>",
	} {
		if !strings.Contains(out, kept) {
			t.Errorf("%q is not in the copy", kept)
		}
	}
	if t.Failed() {
		t.Log(out)
	}
	was, err := newParser(t, options{}).Parse([]byte(hosted), unverified)
	if err != nil {
		t.Fatal(err)
	}
	if is, err := newParser(t, options{}).Parse([]byte(out), unverified); err != nil || is.Step != was.Step || len(is.Parcels) != len(was.Parcels) {
		t.Errorf("was %s %v, is %s %v, %v", was.Step, numbers(was), is.Step, numbers(is), err)
	}
}

func TestRedactedCopiesNameNobodyInALanguageThatIsNotKnown(t *testing.T) {
	t.Parallel()
	const head = "From: AliExpress <transaction@notice.aliexpress.com>\r\nSubject: A 8190000000001234 csomag\r\nContent-Type: text/"
	const html = head + "html; charset=utf-8\r\n\r\n<p>Kedves Titkos Béla,</p><p>A csomagod úton van, Béla.</p>" +
		"<p>Szállítási cím: Titkos Béla, +36 30 123 4567, Rejtett utca</p><p>Várható: 2026. 03. 05 - 2026-03-09</p>"
	const text = head + "plain; charset=utf-8\r\n\r\nKedves Béla!\r\n\r\nTelefon: 06 30 123 4567\r\nVárható: 2026. 03. 05 - 2026-03-09\r\n"
	for _, raw := range []string{html, text} {
		out := string(redact(t, []byte(raw)))
		for _, secret := range []string{"Titkos", "Béla", "Rejtett", "123 4567", "36 30", "06 30"} {
			if strings.Contains(out, secret) {
				t.Errorf("%q is in the copy:\n%s", secret, out)
			}
		}
		for _, kept := range []string{"Kedves ", "Várható: 2026. 03. 05 - 2026-03-09"} {
			if !strings.Contains(out, kept) {
				t.Errorf("%q is not in the copy:\n%s", kept, out)
			}
		}
	}
}

func TestRedactedCopiesAreReadAsTheMailWas(t *testing.T) {
	t.Parallel()
	n, err := newParser(t, options{}).Parse(redact(t, []byte(private)), unverified)
	if err != nil || n.Step != parcel.StepAtCustoms || len(n.Parcels) != 1 || len(n.Orders) != 1 || len(n.Items) != 1 || len(n.Problems) != 0 {
		t.Fatalf("%+v, %v", n, err)
	}
	if q := n.Parcels[0]; q.Number == "RB123456785CN" || q.Number.Family() != number.FamilyS10 || q.Number.Strength() != number.High || len(q.Orders) != 1 {
		t.Errorf("%+v", q)
	}
}

func TestTheSameIsReplacedByTheSame(t *testing.T) {
	t.Parallel()
	raw := []byte(private)
	if !bytes.Equal(redact(t, raw), redact(t, raw)) {
		t.Error("two copies differ")
	}
	p := newParser(t, options{})
	n, err := p.Parse(redact(t, raw), unverified)
	if err != nil || len(n.Orders) != 1 {
		t.Fatal(n.Orders, err)
	}
	rotated := n.Orders[0][12:] + n.Orders[0][:12]
	copied := bytes.ReplaceAll(redact(t, raw), []byte("=\r\n"), nil)
	if bytes.Count(copied, []byte(rotated)) != 2 { // Message-ID and link
		t.Errorf("the rotated form of %s stands %d times, want 2", n.Orders[0], bytes.Count(copied, []byte(rotated)))
	}
	other := redact(t, append([]byte("X-Other: 1\r\n"), raw...))
	if m, err := p.Parse(other, unverified); err != nil || m.Orders[0] == n.Orders[0] {
		t.Errorf("the replacement does not depend on the mail: %v, %v", m.Orders, err)
	}
}

func TestRedactInEveryEncoding(t *testing.T) {
	t.Parallel()
	head := "From: AliExpress <transaction@notice.aliexpress.com>\r\nTo: me@example.net\r\nSubject: =?koi8-r?B?8M/T2czLwQ==?= LP00999900000034: =?utf-8?Q?=D0=BD=D0=B0_=D1=82=D0=B0=D0=BC=D0=BE=D0=B6=D0=BD=D0=B5?=\r\n"
	tests := []struct{ name, raw string }{
		{"8bit", head + "Content-Type: text/plain; charset=utf-8\r\n\r\nЗдравствуйте, Пётр Тайный!\r\nзаказ 8190000000001234\r\n"},
		{"base64", head + "Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\n0JfQtNGA0LDQstGB0YLQstGD0LnRgtC1LCDQn9GR0YLRgCDQotCw0LnQvdGL0Lkh\r\n0LfQsNC60LDQtyA4MTkwMDAwMDAwMDAxMjM0\r\n"},
		{"windows-1251", head + "Content-Type: text/plain; charset=windows-1251\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n=C7=E4=F0=E0=E2=F1=F2=E2=F3=E9=F2=E5, =CF=B8=F2=F0 =D2=E0=E9=ED=FB=E9!\r\n=E7=E0=EA=E0=E7 8190000000001234\r\n"},
		{"attached whole", "From: me@example.net\r\nContent-Type: message/rfc822\r\n\r\n" + head + "Content-Type: text/plain; charset=utf-8\r\n\r\nЗдравствуйте, Пётр Тайный!\r\nзаказ 8190000000001234\r\n"},
	}
	p := newParser(t, options{})
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			out := redact(t, []byte(tt.raw))
			for _, secret := range []string{"Пётр", "Тайный", "=CF=B8=F2=F0", "=D2=E0=E9=ED=FB=E9", "0J/Rk9GC", "8190000000001234", "LP00999900000034", "me@example.net"} {
				if bytes.Contains(out, []byte(secret)) {
					t.Errorf("%q is in the copy:\n%s", secret, out)
				}
			}
			if strings.HasPrefix(tt.raw, "From: me") {
				return
			}
			n, err := p.Parse(out, unverified)
			if err != nil || n.Step != parcel.StepAtCustoms || len(n.Parcels) != 1 || len(n.Orders) != 1 {
				t.Errorf("%s %v %v, %v\n%s", n.Step, n.Orders, numbers(n), err, out)
			}
		})
	}
}

func TestRedactedCorpusIsReadAlike(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob(filepath.Join(corpus, "*.eml"))
	if err != nil || len(files) == 0 {
		t.Fatal(err)
	}
	p := newParser(t, options{})
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) {
			t.Parallel()
			raw, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			was, err := p.Parse(raw, unverified)
			if err != nil {
				t.Fatal(err)
			}
			is, err := p.Parse(redact(t, raw), unverified)
			if err != nil || is.Shop != was.Shop || is.Step != was.Step || len(is.Orders) != len(was.Orders) || len(is.Parcels) != len(was.Parcels) || is.ETA != was.ETA {
				t.Fatalf("was %q %s %v %v %q, is %q %s %v %v %q, %v", was.Shop, was.Step, was.Orders, numbers(was), was.ETA,
					is.Shop, is.Step, is.Orders, numbers(is), is.ETA, err)
			}
			for i, q := range is.Parcels {
				if old := was.Parcels[i].Number; q.Number.Family() != old.Family() || q.Number == old {
					t.Errorf("%s (%s) became %s (%s)", old, old.Family(), q.Number, q.Number.Family())
				}
			}
			for i, o := range is.Orders {
				if o == was.Orders[i] {
					t.Errorf("order %s stayed", o)
				}
			}
		})
	}
}

func TestANumberOverTwoLinesIsRedactedAsOne(t *testing.T) {
	t.Parallel()
	const number = "LP00999900000034"
	for name, mail := range map[string]struct{ kind, body string }{
		"a wrapped link":  {"text/plain", "Track it: https://www.aliexpress.com/p/tracking/index.html?tradeOrderId=8190000000001234&trackingNumber=LP009\n99900000034\n"},
		"angle brackets":  {"text/plain", "Track it <https://www.aliexpress.com/p/tracking/index.html?trackingNumber=LP009\n99900000034>\n"},
		"flowed":          {"text/plain; format=flowed; delsp=yes", "Your package LP009 \n99900000034 has been shipped.\n"},
		"quoted in flows": {"text/plain; format=flowed; delsp=yes", "> Your package LP009 \n> 99900000034 has been shipped.\n"},
	} {
		raw := []byte(strings.ReplaceAll("From: AliExpress <transaction@notice.aliexpress.com>\nSubject: Package "+number+": shipped\n"+
			"Content-Type: "+mail.kind+"\n\n"+mail.body, "\n", "\r\n"))
		copied := string(redact(t, raw))
		if strings.Contains(copied, "LP009") || strings.Contains(copied, "99900000034") {
			t.Errorf("%s: half the number is left:\n%s", name, copied)
		}
	}
}
