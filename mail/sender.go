package mail

import (
	"slices"
	"strings"

	"golang.org/x/net/idna"
)

// Class says in which way the sender of a mail concerns us.
type Class uint8

// The classes.
const (
	Foreign   Class = iota // not the shop
	Shop                   // the shop
	Rewritten              // the shop, under the address of a known rewriter
	Forwarder              // a configured address that sends the shop's mail on
)

// Sender is the sender of a mail or the address of one.
type Sender struct {
	Class   Class
	Address string // of From, lower case
	// Original is the shop's address: the one of From, or the one that a
	// rewriter or forwarder names. Empty where none is named.
	Original string
	// Quiet is set for an address of the shop that never tells of parcels.
	Quiet bool
	Via   string // the name of the rewriter
}

// Quiet is a kind of sender whose mail never tells of parcels: a local part ("*"
// for any, a closing "*" for a prefix) and a sub-domain of the shop ("*" for any).
type Quiet struct{ Local, Sub string }

// Senders says whose mail is chosen on the server, judged and read. All three
// ask it, so that they cannot differ. The zero value chooses everything and
// reads nothing.
type Senders struct {
	domains, forwarders, others []string
	quiet                       []Quiet
	rewriters                   []rewriter
}

// Choice is what [NewSenders] makes Senders of.
type Choice struct {
	Domains    []string // of the shop, sub-domains included
	Quiet      []Quiet
	Forwarders []string // addresses whose forwarded mail counts
	Others     []string // addresses and domains that are only chosen, for rules
}

// NewSenders makes a table of senders.
func NewSenders(c Choice) Senders {
	return Senders{
		domains: normal(c.Domains), forwarders: normal(c.Forwarders), others: normal(c.Others),
		quiet: c.Quiet, rewriters: rewriters(),
	}
}

func normal(list []string) []string {
	var out []string
	for _, s := range list {
		if s = ascii(strings.ToLower(strings.Trim(strings.TrimSpace(s), "@."))); s != "" && !slices.Contains(out, s) {
			out = append(out, s)
		}
	}
	return out
}

// ascii is an address or domain with its domain as name servers know it.
func ascii(s string) string {
	at := strings.LastIndexByte(s, '@') + 1
	if domain, err := idna.Lookup.ToASCII(s[at:]); err == nil && strings.ContainsFunc(s[at:], func(r rune) bool { return r >= 0x80 }) {
		return s[:at] + domain
	}
	return s
}

// Domains are the shop's.
func (s Senders) Domains() []string { return s.domains }

// All reports that no sender is named, so that every mail is chosen.
func (s Senders) All() bool {
	return len(s.domains)+len(s.forwarders)+len(s.others) == 0
}

// Keys are what a server is asked for in From: domains and addresses, the
// domains of rewriters, and the shop's name, which stands in front of most
// rewritten addresses.
func (s Senders) Keys() []string {
	if s.All() {
		return nil
	}
	out := slices.Concat(s.domains, s.forwarders, s.others)
	if len(s.domains) > 0 {
		for _, r := range s.rewriters {
			out = append(out, r.domains...)
		}
	}
	for _, d := range s.domains {
		brand, _, _ := strings.Cut(d, ".")
		out = append(out, brand)
	}
	return normal(out)
}

// Fields are the header fields that [Senders.Wants] reads.
func (s Senders) Fields() []string {
	return append([]string{"From", "Sender", "Resent-From", "Date", "Subject"}, originalFields()...)
}

// Wants reports whether a mail is read as a whole: one that is judged and read,
// one that is only sent by such a sender or for a rule, or one that names the
// shop as its original sender without being trusted with it.
func (s Senders) Wants(h Header) bool {
	if s.All() {
		return true
	}
	for _, name := range []string{"From", "Sender", "Resent-From"} {
		for _, value := range h.Values(name) {
			if slices.ContainsFunc(Addresses(value), s.chooses) {
				return true
			}
		}
	}
	for _, a := range h.From {
		if sender := s.Of(a, h); sender.Class != Foreign || sender.Original != "" {
			return true
		}
	}
	return false
}

// Found reports whether a server that is asked for [Senders.Keys] in From finds
// a wanted mail. One whose From names neither the shop nor a rewriter is found
// by reading headers only.
func (s Senders) Found(h Header) bool {
	from := strings.ToLower(strings.Join(h.Values("From"), "\n"))
	return s.Wants(h) && slices.ContainsFunc(s.Keys(), func(k string) bool { return strings.Contains(from, k) })
}

// Of classifies one From address of a mail. A foreign sender with an Original is
// one that says it passes the shop's mail on and is not known for it.
func (s Senders) Of(from Address, h Header) Sender {
	out := s.Address(from.Addr)
	if out.Class == Shop || out.Class == Rewritten {
		return out
	}
	_, domain, _ := Parts(from.Addr)
	for _, r := range s.rewriters {
		if !r.owns(domain) {
			continue
		}
		if shop := s.Address(r.original(from, h)); shop.Class == Shop {
			out.Class, out.Original, out.Quiet, out.Via = Rewritten, shop.Original, shop.Quiet, r.name
		}
		return out
	}
	if shop := s.original(from, h); shop.Class == Shop {
		out.Original, out.Quiet = shop.Original, shop.Quiet
	}
	return out
}

// Private are the parts of a rewriter's address that belong to the person whose
// mail it is; ok is false for other addresses.
func (s Senders) Private(addr string) (parts []string, ok bool) {
	local, domain, _ := Parts(addr)
	for _, r := range s.rewriters {
		if r.owns(strings.ToLower(domain)) {
			return r.private(local), true
		}
	}
	return nil, false
}

// Address classifies a bare address by itself.
func (s Senders) Address(addr string) Sender {
	addr = strings.ToLower(addr)
	out := Sender{Address: addr}
	local, domain, ok := Parts(addr)
	if !ok {
		return out
	}
	if base, ok := s.shopDomain(domain); ok {
		out.Class, out.Original, out.Quiet = Shop, addr, s.isQuiet(local, strings.TrimSuffix(strings.TrimSuffix(domain, base), "."))
		return out
	}
	if slices.Contains(s.forwarders, ascii(addr)) {
		out.Class = Forwarder
	}
	return out
}

func (s Senders) chooses(a Address) bool {
	addr := ascii(a.Addr)
	_, domain, _ := Parts(addr)
	match := func(want string) bool { return addr == want || Under(domain, want) }
	return slices.ContainsFunc(s.domains, match) || slices.ContainsFunc(s.forwarders, match) || slices.ContainsFunc(s.others, match)
}

// original is the shop's address that a mail of an unknown rewriter names, by
// any of the forms that are known.
func (s Senders) original(from Address, h Header) Sender {
	for _, name := range originalFields() {
		if shop := s.Address(one(h.only(name))); shop.Class == Shop {
			return shop
		}
	}
	for _, r := range s.rewriters {
		if shop := s.Address(r.original(from, h)); shop.Class == Shop {
			return shop
		}
	}
	return Sender{}
}

func (s Senders) shopDomain(domain string) (string, bool) {
	for _, d := range s.domains {
		if Under(domain, d) {
			return d, true
		}
	}
	return "", false
}

func (s Senders) isQuiet(local, sub string) bool {
	fits := func(pattern string) bool {
		if prefix, ok := strings.CutSuffix(pattern, "*"); ok {
			return strings.HasPrefix(local, prefix)
		}
		return pattern == local
	}
	return slices.ContainsFunc(s.quiet, func(q Quiet) bool {
		return fits(q.Local) && (q.Sub == "*" || Under(sub, q.Sub))
	})
}
