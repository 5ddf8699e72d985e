package verify_test

import (
	"strings"
	"testing"

	"parcelwatch/internal/locale"
	"parcelwatch/mail/verify"
	"parcelwatch/parcel"
)

// passes is the header of mail from an attacker who owns evil.example and signs
// correctly, so that the receiving server confirms everything.
const passes = "Authentication-Results: mx.example.org; spf=pass smtp.mailfrom=evil.example; dkim=pass header.d=evil.example; dmarc=pass header.from=evil.example"

func TestWhoseFromItIs(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name  string
		from  string
		trust parcel.Trust
		words string
	}{
		{"the shop", shopFrom, parcel.TrustUnverified, "no signature of aliexpress.com"},
		{"the bare address", "transaction@notice.aliexpress.com", parcel.TrustUnverified, "no signature"},
		{"upper case and a closing dot", "<Transaction@Notice.AliExpress.COM.>", parcel.TrustUnverified, "no signature"},
		{"the other shop domain", "AliExpress <info@aliexpress.ru>", parcel.TrustUnverified, "no signature of aliexpress.ru"},
		{"a name the grammar refuses", "AliExpress [Order] @ home <transaction@notice.aliexpress.com>", parcel.TrustUnverified, "no signature"},
		{"a name in an unknown charset", "=?x-nobody-knows?Q?=80?= <transaction@notice.aliexpress.com>", parcel.TrustUnverified, "no signature"},

		{"only the name is the shop's", "AliExpress <shipping@parcels.example>", parcel.TrustForeign, "From is at parcels.example, which is not the shop's"},
		{"the address of the shop as a name", `"transaction@notice.aliexpress.com" <x@evil.example>`, parcel.TrustForeign, "evil.example"},
		{"the address of the shop as a comment", "x@evil.example (transaction@notice.aliexpress.com)", parcel.TrustForeign, "evil.example"},
		{"the shop's domain in front of another", "AliExpress <a@aliexpress.com.evil.example>", parcel.TrustForeign, "only looks like aliexpress.com"},
		{"a longer name", "AliExpress <a@notaliexpress.com>", parcel.TrustForeign, "only looks like aliexpress.com"},
		{"a dash for a dot", "AliExpress <a@aliexpress-com.evil.example>", parcel.TrustForeign, "only looks like"},
		{"another ending", "AliExpress <a@aliexpress.com.de>", parcel.TrustForeign, "only looks like"},
		{"free hosting", "AliExpress <a@aliexpress-parcel.firebaseapp.com>", parcel.TrustForeign, "only looks like"},
		{"a homoglyph", "AliExpress <a@notice.aliехpress.com>", parcel.TrustForeign, "no plain domain"},
		{"a homoglyph in its other form", "AliExpress <a@xn--alipress-o4e.com>", parcel.TrustForeign, "not the shop's"},
		{"a percent hack", "AliExpress <transaction%notice.aliexpress.com@evil.example>", parcel.TrustForeign, "evil.example"},
		{"an empty From", "", parcel.TrustForeign, "no readable address"},
		{"a From without an address", "AliExpress", parcel.TrustForeign, "no readable address"},
		{"two angle brackets", "<transaction@notice.aliexpress.com> <a@evil.example>", parcel.TrustForged, "more than one address"},

		{"two addresses", "a@evil.example, transaction@notice.aliexpress.com", parcel.TrustForged, "more than one address"},
		{"a group", "AliExpress: transaction@notice.aliexpress.com, a@evil.example;", parcel.TrustForged, "more than one address"},
		{"two strangers", "a@evil.example, b@evil.example", parcel.TrustForeign, "evil.example"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			want(t, check(t, zone{}, compose(tt.from, passes), policy()), tt.trust, tt.words)
		})
	}
}

