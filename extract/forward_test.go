package extract_test

import (
	"encoding/base64"
	"strings"
	"testing"

	"parcelwatch/internal/locale"
	"parcelwatch/parcel"
)

// sent returns a mail forwarded by the configured forwarder.
func sent(subject, body string) []byte {
	return []byte("From: Pat <partner@example.org>\r\nSubject: " + encoded(subject) + "\r\nDate: Mon, 02 Mar 2026 08:00:00 +0000\r\n" +
		"Content-Type: text/plain; charset=utf-8\r\n\r\n" + strings.ReplaceAll(body, "\n", "\r\n"))
}

func TestForwardedInTheText(t *testing.T) {
	t.Parallel()
	const body = "\n\nHi Jo,\nYour package " + lp + " has been delivered.\nOrder number " + order1 + "\n"
	tests := []struct {
		name, subject, text string
		step                parcel.Step
	}{
		{"in English", "Fwd: " + delivered, "look\n---------- Forwarded message ---------\nFrom: AliExpress <transaction@notice.aliexpress.com>\nDate: Sun, 1 Mar 2026\nSubject: " + delivered + "\nTo: me@example.org" + body, parcel.StepDelivered},
		{"in German", "WG: Packstück", "Von: AliExpress <transaction@notice.aliexpress.com>\nGesendet: Sonntag\nAn: me\nBetreff: Packstück " + lp + ": beim Zoll" + body, parcel.StepAtCustoms},
		{"in Russian", "Пересл: посылка", "> От: AliExpress <transaction@notice.aliexpress.com>\n> Тема: Посылка " + lp + ": на таможне\n> Кому: me" + body, parcel.StepAtCustoms},
		{"labels on lines of their own", "Fwd: x", "From:\nAliExpress <transaction@notice.aliexpress.com>\nSubject:\n" + delivered + body, parcel.StepDelivered},
		{"a language nobody knows", "Fwd: " + delivered, "Ding: AliExpress <transaction@notice.aliexpress.com>\nDong: Sunday\nDang: me" + body, parcel.StepDelivered},
		{"an attribution line", "FW: " + delivered, "On Sunday, 1 March 2026 at 09:30, AliExpress <transaction@notice.aliexpress.com> wrote:" + body, parcel.StepDelivered},
		{"an attribution line without words", "Fwd: Посылка " + lp + ": на таможне", "01.03.2026, 09:30, \"AliExpress\" <transaction@notice.aliexpress.com>:" + body, parcel.StepAtCustoms},
		{"sent through the relay", "Fwd: x", "From: AliExpress <transaction_at_notice_aliexpress_com_0a1b2c3d4e_0a1b2c3d@privaterelay.appleid.com>\nSubject: " + delivered + body, parcel.StepDelivered},
	}
	p := newParser(t, options{Forwarders: []string{"partner@example.org"}})
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			n, err := p.Parse(sent(tt.subject, tt.text), forwarded)
			if err != nil || n.Shop != theShop.Name() || n.Step != tt.step || len(n.Parcels) != 1 || n.Parcels[0].Number != lp || len(n.Orders) != 1 {
				t.Errorf("%q %s, orders %v, parcels %v, %v", n.Shop, n.Step, n.Orders, numbers(n), err)
			}
			if n.Verdict.Trust != forwarded.Trust {
				t.Errorf("verdict %+v", n.Verdict)
			}
		})
	}
}

