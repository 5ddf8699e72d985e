package mail

import (
	"slices"
	"strings"

	"golang.org/x/net/idna"
)

// Class is the relation of a mail's sender to the shop.
type Class uint8

// Classes of senders.
const (
	Foreign   Class = iota // not the shop
	Shop                   // the shop
	Rewritten              // the shop, under the address of a known rewriter
	Forwarder              // a configured address that forwards the shop's mail
)

// Sender is the sender of a mail, or a classified address.
type Sender struct {
	Class   Class
	Address string // of From, lower case
	// Original is the shop's address: the one in From, or the one named by a
	// rewriter or forwarder. It is empty if none is named.
	Original string
	// Quiet is set for an address of the shop that never sends mail about
	// parcels.
	Quiet bool
	Via   string // name of the rewriter
}

// Quiet is a kind of sender that never sends mail about parcels. It is a local
// part ("*" for any, a trailing "*" for a prefix) and a subdomain of the shop
// ("*" for any).
type Quiet struct{ Local, Sub string }

// Senders decides which mail is selected on the server, verified and parsed.
// All three steps use the same table so that they agree. The zero value selects
// everything and parses nothing.
type Senders struct {
	domains, forwarders, others []string
	quiet                       []Quiet
	rewriters                   []rewriter
}

// Choice is the input of [NewSenders].
type Choice struct {
	Domains    []string // of the shop, including subdomains
	Quiet      []Quiet
	Forwarders []string // addresses whose forwarded mail is parsed
	Others     []string // addresses and domains that are only selected, for rules
}

// NewSenders returns a table of senders.
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

// ascii returns an address or domain with its domain in ASCII form, as used in
// DNS.
func ascii(s string) string {
	at := strings.LastIndexByte(s, '@') + 1
	if domain, err := idna.Lookup.ToASCII(s[at:]); err == nil && strings.ContainsFunc(s[at:], func(r rune) bool { return r >= 0x80 }) {
		return s[:at] + domain
	}
	return s
}

// Domains returns the shop's domains.
func (s Senders) Domains() []string { return s.domains }

// All reports whether no sender is named, so that every mail is selected.
func (s Senders) All() bool {
	return len(s.domains)+len(s.forwarders)+len(s.others) == 0
}

// Keys returns the strings to search for in From on a server: domains and
// addresses, the domains of rewriters, and the shop's name, with which most
// rewritten addresses begin.
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

// Fields returns the names of the header fields that [Senders.Wants] reads.
func (s Senders) Fields() []string {
	return append([]string{"From", "Sender", "Resent-From", "Date", "Subject"}, originalFields()...)
}

// Wants reports whether the whole mail should be fetched. This is the case for
// mail that is verified and parsed, for any mail from a listed sender or for a
// rule, and for mail that names the shop as its original sender without being
// trusted.
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

// Found reports whether a server search for [Senders.Keys] in From finds a
// wanted mail. A mail whose From contains neither the shop nor a rewriter is
// only found by reading headers.
func (s Senders) Found(h Header) bool {
	from := strings.ToLower(strings.Join(h.Values("From"), "\n"))
	return s.Wants(h) && slices.ContainsFunc(s.Keys(), func(k string) bool { return strings.Contains(from, k) })
}

// Of classifies one From address of a mail. A foreign sender with an Original
// claims to forward the shop's mail but is not a known forwarder.
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
	shop := s.original(from, h)
	if shop.Class != Shop && out.Class == Forwarder {
		shop = s.Address(named(from.Name))
	}
	if shop.Class == Shop {
		out.Original, out.Quiet = shop.Original, shop.Quiet
	}
	return out
}

// named returns the only address in a display name, as programs that forward mail
// under an address of their own write it: "AliExpress (a@b.example)", "a at
// b.example". Anybody can write one.
func named(display string) string {
	display = strings.NewReplacer(" at ", "@", "(a)", "@", "(at)", "@", "[at]", "@", "_at_", "@").Replace(strings.ToLower(display))
	addr := ""
	for w := range strings.FieldsFuncSeq(display, func(r rune) bool { return r <= ' ' || strings.ContainsRune(`<>()[],;:"'`, r) }) {
		if _, _, ok := Parts(w); !ok {
			continue
		}
		if addr != "" {
			return ""
		}
		addr = w
	}
	return addr
}

// Private returns the parts of a rewriter's address that identify the user; ok
// is false for other addresses.
func (s Senders) Private(addr string) (parts []string, ok bool) {
	local, domain, _ := Parts(addr)
	for _, r := range s.rewriters {
		if r.owns(strings.ToLower(domain)) {
			return r.private(local), true
		}
	}
	return nil, false
}

// Domain reports whether a host name is the shop's or, without a name of a user in it, a
// rewriter's.
func (s Senders) Domain(host string) bool {
	_, ok := s.shopDomain(host)
	return ok || slices.ContainsFunc(s.rewriters, func(r rewriter) bool { return slices.Contains(r.domains, host) })
}

// Address classifies an address without looking at a mail.
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

// original returns the shop's address named in the mail of an unknown rewriter,
// in any known form.
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