func TestExactlyOneFrom(t *testing.T) {
	t.Parallel()
	shop := newSigner(t, "aliexpress.com")
	z := zone{}.with(shop)
	genuine := shop.sign(t, compose(shopFrom))
	tests := []struct {
		name  string
		mail  string
		trust parcel.Trust
	}{
		{"a second From on top of a signed mail", "From: Eve <eve@evil.example>\r\n" + genuine, parcel.TrustForged},
		{"a second From of the shop", "From: " + shopFrom + "\r\n" + genuine, parcel.TrustForged},
		{"a second From with a blank before its colon", "FROM : Eve <eve@evil.example>\r\n" + genuine, parcel.TrustForged},
		{"an empty second From", "From:\r\n" + genuine, parcel.TrustForged},
		{"the line of an mbox is none", "From eve@evil.example Mon Mar  2 08:30:11 2026\r\n" + genuine, parcel.TrustVerified},
		{"two strangers", compose("a@evil.example", "From: b@evil.example"), parcel.TrustForeign},
		{"no From", strings.Replace(compose(shopFrom), "From: ", "X-From: ", 1), parcel.TrustForeign},
		{"no mail at all", "", parcel.TrustForeign},
		{"a From in the body only", "To: me@example.org\r\n\r\nFrom: " + shopFrom + "\r\n", parcel.TrustForeign},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if v := check(t, z, tt.mail, policy()); v.Trust != tt.trust {
				t.Errorf("got %s (%s), want %s", v.Trust, v.Reason, tt.trust)
			}
		})
	}
}

func TestASignedMailMayNotBeGivenASecondSubjectOrBody(t *testing.T) {
	t.Parallel()
	shop := newSigner(t, "aliexpress.com")
	z := zone{}.with(shop)
	for _, line := range []string{"Subject: Package CY102203075US: pay now", "Content-Type: text/html", "Content-Transfer-Encoding: base64"} {
		t.Run(line, func(t *testing.T) {
			t.Parallel()
			mail := line + "\r\nContent-Transfer-Encoding: 8bit\r\n" + shop.sign(t, compose(shopFrom))
			want(t, check(t, z, mail, policy()), parcel.TrustUnverified, "more than one ")
			said := "Authentication-Results: mx.example.org; dkim=pass header.d=aliexpress.com\r\n" + mail
			want(t, check(t, z, said, policy()), parcel.TrustUnverified, "more than one ")
		})
	}
}

func TestAppleRelayAddresses(t *testing.T) {
	t.Parallel()
	apple := newSigner(t, "privaterelay.appleid.com")
	const ids = "_k2m4x6q8zz_4f8e1a7c"
	tests := []struct {
		name, from string
		trust      parcel.Trust
	}{
		{"the shop's sender", "transaction_at_notice_aliexpress_com" + ids + "@privaterelay.appleid.com", parcel.TrustRelayed},
		{"in upper case", "Transaction_at_notice_AliExpress_com" + ids + "@PrivateRelay.AppleID.com", parcel.TrustRelayed},
		{"another sender of the shop", "ae-deals_at_deals_aliexpress_com" + ids + "@privaterelay.appleid.com", parcel.TrustRelayed},
		{"the shop without a sub-domain", "promotion_at_aliexpress_com" + ids + "@privaterelay.appleid.com", parcel.TrustRelayed},
		{"a longer domain", "transaction_at_notice_aliexpress_com_evil_example" + ids + "@privaterelay.appleid.com", parcel.TrustForeign},
		{"a name that ends alike", "transaction_at_notaliexpress_com" + ids + "@privaterelay.appleid.com", parcel.TrustForeign},
		{"the shop in the local part of a stranger", "a_at_notice_aliexpress_com_at_evil_example" + ids + "@privaterelay.appleid.com", parcel.TrustForeign},
		{"a stranger through the relay", "shop_at_example_net" + ids + "@privaterelay.appleid.com", parcel.TrustForeign},
		{"no ids", "transaction_at_notice_aliexpress_com@privaterelay.appleid.com", parcel.TrustForeign},
		{"one id", "transaction_at_notice_aliexpress_com_k2m4x6q8zz@privaterelay.appleid.com", parcel.TrustForeign},
		{"no local part", "_at_notice_aliexpress_com" + ids + "@privaterelay.appleid.com", parcel.TrustForeign},
		{"dots", "transaction.notice.aliexpress.com@privaterelay.appleid.com", parcel.TrustForeign},
		{"another relay", "transaction_at_notice_aliexpress_com" + ids + "@relay.example.org", parcel.TrustForeign},
		{"a longer relay", "transaction_at_notice_aliexpress_com" + ids + "@privaterelay.appleid.com.evil.example", parcel.TrustForeign},
		{"a sub-domain of the relay", "transaction_at_notice_aliexpress_com" + ids + "@evil.privaterelay.appleid.com", parcel.TrustForeign},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			v := check(t, zone{}.with(apple), apple.sign(t, compose("AliExpress <"+tt.from+">")), policy())
			if v.Trust != tt.trust {
				t.Errorf("got %s (%s), want %s", v.Trust, v.Reason, tt.trust)
			}
		})
	}
	t.Run("a counting server may speak for Apple too", func(t *testing.T) {
		t.Parallel()
		mail := compose(relayFrom, "Authentication-Results: mx.example.org; dkim=pass header.d=privaterelay.appleid.com")
		want(t, check(t, zone{}, mail, policy()), parcel.TrustRelayed, "Apple's relay: dkim=pass")
		mail = compose(relayFrom, "Authentication-Results: mx.example.org; dmarc=fail header.from=privaterelay.appleid.com")
		want(t, check(t, zone{}, mail, policy()), parcel.TrustForged, "dmarc=fail")
	})
}

