package extract

import (
	"embed"
	"slices"
	"strings"

	"parcelwatch/mail"
)

//go:embed phrases/*.tsv
var tables embed.FS

// isShop reports whether an address belongs to the shop and sends parcel mail.
// An address that a known rewriter made from such an address counts as well.
func (p *Parser) isShop(addr string) bool {
	s := p.senders.Of(mail.Address{Addr: strings.ToLower(addr)}, mail.Header{})
	return !s.Quiet && (s.Class == mail.Shop || s.Class == mail.Rewritten)
}

// shopSite reports whether the host of a link is the shop's.
func (p *Parser) shopSite(host string) bool {
	return p.shop.Site(host) || slices.ContainsFunc(p.senders.Domains(), func(d string) bool { return mail.Under(host, d) })
}
