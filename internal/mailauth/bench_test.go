package mailauth_test

import (
	"strings"
	"testing"

	"parcelwatch/internal/mailauth"
)

// BenchmarkCheck judges a signed mail of the usual size with its key at hand,
// and one with as many junk signatures as its header may hold.
func BenchmarkCheck(b *testing.B) {
	shop, evil := newSigner(b, "aliexpress.com"), newSigner(b, "evil.example")
	usual := shop.sign(b, compose(shopFrom)+strings.Repeat("<p>a line of a large mail, as the shop writes them</p>\r\n", 1100))
	for name, mail := range map[string]string{
		"usual": usual,
		"heap":  heap(shop.sign(b, usual), 2000),
		"alien": heap(evil.sign(b, usual), 2000),
	} {
		b.Run(name, func(b *testing.B) {
			c := mailauth.New(zone{}.with(shop))
			b.ReportAllocs()
			b.SetBytes(int64(len(mail)))
			for b.Loop() {
				if _, err := c.Check(b.Context(), []byte(mail), policy()); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