func TestForwarders(t *testing.T) {
	t.Parallel()
	home := newSigner(t, "example.org")
	tests := []struct {
		name  string
		mail  string
		trust parcel.Trust
		words string
	}{
		{"signed by their own domain", home.sign(t, compose(friend)), parcel.TrustForwarded, "forwarded by partner@example.org: dkim=pass d=example.org (checked here)"},
		{"not signed", compose(friend), parcel.TrustForwarded, "nothing proves it"},
		{"confirmed by a counting server", compose(friend, "Authentication-Results: mx.example.org; dmarc=pass header.from=example.org"), parcel.TrustForwarded, "said by mx.example.org"},
		{"forged in their name", compose(friend, "Authentication-Results: mx.example.org; dmarc=fail header.from=example.org"), parcel.TrustForged, "dmarc=fail from=example.org"},
		{"somebody else of their domain", compose("other@example.org"), parcel.TrustForeign, "not the shop's"},
		{"their name only", compose("Partner <partner@example.net>"), parcel.TrustForeign, "not the shop's"},
		{"their address and another", compose("partner@example.org, eve@evil.example"), parcel.TrustForged, "more than one"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			want(t, check(t, zone{}.with(home), tt.mail, policy()), tt.trust, tt.words)
		})
	}
	t.Run("a silent name server does not hold their mail up", func(t *testing.T) {
		t.Parallel()
		v := check(t, zone{}, home.sign(t, compose(friend)), policy())
		want(t, v, parcel.TrustForwarded, "nothing proves it")
	})
}

func TestConfiguredDomains(t *testing.T) {
	t.Parallel()
	p := verify.Policy{Senders: sendersOf(" Shop.Example. ", "")}
	want(t, check(t, zone{}, compose("a@mail.shop.example"), p), parcel.TrustUnverified, "no signature of shop.example")
	want(t, check(t, zone{}, compose(shopFrom), p), parcel.TrustForeign, "notice.aliexpress.com, which is not the shop's")
}

func TestReasonsAreOneLineOfPlainWords(t *testing.T) {
	t.Parallel()
	for _, from := range []string{
		"a@evil.example\x1b[31m", "a@" + strings.Repeat("x", 4000) + ".example", "a@b\x00c.example", "<a@\u202eevil.example>",
	} {
		v := check(t, zone{}, compose(from), policy())
		if reason := locale.English(v.Reason); reason == "" || len(reason) > 300 || strings.ContainsAny(reason, "\r\n\x00\x1b\u202e") {
			t.Errorf("reason for %q is %q", from, v.Reason)
		}
	}
}
