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

// large is a mail of the usual size, some 60 KB.
func large() string {
	return compose(shopFrom) + strings.Repeat("<p>a line of a large mail, as the shop writes them</p>\r\n", 1100)
}

// BenchmarkCheckRSA judges a mail signed as the shop signs, with its key at hand.
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
		HeaderKeys: []string{"From", "Subject", "Date", "To"},
	}); err != nil {
		b.Fatal(err)
	}
	c := verify.New(zone{"s1._domainkey.aliexpress.com": {"v=DKIM1; k=rsa; p=" + base64.StdEncoding.EncodeToString(public)}})
	b.ReportAllocs()
	b.SetBytes(int64(signed.Len()))
	for b.Loop() {
		if v, err := c.Check(b.Context(), read(signed.String()), policy()); err != nil || v.Trust != parcel.TrustVerified {
			b.Fatal(v, err)
		}
	}
}

// BenchmarkBareRSA is what no check of such a signature can do without: one hash
// over the mail and one verification.
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

// BenchmarkCheck judges a signed mail of the usual size with its key at hand,
// and one with as many junk signatures as its header may hold.
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
