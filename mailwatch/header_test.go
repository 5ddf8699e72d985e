package mailwatch_test

import (
	"strings"
	"testing"
	"time"
	"unicode"
	"unicode/utf8"

	"parcelwatch/mail"
	"parcelwatch/mailwatch"
)

func TestSendersAreFoundInTheHeader(t *testing.T) {
	t.Parallel()
	senders := mail.NewSenders(mail.Choice{
		Domains: []string{"aliexpress.com"}, Forwarders: []string{"partner@example.org"}, Others: []string{"xn--e1afmkfd.xn--p1ai"},
	})
	cases := []struct {
		name, header string
		want         bool
	}{
		{"the shop", "From: AliExpress <transaction@notice.aliexpress.com>\r\n", true},
		{"the shop's own domain", "From: noreply@ALIEXPRESS.com\r\n", true},
		{"a name that only ends alike", "From: x@notaliexpress.com\r\n", false},
		{"a name that only begins alike", "From: x@aliexpress.com.example.net\r\n", false},
		{"the shop only in words", "From: \"aliexpress.com\" <x@example.net>\r\n", false},
		{"a forwarder", "From: Partner <partner@example.org>\r\n", true},
		{"somebody else there", "From: Other <other@example.org>\r\n", false},
		{"a longer name than the forwarder's", "From: <notpartner@example.org>\r\n", false},
		{"Apple's relay", "From: AliExpress <transaction_at_notice_aliexpress_com_k2m4x6q8zz_4f8e1a7c@privaterelay.appleid.com>\r\n", true},
		{"sent by the shop for another", "From: x@example.net\r\nSender: transaction@notice.aliexpress.com\r\n", true},
		{"forwarded as it was", "From: x@example.net\r\nResent-From: partner@example.org\r\n", true},
		{"only named in the subject", "From: x@example.net\r\nSubject: transaction@notice.aliexpress.com\r\n", false},
		{"two From fields", "From: x@example.net\r\nFrom: transaction@notice.aliexpress.com\r\n", true},
		{"folded", "From: AliExpress\r\n <transaction@notice.aliexpress.com>\r\n", true},
		{"broken grammar", "From: AliExpress <<transaction@notice.aliexpress.com\r\n", true},
		{"a line that is none before it", "nonsense\r\nFrom: transaction@notice.aliexpress.com\r\n", true},
		{"a local part in another script", "From: Магазин <заказ@notice.aliexpress.com>\r\n", true},
		{"a domain in another script", "From: x@почта.пример.рф\r\n", true},
		{"the same as name servers know it", "From: x@xn--80a1acny.xn--e1afmkfd.xn--p1ai\r\n", true},
		{"letters that only look alike", "From: x@аliexpress.com\r\n", false}, // a Cyrillic а
		{"no sender", "Subject: hello\r\n", false},
		{"nothing", "", false},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			if got, _, _ := mailwatch.HeaderMatches([]byte(c.header+"\r\n"), senders); got != c.want {
				t.Errorf("got %v", got)
			}
		})
	}
}

func TestSubjectAndDateOfAHeader(t *testing.T) {
	t.Parallel()
	raw := "From: x@example.net\r\nSubject: =?utf-8?B?0J/QvtGB0YvQu9C60LA=?=\r\n on two lines\r\nDate: Mon, 02 Mar 2026 10:00:00 +0300\r\n\r\n"
	_, subject, date := mailwatch.HeaderMatches([]byte(raw), mail.Senders{})
	if subject != "Посылка on two lines" {
		t.Errorf("subject: %q", subject)
	}
	if want := time.Date(2026, 3, 2, 7, 0, 0, 0, time.UTC); !date.Equal(want) {
		t.Errorf("date: %v", date)
	}
}

func FuzzHeader(f *testing.F) {
	f.Add([]byte("From: AliExpress <transaction@notice.aliexpress.com>\r\nSubject: =?x?y?z?=\r\n\r\n"))
	f.Add([]byte("From: a@aliexpress.com\r\n\x00\r\n"))
	f.Add([]byte(strings.Repeat("a", 3000)))
	f.Fuzz(func(t *testing.T, raw []byte) {
		matches, subject, _ := mailwatch.HeaderMatches(raw, senders("aliexpress.com"))
		if matches && !strings.Contains(strings.ToLower(string(raw)), "aliexpress") {
			t.Error("a sender was found that is not there")
		}
		if strings.ContainsFunc(subject, unicode.IsControl) || len([]rune(subject)) > 210 {
			t.Errorf("subject: %q", subject)
		}
	})
}

func FuzzOneLine(f *testing.F) {
	f.Add("a\r\nb\x1b[0m\xff")
	f.Fuzz(func(t *testing.T, s string) {
		got := mailwatch.OneLine(s)
		if !utf8.ValidString(got) || strings.ContainsFunc(got, unicode.IsControl) || len([]rune(got)) > 210 {
			t.Errorf("got %q", got)
		}
	})
}