func TestForwardedAsMarkup(t *testing.T) {
	t.Parallel()
	raw := strings.Replace(string(sent("Fwd: "+delivered, `<div>look</div><div class="gmail_quote"><div dir="ltr" class="gmail_attr">---------- Forwarded message ---------<br>Von: <strong>AliExpress</strong> <span>&lt;<a href="mailto:transaction@notice.aliexpress.com">transaction@notice.aliexpress.com</a>&gt;</span><br>Subject: `+delivered+`<br></div><p>Hi</p><a href="https://www.aliexpress.com/x" data-saferedirecturl="https://www.google.com/url?q=https%3A%2F%2Fwww.aliexpress.com%2Fp%2Ftracking%2Findex.html%3FtradeOrderId%3D`+order1+`%26trackingNumber%3D`+lp+`&amp;source=gmail">Track</a></div>`)), "text/plain", "text/html", 1)
	n, err := newParser(t, options{Forwarders: []string{"partner@example.org"}}).Parse([]byte(raw), forwarded)
	if err != nil || n.Step != parcel.StepDelivered || len(n.Parcels) != 1 || len(n.Orders) != 1 {
		t.Errorf("%s, orders %v, parcels %v, %v", n.Step, n.Orders, numbers(n), err)
	}
}

func TestForwardedWhole(t *testing.T) {
	t.Parallel()
	outer := func(encoding string, mails ...string) []byte {
		var b strings.Builder
		b.WriteString("From: partner@example.org\r\nSubject: look\r\nContent-Type: multipart/mixed; boundary=out\r\n\r\n--out\r\nContent-Type: text/plain\r\n\r\nhere\r\n")
		for _, m := range mails {
			b.WriteString("--out\r\nContent-Type: message/rfc822\r\nContent-Transfer-Encoding: " + encoding + "\r\n\r\n" + m + "\r\n")
		}
		b.WriteString("--out--\r\n")
		return []byte(b.String())
	}
	one, two := string(letter(delivered, "Order number "+order1)), string(letter("Package "+s10+": at customs", "Hi"))
	p := newParser(t, options{Forwarders: []string{"partner@example.org"}})
	t.Run("one mail", func(t *testing.T) {
		t.Parallel()
		n, err := p.Parse(outer("8bit", one), forwarded)
		if err != nil || n.Step != parcel.StepDelivered || len(n.Parcels) != 1 || n.Subject != delivered || n.Sent.Format("2006-01-02") != "2026-03-01" || n.Verdict.Trust != forwarded.Trust {
			t.Errorf("%+v, %v", n, err)
		}
	})
	t.Run("one mail, encoded", func(t *testing.T) {
		t.Parallel()
		n, err := p.Parse(outer("base64", base64.StdEncoding.EncodeToString([]byte(one))), forwarded)
		if err != nil || len(n.Parcels) != 1 {
			t.Errorf("%+v, %v", n, err)
		}
	})
	t.Run("two mails add up", func(t *testing.T) {
		t.Parallel()
		n, err := p.Parse(outer("8bit", one, two, one), forwarded)
		if err != nil || n.Step != parcel.StepUpdate || len(n.Parcels) != 2 || n.Parcels[0].Step != parcel.StepDelivered || n.Parcels[1].Step != parcel.StepAtCustoms {
			t.Errorf("%+v, %v", n, err)
		}
	})
	t.Run("a mail of somebody else is none", func(t *testing.T) {
		t.Parallel()
		for _, m := range []string{
			strings.Replace(one, "transaction@notice.aliexpress.com", "a@evil.example", 1),
			strings.Replace(one, "transaction@notice.aliexpress.com", "a@deals.aliexpress.com", 1),
			"From: a@evil.example\r\n" + one, "no mail",
		} {
			if n, err := p.Parse(outer("8bit", m), forwarded); err != nil || n.Shop != "" || len(n.Parcels) != 0 {
				t.Errorf("%+v, %v", n, err)
			}
		}
	})
	t.Run("the shop itself forwards nothing", func(t *testing.T) {
		t.Parallel()
		raw := strings.Replace(string(outer("8bit", one)), "From: partner@example.org", "From: transaction@notice.aliexpress.com", 1)
		if n, err := p.Parse([]byte(raw), unverified); err != nil || len(n.Parcels) != 0 {
			t.Errorf("%+v, %v", n, err)
		}
	})
}

