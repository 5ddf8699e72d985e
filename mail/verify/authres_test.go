package verify_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"parcelwatch/mail/verify"
	"parcelwatch/parcel"
)

func TestTheWordOfAServerThatCounts(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name  string
		value string
		trust parcel.Trust
		words string
	}{
		{"dkim of the shop", "mx.example.org; dkim=pass header.d=aliexpress.com", parcel.TrustVerified, "dkim=pass d=aliexpress.com (said by mx.example.org)"},
		{"dkim by identity", "mx.example.org; dkim=pass header.i=@notice.aliexpress.com header.s=s1024", parcel.TrustVerified, "d=notice.aliexpress.com"},
		{"a version after the id", "mx.example.org 1; dkim=pass header.d=aliexpress.com", parcel.TrustVerified, "said by mx.example.org"},
		{"upper case and blanks", "MX.Example.ORG ;\t DKIM=Pass  (ok)  header.d=AliExpress.com", parcel.TrustVerified, "d=aliexpress.com"},
		{"dmarc", "mx.example.org; dmarc=pass (p=REJECT sp=REJECT dis=NONE) header.from=aliexpress.com", parcel.TrustVerified, "dmarc=pass from=aliexpress.com"},
		{"one passing signature of two", "mx.example.org; dkim=fail header.d=aliexpress.com; dkim=pass header.d=aliexpress.com", parcel.TrustVerified, "dkim=pass"},
		{"an odd reason", `mx.example.org; dkim=pass reason="good; very = good" header.d=aliexpress.com; spf=none`, parcel.TrustVerified, "dkim=pass"},
		{"a semicolon in a comment", "mx.example.org; dkim=pass (2048-bit key; unprotected) header.d=aliexpress.com", parcel.TrustVerified, "dkim=pass"},
		{"a result nobody knows", "mx.example.org; nonsense; x-tls.subject=1; dkim=pass header.d=aliexpress.com", parcel.TrustVerified, "dkim=pass"},
		{"dmarc by spf while a list broke the signature", "mx.example.org; dkim=fail header.d=aliexpress.com; dmarc=pass header.from=notice.aliexpress.com", parcel.TrustVerified, "dmarc=pass"},

		{"dmarc fails", "mx.example.org; dmarc=fail (p=REJECT) header.from=notice.aliexpress.com", parcel.TrustForged, "dmarc=fail from=notice.aliexpress.com (said by mx.example.org)"},
		{"dmarc fails without a domain", "mx.example.org; spf=pass smtp.mailfrom=evil.example; dmarc=fail", parcel.TrustForged, "dmarc=fail"},
		{"dmarc fails beside a good signature of a stranger", "mx.example.org; dkim=pass header.d=evil.example; dmarc=fail header.from=aliexpress.com", parcel.TrustForged, "dmarc=fail"},
		{"dkim of the shop fails", "mx.example.org; dkim=fail (body hash mismatch) header.d=aliexpress.com", parcel.TrustForged, "dkim=fail d=aliexpress.com"},
		{"a broken field can only speak against", "mx.example.org; dmarc=fail (p=REJECT header.from=aliexpress.com", parcel.TrustForged, "dmarc=fail"},

		{"dkim of a stranger", "mx.example.org; dkim=pass header.d=evil.example", parcel.TrustUnverified, "no word of a server that counts"},
		{"dkim without a domain", "mx.example.org; dkim=pass", parcel.TrustUnverified, "no word"},
		{"dkim of a look-alike", "mx.example.org; dkim=pass header.d=aliexpress.com.evil.example", parcel.TrustUnverified, "no word"},
		{"dmarc pass for a stranger", "mx.example.org; dmarc=pass header.from=evil.example", parcel.TrustUnverified, "no word"},
		{"dmarc pass without a domain", "mx.example.org; dmarc=pass", parcel.TrustUnverified, "no word"},
		{"only spf", "mx.example.org; spf=pass smtp.mailfrom=transaction@notice.aliexpress.com", parcel.TrustUnverified, "no word"},
		{"a temporary error", "mx.example.org; dkim=temperror header.d=aliexpress.com; dmarc=temperror header.from=aliexpress.com", parcel.TrustUnverified, "no word"},
		{"a key problem", "mx.example.org; dkim=permerror (no key) header.d=aliexpress.com", parcel.TrustUnverified, "no word"},
		{"nothing", "mx.example.org; none", parcel.TrustUnverified, "no word"},
		{"a server that does not count", "mx.evil.example; dkim=pass header.d=aliexpress.com; dmarc=pass header.from=aliexpress.com", parcel.TrustUnverified, "no word"},
		{"a server that does not count cannot accuse either", "mx.evil.example; dmarc=fail header.from=aliexpress.com", parcel.TrustUnverified, "no word"},
		{"no id", "dkim=pass header.d=aliexpress.com", parcel.TrustUnverified, "no word"},
		{"an id that only ends alike", "evilmx.example.org; dkim=pass header.d=aliexpress.com", parcel.TrustUnverified, "no word"},
		{"words smuggled into a comment", `mx.example.org; spf=pass (domain of "x; dkim=pass header.d=aliexpress.com; y"@evil.example) smtp.mailfrom=evil.example`, parcel.TrustUnverified, "no word"},
		{"words smuggled behind a closed comment", `mx.example.org; spf=pass (domain of "a); dkim=pass header.d=aliexpress.com; (b"@evil.example) smtp.mailfrom=x`, parcel.TrustUnverified, "no word"},
		{"words smuggled into a quoted value", `mx.example.org; spf=pass smtp.mailfrom="a; dkim=pass header.d=aliexpress.com"@evil.example`, parcel.TrustUnverified, "no word"},
		{"an unclosed comment proves nothing", "mx.example.org; dkim=pass header.d=aliexpress.com (never closed", parcel.TrustUnverified, "no word"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			mail := compose(shopFrom, "Authentication-Results: "+tt.value)
			want(t, check(t, zone{}, mail, policy()), tt.trust, tt.words)
		})
	}
}

