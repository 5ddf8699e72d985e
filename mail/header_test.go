package mail_test

import (
	"encoding/base64"
	"slices"
	"strings"
	"testing"
	"time"

	"parcelwatch/mail"
)

func TestHeaders(t *testing.T) {
	t.Parallel()
	raw := "Received: from a by b\r\nFrom: AliExpress <Transaction@Notice.AliExpress.com>\r\nTo: me@example.org\r\n" +
		"Subject: =?utf-8?q?Packst=C3=BCck?= LP00999900000034:\r\n beim Zoll\r\nMessage-ID: <1.2@notice.aliexpress.com>\r\n" +
		"Date: Sun, 01 Mar 2026 09:30:09 +0100\r\n\r\nFrom: nobody@example.org\r\n"
	h := mail.ParseHeader([]byte(raw))
	if !slices.Equal(h.From, []mail.Address{{Name: "AliExpress", Addr: "transaction@notice.aliexpress.com"}}) {
		t.Errorf("From %v", h.From)
	}
	if h.Subject != "Packstück LP00999900000034: beim Zoll" {
		t.Errorf("Subject %q", h.Subject)
	}
	if h.MessageID != "1.2@notice.aliexpress.com" || h.Own {
		t.Errorf("Message-ID %q, own %v", h.MessageID, h.Own)
	}
	if want := time.Date(2026, 3, 1, 8, 30, 9, 0, time.UTC); !h.Date.Equal(want) {
		t.Errorf("Date %v, want %v", h.Date, want)
	}
}

func TestBrokenHeadersAreRead(t *testing.T) {
	t.Parallel()
	const good = "From: a@aliexpress.com\r\nSubject: Order\r\n\r\nbody"
	tests := []struct{ name, raw string }{
		{"line feeds only", strings.ReplaceAll(good, "\r\n", "\n")},
		{"an mbox line in front", "From a@aliexpress.com Sun Mar  1 08:30:09 2026\r\n" + good},
		{"a byte order mark", "\ufeff" + good},
		{"blank lines in front", "\r\n\r\n" + good},
		{"a line without a colon", "From: a@aliexpress.com\r\nthis is no field\r\nSubject: Order\r\n\r\nbody"},
		{"a field name with a blank", "From: a@aliexpress.com\r\nBad Field: x\r\nSubject: Order\r\n\r\nbody"},
		{"a continuation in front", " lost\r\n" + good},
		{"no end", "From: a@aliexpress.com\r\nSubject: Order"},
		{"a NUL", "X-A: \x00\r\n" + good},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			h := mail.ParseHeader([]byte(tt.raw))
			if len(h.From) != 1 || h.From[0].Addr != "a@aliexpress.com" || h.Subject != "Order" {
				t.Errorf("From %v, Subject %q", h.From, h.Subject)
			}
		})
	}
}

func TestWhatIsNoMail(t *testing.T) {
	t.Parallel()
	for name, raw := range map[string]string{
		"nothing": "", "blanks": " \r\n\r\n ", "an mbox line alone": "From a b\n", "an image": "\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if h := mail.ParseHeader([]byte(raw)); len(h.Fields) != 0 || len(h.From) != 0 {
				t.Errorf("%+v", h)
			}
		})
	}
}

func TestSubjectsInEveryEncoding(t *testing.T) {
	t.Parallel()
	const want = "Посылка LP00999900000034: доставлена"
	tests := []struct{ name, subject string }{
		{"as it is", want},
		{"base64", "=?utf-8?B?" + base64.StdEncoding.EncodeToString([]byte(want)) + "?="},
		{"cut in the middle of a letter", "=?utf-8?B?0J/QvtGB0YvQu9C60LAgTFAwMDk5OTkwMDAwMDAzNDog0LTQvtGB0YI=?= =?utf-8?B?0LDQstC70LXQvdA=?=\r\n =?utf-8?B?sA==?="},
		{"koi8-r", "=?koi8-r?B?8M/T2czLwSBMUDAwOTk5OTAwMDAwMDM0OiDEz9PUwdfMxc7B?="},
		{"windows-1251", "=?windows-1251?Q?=CF=EE=F1=FB=EB=EA=E0_LP00999900000034:_=E4=EE=F1=F2=E0=E2=EB=E5=ED=E0?="},
		{"a language behind the charset", "=?utf-8*ru?B?0J/QvtGB0YvQu9C60LA=?= LP00999900000034: =?utf-8?Q?=D0=B4=D0=BE=D1=81=D1=82=D0=B0=D0=B2=D0=BB=D0=B5=D0=BD=D0=B0?="},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			h := mail.ParseHeader([]byte("Subject: " + tt.subject + "\r\n\r\n"))
			if h.Subject != want {
				t.Errorf("%q", h.Subject)
			}
		})
	}
}

func TestBrokenEncodedWordsStay(t *testing.T) {
	t.Parallel()
	for _, s := range []string{"=?utf-8?q?never", "=?utf-8?x?abc?=", "=??q?abc?=", "=? = ?=", "=?utf-8?q"} {
		if h := mail.ParseHeader([]byte("Subject: " + s + "\r\n\r\n")); h.Subject != s {
			t.Errorf("%q became %q", s, h.Subject)
		}
	}
	h := mail.ParseHeader([]byte("Subject: =?nobody-knows?q?Order=2E?= =?utf-8?B?T3JkZXI!?=\r\n\r\n"))
	if !strings.HasPrefix(h.Subject, "Order.Order") {
		t.Errorf("%q", h.Subject)
	}
}

func TestEveryFromIsSeen(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, head string
		want       int
	}{
		{"one", "From: A <a@aliexpress.com>", 1},
		{"two fields", "From: a@aliexpress.com\r\nFrom: b@example.org", 2},
		{"two addresses", "From: a@aliexpress.com, b@example.org", 2},
		{"a broken list", `From: A [x] <a@aliexpress.com> <b@example.org>`, 2},
		{"none", "From: AliExpress", 0},
		{"no brackets", "From: AliExpress [x] a@aliexpress.com", 1},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if h := mail.ParseHeader([]byte(tt.head + "\r\n\r\n")); len(h.From) != tt.want {
				t.Errorf("%v", h.From)
			}
		})
	}
}

func TestOwnDigestsAreKnown(t *testing.T) {
	t.Parallel()
	for _, field := range []string{
		"X-Parcelwatch: digest", "List-Id: parcelwatch <parcelwatch.example.org>", "Message-ID: <20260301.abc@parcelwatch.example.org>",
	} {
		if h := mail.ParseHeader([]byte("From: me@example.org\r\n" + field + "\r\n\r\n")); !h.Own {
			t.Errorf("%s: not known as our own", field)
		}
	}
}

func TestLongHeadersAreBounded(t *testing.T) {
	t.Parallel()
	h := mail.ParseHeader([]byte("Subject: " + strings.Repeat("ж", 5000) + "\r\nMessage-ID: <" + strings.Repeat("a", 5000) + ">\r\n\r\n"))
	if len([]rune(h.Subject)) > 300 || len(h.MessageID) > 300 {
		t.Errorf("%d runes of subject, %d of id", len([]rune(h.Subject)), len(h.MessageID))
	}
}