func TestAForwardersOtherMailIsNone(t *testing.T) {
	t.Parallel()
	p := newParser(t, options{Forwarders: []string{"partner@example.org"}})
	for name, raw := range map[string][]byte{
		"a letter":                sent("Dinner?", "Package "+lp+" and order "+order1),
		"a mail of another shop":  sent("Fwd: "+delivered, "From: Shop <a@shop.example>\nSubject: "+delivered+"\n\nTracking number "+lp),
		"a look-alike":            sent("Fwd: "+delivered, "From: AliExpress <transaction@notice.aliexpress.com.evil.example>\nSubject: "+delivered+"\n\nTracking number "+lp),
		"marketing of the shop":   sent("Fwd: x", "From: AliExpress <a@deals.aliexpress.com>\nSubject: Sale\n\nTracking number "+lp),
		"the shop named in prose": sent("hi", "I wrote to transaction@notice.aliexpress.com about "+lp),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if n, err := p.Parse(raw, forwarded); err != nil || n.Shop != "" || len(n.Parcels)+len(n.Orders) != 0 {
				t.Errorf("%q %v %v, %v", n.Shop, n.Orders, numbers(n), err)
			}
		})
	}
}

func TestACopiedLogisticsBlockIsRead(t *testing.T) {
	t.Parallel()
	raw := sent("our parcel", "Look:\n\nOrder number: "+order1+"\nLogistics Information\nSender: China Post\nTracking number: "+s10+"\nTrack at: 17track.net\n")
	n, err := newParser(t, options{Forwarders: []string{"partner@example.org"}}).Parse(raw, forwarded)
	if err != nil || n.Shop != theShop.Name() || n.Step != parcel.StepUpdate || len(n.Parcels) != 1 || n.Logistics.Sender != "China Post" {
		t.Errorf("%+v, %v", n, err)
	}
	if n, err := newParser(t, options{}).Parse(raw, forwarded); err != nil || n.Shop != "" {
		t.Errorf("from a person nobody configured: %+v, %v", n, err)
	}
}

func TestWhatAForwarderAttachesIsRead(t *testing.T) {
	t.Parallel()
	const head = "From: Pat <partner@example.org>\r\nSubject: Fwd: mail\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n"
	p := newParser(t, options{Forwarders: []string{"partner@example.org"}})
	file := base64.StdEncoding.EncodeToString(letter(delivered, "Order number "+order1))
	n, err := p.Parse([]byte(head+"--b\r\nContent-Type: application/octet-stream; name=Package.EML\r\nContent-Transfer-Encoding: base64\r\n\r\n"+file+"\r\n--b--\r\n"), forwarded)
	if err != nil || len(n.Parcels) != 1 || n.Parcels[0].Number != lp {
		t.Errorf("a saved mail: %+v, %v", n, err)
	}
	picture := strings.Repeat(strings.Repeat("QUJD", 19)+"\r\n", 5000)
	copied := "From: AliExpress <transaction@notice.aliexpress.com>\r\nSubject: " + delivered + "\r\n\r\nOrder number " + order1
	n, err = p.Parse([]byte(head+"--b\r\nContent-Type: image/png\r\nContent-Transfer-Encoding: base64\r\n\r\n"+picture+"--b\r\nContent-Type: text/plain\r\n\r\n"+copied+"\r\n--b--\r\n"), forwarded)
	if err != nil || len(n.Parcels) != 1 || n.Parcels[0].Number != lp || len(n.Problems) != 0 {
		t.Errorf("text behind a large picture: %+v, %v", n, err)
	}
	n, err = p.Parse([]byte(head+"--b\r\nContent-Type: application/ms-tnef; name=winmail.dat\r\n\r\nx\r\n--b--\r\n"), forwarded)
	if err != nil || len(n.Parcels) != 0 || len(n.Problems) != 1 || !strings.Contains(locale.English(n.Problems[0]), "winmail.dat") {
		t.Errorf("a winmail.dat: %+v, %v", n, err)
	}
}