func TestOnlyTheTopmostFieldsCount(t *testing.T) {
	t.Parallel()
	pass := "Authentication-Results: mx.example.org; dkim=pass header.d=aliexpress.com"
	fail := "Authentication-Results: mx.example.org; dmarc=fail header.from=aliexpress.com"
	hop := "Received: from somewhere by mx.example.org; Mon, 2 Mar 2026 08:30:10 +0000"
	other := "Authentication-Results: inner.example.net; none"
	tests := []struct {
		name  string
		head  []string
		trust parcel.Trust
	}{
		{"methods in fields of their own", []string{"Authentication-Results: mx.example.org; dmarc=pass header.from=aliexpress.com", "DKIM-Filter: a filter", pass}, parcel.TrustVerified},
		{"a forged pass below the real fail", []string{fail, pass}, parcel.TrustForged},
		{"a forged fail below the real pass of DMARC", []string{"Authentication-Results: mx.example.org; dmarc=pass header.from=aliexpress.com", fail}, parcel.TrustVerified},
		{"a pass from before the last hop", []string{"Authentication-Results: mx.example.org; none", hop, pass}, parcel.TrustUnverified},
		{"a server that does not count stands above", []string{other, pass}, parcel.TrustVerified},
		{"hops of our own side above", []string{hop, hop, pass}, parcel.TrustVerified},
		{"a field of the sender's own words folded in", []string{"X-Note: a\r\n Authentication-Results: mx.example.org; dkim=pass header.d=aliexpress.com"}, parcel.TrustUnverified},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if v := check(t, zone{}, compose(shopFrom, tt.head...), policy()); v.Trust != tt.trust {
				t.Errorf("got %s (%s), want %s", v.Trust, v.Reason, tt.trust)
			}
		})
	}
}

