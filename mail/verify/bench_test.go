package verify_test

import (
	"bytes"
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"strings"
	"testing"

	"github.com/emersion/go-msgauth/dkim"

	"parcelwatch/mail/verify"
	"parcelwatch/parcel"
)

// large returns a mail of the usual size, about 60 KB.
func large() string {
	return compose(shopFrom) + strings.Repeat("<p>a line of a large mail, as the shop writes them</p>\r\n", 1100)
}

// BenchmarkCheckRSA checks a mail with a signature like the shop's and a cached
// key.
func BenchmarkCheckRSA(b *testing.B) {
	key := rsaKey(b)
	public, err := x509.MarshalPKIXPublicKey(&key.PublicKey)
	if err != nil {
		b.Fatal(err)
	}
	var signed bytes.Buffer
	if err := dkim.Sign(&signed, strings.NewReader(large()), &dkim.SignOptions{
		Domain: "aliexpress.com", Selector: "s1", Signer: key,
		HeaderCanonicalization: dkim.CanonicalizationRelaxed, BodyCanonicalization: dkim.CanonicalizationRelaxed,
		HeaderKeys: []string{"From", "Subject", "Date", "To", "Content-Type"},
	}); err != nil {
		b.Fatal(err)
	}
	c := verify.New(zone{"s1._domainkey.aliexpress.com": {"v=DKIM1; k=rsa; p=" + base64.StdEncoding.EncodeToString(public)}})
	b.ReportAllocs()
	b.SetBytes(int64(signed.Len()))
	m := read(signed.String()) // the header is parsed once, before the check
	for b.Loop() {
		if v, err := c.Check(b.Context(), m, policy()); err != nil || v.Trust != parcel.TrustVerified {
			b.Fatal(v, err)
		}
	}
}

// BenchmarkBareRSA measures the minimum cost of such a check: one hash of the
// mail and one signature verification.
func BenchmarkBareRSA(b *testing.B) {
	key := rsaKey(b)
	mail := []byte(large())
	sum := sha256.Sum256(mail)
	signature, err := rsa.SignPKCS1v15(rand.Reader, key, crypto.SHA256, sum[:])
	if err != nil {
		b.Fatal(err)
	}
	b.SetBytes(int64(len(mail)))
	for b.Loop() {
		sum := sha256.Sum256(mail)
		if err := rsa.VerifyPKCS1v15(&key.PublicKey, crypto.SHA256, sum[:], signature); err != nil {
			b.Fatal(err)
		}
	}
}

func rsaKey(b *testing.B) *rsa.PrivateKey {
	b.Helper()
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		b.Fatal(err)
	}
	return key
}

// BenchmarkCheck checks a signed mail of the usual size with a cached key, and
// one with the maximum number of junk signatures.
func BenchmarkCheck(b *testing.B) {
	shop, evil := newSigner(b, "aliexpress.com"), newSigner(b, "evil.example")
	usual := shop.sign(b, large())
	for name, mail := range map[string]string{
		"usual": usual,
		"heap":  heap(shop.sign(b, usual), 2000),
		"alien": heap(evil.sign(b, usual), 2000),
	} {
		b.Run(name, func(b *testing.B) {
			c := verify.New(zone{}.with(shop))
			b.ReportAllocs()
			b.SetBytes(int64(len(mail)))
			for b.Loop() {
				if _, err := c.Check(b.Context(), read(mail), policy()); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
