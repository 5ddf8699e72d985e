package verify_test

import (
	"testing"

	"parcelwatch/mail/verify"
	"parcelwatch/parcel"
)

func TestMailThatAListChanged(t *testing.T) {
	t.Parallel()
	const (
		mx      = "mx.example.org"
		failed  = "Authentication-Results: " + mx + "; dkim=fail header.d=aliexpress.com; dmarc=fail header.from=notice.aliexpress.com"
		arc     = "; arc=pass (i=1 spf=pass dkim=pass)\r\n"
		mailing = "List-Id: <family.lists.example.net>\r\nFrom: AliExpress <transaction@notice.aliexpress.com>\r\nSubject: [family] Package\r\n\r\nHi\r\n"
		good    = "ARC-Authentication-Results: i=1; lists.example.net; dkim=pass header.d=aliexpress.com; dmarc=pass header.from=notice.aliexpress.com\r\n"
		bad     = "ARC-Authentication-Results: i=1; lists.example.net; dkim=none; dmarc=fail header.from=notice.aliexpress.com\r\n"
		seal    = "ARC-Seal: i=1; a=rsa-sha256; d=lists.example.net; s=a; cv=none; b=abc\r\n"
		ownSeal = "ARC-Seal: i=2; a=rsa-sha256; d=example.org; s=a; cv=pass; b=abc\r\nARC-Authentication-Results: i=2; " + mx + "; dkim=fail header.d=aliexpress.com\r\n"
		strange = "ARC-Seal: i=1; a=rsa-sha256; d=evil.example; s=a; cv=none; b=abc\r\n"
		signed  = "DKIM-Signature: v=1; a=rsa-sha256; d=aliexpress.com; s=x; h=from; bh=abc; b=abc\r\n"
	)
	for _, tt := range []struct {
		name, raw string
		sealers   []string
		trust     parcel.Trust
		words     string
	}{
		{"the own server vouches", failed + arc + mailing, nil, parcel.TrustUnverified, "ARC seal"},
		{"a configured list seals", failed + arc + seal + good + mailing, []string{"lists.example.net"}, parcel.TrustUnverified, "ARC seal"},
		{"the parent of a list is configured", failed + arc + seal + good + mailing, []string{"Example.NET"}, parcel.TrustUnverified, "ARC seal"},
		{"the own server seals on top", failed + arc + ownSeal + seal + good + mailing, []string{"lists.example.net"}, parcel.TrustUnverified, "ARC seal"},
		{"a list that nobody configured", failed + arc + seal + good + mailing, nil, parcel.TrustForged, "dmarc=fail"},
		{"a list that nobody configured, signed by the shop", failed + arc + seal + good + signed + mailing, nil, parcel.TrustForged, "changed on the way by a list or forwarder"},
		{"a stranger's seal below the list's", failed + arc + seal + strange + good + mailing, []string{"lists.example.net"}, parcel.TrustForged, "dmarc=fail"},
		{"the list got it without a pass", failed + arc + seal + bad + mailing, []string{"lists.example.net"}, parcel.TrustForged, "dmarc=fail"},
		{"the list wrote no results", failed + arc + seal + mailing, []string{"lists.example.net"}, parcel.TrustForged, "dmarc=fail"},
		{"a chain that is broken", failed + "; arc=fail\r\n" + seal + good + mailing, []string{"lists.example.net"}, parcel.TrustForged, "dmarc=fail"},
		{"no word about a chain", failed + "\r\n" + seal + good + mailing, []string{"lists.example.net"}, parcel.TrustForged, "dmarc=fail"},
		{"a pass in a comment", failed + " (; arc=pass)\r\n" + mailing, nil, parcel.TrustForged, "dmarc=fail"},
		{"a pass of a strange server", failed + "\r\nAuthentication-Results: evil.example; arc=pass\r\n" + mailing, nil, parcel.TrustForged, "dmarc=fail"},
		{"a pass below the border", failed + "\r\nReceived: by x\r\nAuthentication-Results: " + mx + "; arc=pass\r\n" + mailing, nil, parcel.TrustForged, "dmarc=fail"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			p := verify.Policy{Senders: senders(), Authserv: []string{mx}, Sealers: tt.sealers}
			got, err := verify.New(zone{}).Check(t.Context(), read(tt.raw), p)
			if err != nil {
				t.Fatal(err)
			}
			want(t, got, tt.trust, tt.words)
		})
	}
}
