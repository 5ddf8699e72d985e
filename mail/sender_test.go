package mail_test

import (
	"slices"
	"strings"
	"testing"

	"parcelwatch/mail"
)

const ids = "_k2m4x6q8zz_4f8e1a7c"

func table() mail.Senders {
	return mail.NewSenders(mail.Choice{
		Domains: []string{"aliexpress.com", "aliexpress.ru"}, Quiet: []mail.Quiet{{Local: "*", Sub: "deals"}, {Local: "promo*", Sub: "*"}},
		Forwarders: []string{"Partner@example.org", "family@groups.example.org"}, Others: []string{"post.example"},
	})
}

// cases returns mails with their expected classification.
func cases() []senderCase {
	const shop = "transaction@notice.aliexpress.com"
	return []senderCase{
		{"the shop", "From: AliExpress <" + shop + ">", mail.Shop, shop},
		{"Apple's relay", "From: AliExpress <transaction_at_notice_aliexpress_com" + ids + "@privaterelay.appleid.com>", mail.Rewritten, shop},
		{"Firefox Relay", `From: "` + shop + ` [via Relay]" <k3x9q2m7z@mozmail.com>`, mail.Rewritten, shop},
		{"Firefox Relay at a user's own sub-domain", `From: "` + shop + ` [via Relay]" <shop@pat.mozmail.com>`, mail.Rewritten, shop},
		{"SimpleLogin", "From: AliExpress <x7k2@simplelogin.co>\r\nX-SimpleLogin-Original-From: AliExpress <" + shop + ">", mail.Rewritten, shop},
		{"Proton Pass", "From: <x7k2.shop@passmail.net>\r\nX-SimpleLogin-Original-From: " + shop, mail.Rewritten, shop},
		{"addy.io", "From: <shop+transaction=notice.aliexpress.com@pat.anonaddy.com>", mail.Rewritten, shop},
		{"DuckDuckGo", "From: AliExpress <transaction_at_notice.aliexpress.com_pat@duck.com>", mail.Rewritten, shop},
		{"a configured group", "From: 'AliExpress' via family <family@groups.example.org>\r\nX-Original-From: AliExpress <" + shop + ">", mail.Forwarder, shop},
		{"a configured alias with the shop in Reply-To", "From: partner@example.org\r\nReply-To: " + shop, mail.Forwarder, shop},
		{"a forwarder that puts the shop's address into the name", `From: "AliExpress (` + shop + `)" <partner@example.org>`, mail.Forwarder, shop},
		{"a forwarder that puts it into a comment", "From: partner@example.org (" + shop + " via list)", mail.Forwarder, shop},
		{"a forwarder that spells the address", `From: "AliExpress - transaction at notice.aliexpress.com" <partner@example.org>`, mail.Forwarder, shop},
		{"a forwarder that names two addresses", `From: "` + shop + ` x@evil.example" <partner@example.org>`, mail.Forwarder, ""},
		{"a stranger that names the shop", `From: "` + shop + `" <a@evil.example>`, mail.Foreign, ""},
		{"a forwarder's own mail", "From: Pat <partner@example.org>", mail.Forwarder, ""},

		{"an unknown group that names the shop", "From: list@other.example\r\nX-Original-From: " + shop, mail.Foreign, shop},
		{"Firefox Relay with two addresses in the name", `From: "` + shop + ` x@evil.example [via Relay]" <k3x9q2m7z@mozmail.com>`, mail.Foreign, ""},
		{"SimpleLogin with its field written twice", "From: <x7k2@simplelogin.co>\r\nX-SimpleLogin-Original-From: " + shop + "\r\nX-SimpleLogin-Original-From: x@evil.example", mail.Foreign, ""},
		{"SimpleLogin with the field of another service", "From: <x7k2@simplelogin.co>\r\nX-Original-From: " + shop, mail.Foreign, ""},
		{"addy.io for a stranger", "From: <shop+transaction=notice.aliexpress.com.evil.example@anonaddy.me>", mail.Foreign, ""},
		{"DuckDuckGo for a stranger", "From: <a_at_aliexpress.com_at_evil.example_pat@duck.com>", mail.Foreign, ""},
		{"a look-alike of a rewriter", `From: "` + shop + ` [via Relay]" <k3x9q2m7z@mozmail.com.evil.example>`, mail.Foreign, ""},
		{"a sub-domain of Apple's relay", "From: <transaction_at_notice_aliexpress_com" + ids + "@evil.privaterelay.appleid.com>", mail.Foreign, shop},
		{"a stranger", "From: a@evil.example", mail.Foreign, ""},
	}
}

