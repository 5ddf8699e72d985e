package extract

import (
	"embed"
	"slices"
	"strings"

	"parcelwatch/mail"
)

//go:embed data/*.tsv phrases/*.tsv
var tables embed.FS

// isShop reports whether an address alone is the shop's, or one that a known
// rewriter made of the shop's, of a kind that tells of parcels.
func (p *Parser) isShop(addr string) bool {
	s := p.senders.Of(mail.Address{Addr: strings.ToLower(addr)}, mail.Header{})
	return !s.Quiet && (s.Class == mail.Shop || s.Class == mail.Rewritten)
}

// shopSite reports whether a host of a link is the shop's: a configured domain
// or aliexpress under any country's top level, which mails use for the site.
func (p *Parser) shopSite(host string) bool {
	if slices.ContainsFunc(p.senders.Domains(), func(d string) bool { return mail.Under(host, d) }) {
		return true
	}
	labels := strings.Split(host, ".")
	for i, l := range labels {
		if l == "aliexpress" && (len(labels)-i == 2 || len(labels)-i == 3 && len(labels[i+1]) <= 3) && i < len(labels)-1 {
			return len(labels[len(labels)-1]) <= 3
		}
	}
	return false
}
