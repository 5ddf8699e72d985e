package extract

import (
	"embed"
	"strings"
)

//go:embed data/*.tsv phrases/*.tsv
var tables embed.FS

// sender says in whose name a mail comes.
type sender int

const (
	senderForeign   sender = iota // not the shop
	senderSilent                  // the shop, but an address that never tells of parcels
	senderShop                    // the shop
	senderForwarder               // a person who sends the shop's mail on
)

// quiet is a sender of the shop whose mail is never a shipment notification.
type quiet struct{ local, sub string }

func quietSenders() []quiet {
	var out []quiet
	for f := range rows("data/senders.tsv") {
		out = append(out, quiet{f[0], f[1]})
	}
	return out
}

// relayDomain is Apple's "Hide my e-mail", which writes the true sender into the
// local part.
const relayDomain = "privaterelay.appleid.com"

func (p *Parser) sender(addr string) sender {
	addr = strings.ToLower(addr)
	if has(p.forwarders, addr) {
		return senderForwarder
	}
	local, domain, ok := cutAddress(addr)
	if !ok {
		return senderForeign
	}
	if domain == relayDomain {
		if local, domain, ok = relayed(local); !ok {
			return senderForeign
		}
	}
	return p.shopSender(local, domain)
}

func (p *Parser) shopSender(local, domain string) sender {
	base, ok := p.shopDomain(domain)
	if !ok {
		return senderForeign
	}
	sub := strings.TrimSuffix(strings.TrimSuffix(domain, base), ".")
	for _, q := range p.quiet {
		if fits(q.local, local) && (q.sub == "*" || q.sub == sub || strings.HasSuffix(sub, "."+q.sub)) {
			return senderSilent
		}
	}
	return senderShop
}

// shopDomain is the configured domain that the given one equals or lies below.
func (p *Parser) shopDomain(domain string) (string, bool) {
	for _, d := range p.domains {
		if domain == d || strings.HasSuffix(domain, "."+d) {
			return d, true
		}
	}
	return "", false
}

func fits(pattern, s string) bool {
	if prefix, ok := strings.CutSuffix(pattern, "*"); ok {
		return strings.HasPrefix(s, prefix)
	}
	return pattern == s
}

func cutAddress(addr string) (local, domain string, ok bool) {
	i := strings.LastIndexByte(addr, '@')
	if i < 1 || i == len(addr)-1 {
		return "", "", false
	}
	return addr[:i], strings.TrimSuffix(addr[i+1:], "."), true
}

// relayed undoes the relay's rewriting: transaction_at_notice_aliexpress_com
// and two ids. Fewer or more trailing parts would let
// notice.aliexpress.com.evil.example pass for the shop.
func relayed(local string) (orig, domain string, ok bool) {
	orig, rest, ok := strings.Cut(local, "_at_")
	parts := strings.Split(rest, "_")
	n := len(parts) - 2
	if !ok || orig == "" || n < 2 || !relayID(parts[n], "z") || !relayID(parts[n+1], "f") {
		return "", "", false
	}
	return orig, strings.Join(parts[:n], "."), true
}

// relayID reports the form of an id: digits and letters up to the last one.
func relayID(s, last string) bool {
	for i := range len(s) {
		if c := s[i]; (c < '0' || c > '9') && (c < 'a' || c > last[0]) {
			return false
		}
	}
	return len(s) >= 6 && len(s) <= 24
}

// shopSite reports whether a host of a link is the shop's: a configured domain
// or aliexpress under any country's top level, which mails use for the site.
func (p *Parser) shopSite(host string) bool {
	if _, ok := p.shopDomain(host); ok {
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