type senderCase struct {
	name, head string
	class      mail.Class
	original   string
}

func TestWhoSentAMail(t *testing.T) {
	t.Parallel()
	for _, tt := range cases() {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			h := mail.ParseHeader([]byte(tt.head + "\r\n\r\n"))
			if len(h.From) != 1 {
				t.Fatalf("From %v", h.From)
			}
			got := table().Of(h.From[0], h)
			if got.Class == mail.Foreign && tt.original == "" {
				got.Original = "" // only claimed
			}
			if got.Class != tt.class || tt.original != "" && got.Original != tt.original {
				t.Errorf("got %d %q, want %d %q", got.Class, got.Original, tt.class, tt.original)
			}
		})
	}
}

// TestWhatIsReadIsChosen checks that every mail that is parsed is also
// selected: the server search finds it, and its header is wanted.
func TestWhatIsReadIsChosen(t *testing.T) {
	t.Parallel()
	s := table()
	for _, tt := range cases() {
		h := mail.ParseHeader([]byte(tt.head + "\r\n\r\n"))
		from := strings.ToLower(strings.Join(h.Values("From"), " "))
		asked := slices.ContainsFunc(s.Keys(), func(key string) bool { return strings.Contains(from, key) })
		if tt.class != mail.Foreign && (!s.Wants(h) || !asked) {
			t.Errorf("%s: wanted %v, asked for %v", tt.name, s.Wants(h), asked)
		}
	}
	if stranger := mail.ParseHeader([]byte("From: a@evil.example\r\n\r\n")); s.Wants(stranger) {
		t.Error("a stranger's mail is wanted")
	}
	if rule := mail.ParseHeader([]byte("From: a@mail.post.example\r\n\r\n")); !s.Wants(rule) {
		t.Error("mail of a rule's sender is not wanted")
	}
	if unknown := mail.ParseHeader([]byte("From: list@other.example\r\nReply-To: transaction@notice.aliexpress.com\r\n\r\n")); !s.Wants(unknown) {
		t.Error("mail of an unknown rewriter is not wanted")
	}
}

func TestQuietSendersAreQuietUnderEveryFrom(t *testing.T) {
	t.Parallel()
	for _, head := range []string{
		"From: a@deals.aliexpress.com", "From: promotion@notice.aliexpress.com",
		"From: a_at_deals_aliexpress_com" + ids + "@privaterelay.appleid.com", `From: "a@eu.deals.aliexpress.com [via Relay]" <k3x9@mozmail.com>`,
	} {
		h := mail.ParseHeader([]byte(head + "\r\n\r\n"))
		if s := table().Of(h.From[0], h); !s.Quiet || s.Class == mail.Foreign {
			t.Errorf("%s: %+v", head, s)
		}
	}
}

func TestOnlyThePersonsPartsOfARewrittenAddressArePrivate(t *testing.T) {
	t.Parallel()
	for addr, want := range map[string][]string{
		"transaction_at_notice_aliexpress_com" + ids + "@privaterelay.appleid.com": {"k2m4x6q8zz", "4f8e1a7c"},
		"shop+transaction=notice.aliexpress.com@anonaddy.me":                       {"shop"},
		"transaction_at_notice.aliexpress.com_pat@duck.com":                        {"pat"},

		"k3x9q2m7z@mozmail.com": {"k3x9q2m7z"},
	} {
		if got, ok := table().Private(addr); !ok || !slices.Equal(got, want) {
			t.Errorf("%s: %v, %v", addr, got, ok)
		}
	}
}
