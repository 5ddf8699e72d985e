package verify_test

import (
	"strings"
	"testing"

	"parcelwatch/internal/locale"
	"parcelwatch/mail/verify"
	"parcelwatch/parcel"
)

// FuzzCheck checks what must be true for every mail: the verdict has a one-line
// reason, there is no error, and only a signature or a trusted server makes the
// verdict good.
func FuzzCheck(f *testing.F) {
	for _, head := range [][]string{
		nil,
		{passes},
		{"Authentication-Results: mx.example.org; dkim=pass (a (b) \"c) header.d=aliexpress.com"},
		{"DKIM-Signature: v=1; a=rsa-sha256; d=aliexpress.com; s=s1; h=from:subject; bh=AA==; b=AA=="},
		{"DKIM-Signature: v=1; d= ali\r\n express.com; b", "From: second@evil.example"},
		{" folded before anything", "From : odd", ": no name"},
	} {
		f.Add([]byte(compose(shopFrom, head...)))
		f.Add([]byte(compose(relayFrom, head...)))
		f.Add([]byte(compose(friend, head...)))
	}
	f.Add([]byte("From: a@aliexpress.com\n\n"))
	f.Add([]byte("\r\n\r\n"))
	f.Fuzz(func(t *testing.T, raw []byte) {
		v, err := verify.New(zone{}).Check(t.Context(), read(string(raw)), verify.Policy{Senders: senders("partner@example.org")})
		if err != nil {
			t.Fatalf("error %v", err)
		}
		if reason := locale.English(v.Reason); reason == "" || len(reason) > 300 || strings.ContainsAny(reason, "\r\n\x00") {
			t.Errorf("reason %q", v.Reason)
		}
		switch v.Trust {
		case parcel.TrustUnverified, parcel.TrustForwarded, parcel.TrustForged, parcel.TrustForeign:
		default:
			t.Errorf("trust %q without a key and without a server that counts", v.Trust)
		}
		if len(verify.AuthservIDs(read(string(raw)).Header)) > 16 {
			t.Error("too many ids")
		}
	})
}