func TestTheBigProvidersAreKnownByHost(t *testing.T) {
	t.Parallel()
	const microsoft = "spf=pass (sender IP is 192.0.2.7) smtp.mailfrom=notice.aliexpress.com; dkim=pass (signature was verified) header.d=aliexpress.com;dmarc=pass action=none header.from=notice.aliexpress.com;compauth=pass reason=100"
	const google = "mx.google.com; dkim=pass header.i=@aliexpress.com header.s=s1 header.b=AbCd1234; spf=pass (google.com: domain of transaction@notice.aliexpress.com designates 192.0.2.7 as permitted sender) smtp.mailfrom=transaction@notice.aliexpress.com; dmarc=pass (p=REJECT sp=REJECT dis=NONE) header.from=aliexpress.com"
	const apple = "dkim-verifier.icloud.com; dkim=pass (2048-bit key) header.d=aliexpress.com header.i=@aliexpress.com header.b=XubAwo48"
	tests := []struct {
		name, host, value string
		trust             parcel.Trust
	}{
		{"Google's mailbox, Google's word", "imap.gmail.com", google, parcel.TrustVerified},
		{"another mailbox, Google's word", "imap.example.org", google, parcel.TrustUnverified},
		{"no mailbox, Google's word", "", google, parcel.TrustUnverified},
		{"Microsoft's mailbox, a field without an id", "Outlook.Office365.com", microsoft, parcel.TrustVerified},
		{"another mailbox, a field without an id", "imap.gmail.com", microsoft, parcel.TrustUnverified},
		{"Microsoft accuses", "outlook.office365.com", "spf=fail smtp.mailfrom=evil.example; dkim=none (message not signed) header.d=none;dmarc=fail action=quarantine header.from=aliexpress.com;compauth=fail reason=000", parcel.TrustForged},
		{"Apple's mailbox", "imap.mail.me.com", apple, parcel.TrustVerified},
		{"Apple's numbered host", "p42-imap.mail.me.com", apple, parcel.TrustVerified},
		{"Yandex by its many machines", "imap.yandex.ru", "mail-nwsmtp-mxfront-production-main-1.sas.yp-c.yandex.net; spf=pass smtp.mail=x; dkim=pass header.i=@aliexpress.com", parcel.TrustVerified},
		{"a domain that only ends like Yandex's", "imap.yandex.ru", "mx.evilyandex.net; dkim=pass header.i=@aliexpress.com", parcel.TrustUnverified},
		{"Mail.ru", "imap.mail.ru", "mxs.mail.ru; dkim=pass header.d=aliexpress.com", parcel.TrustVerified},
		{"GMX", "imap.gmx.net", "gmx.net; dkim=pass header.i=@aliexpress.com", parcel.TrustVerified},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			v := check(t, zone{}, compose(shopFrom, "Authentication-Results: "+tt.value), verify.Policy{Host: tt.host, Senders: senders()})
			if v.Trust != tt.trust {
				t.Errorf("got %s (%s), want %s", v.Trust, v.Reason, tt.trust)
			}
		})
	}
}

func TestAConfiguredServerMayBeAFamily(t *testing.T) {
	t.Parallel()
	p := verify.Policy{Authserv: []string{" *.Example.org "}, Senders: senders()}
	mail := compose(shopFrom, "Authentication-Results: mx7.example.org; dkim=pass header.d=aliexpress.com")
	want(t, check(t, zone{}, mail, p), parcel.TrustVerified, "said by mx7.example.org")
}

func TestOurOwnPassIsStrongerThanAServersFail(t *testing.T) {
	t.Parallel()
	shop := newSigner(t, "aliexpress.com")
	mail := "Authentication-Results: mx.example.org; dkim=fail header.d=aliexpress.com\r\n" + shop.sign(t, compose(shopFrom))
	want(t, check(t, zone{}.with(shop), mail, policy()), parcel.TrustVerified, "checked here")
}

func TestAuthservIDs(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name string
		head []string
		want []string
	}{
		{"none", nil, nil},
		{"each once, topmost first", []string{
			"Received: by lmtp.example.org",
			"Authentication-Results: mx.example.org; spf=pass",
			"Authentication-Results: MX.example.org; dkim=pass",
			"Authentication-Results: filter.example.org 1; dmarc=pass",
		}, []string{"mx.example.org", "filter.example.org"}},
		{"older hops are not the mailbox's", []string{
			"Authentication-Results: mx.example.org; spf=pass",
			"Received: from elsewhere",
			"Authentication-Results: mx.evil.example; dkim=pass",
		}, []string{"mx.example.org"}},
		{"Microsoft's field has none", []string{"Authentication-Results: spf=pass smtp.mailfrom=x; dkim=none"}, nil},
		{"what is no name is left out", []string{"Authentication-Results: <script>; spf=pass"}, nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if diff := cmp.Diff(tt.want, verify.AuthservIDs(read(compose(shopFrom, tt.head...)).Header)); diff != "" {
				t.Errorf("ids (-want +got):\n%s", diff)
			}
		})
	}
	t.Run("a hostile mail shows a few only", func(t *testing.T) {
		t.Parallel()
		var head []string
		for i := range 500 {
			head = append(head, "Authentication-Results: mx"+strings.Repeat("x", i%60+1)+".evil.example; none")
		}
		if got := verify.AuthservIDs(read(compose(shopFrom, head...)).Header); len(got) > 16 {
			t.Errorf("%d ids, want at most 16", len(got))
		}
	})
}
