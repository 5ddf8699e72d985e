package verify

import (
	"io"
	"mime"
	"net/mail"
	"regexp"
	"slices"
	"strings"

	"golang.org/x/net/publicsuffix"

	"parcelwatch/parcel"
)

// class says in which way a From address concerns us.
type class int

const (
	classForeign class = iota
	classShop
	classRelay
	classForwarder
)

// trust is what a proven mail of the class is worth.
func (c class) trust() parcel.Trust {
	switch c {
	case classShop:
		return parcel.TrustVerified
	case classRelay:
		return parcel.TrustRelayed
	case classForwarder:
		return parcel.TrustForwarded
	default:
		return parcel.TrustForeign
	}
}

// sender is the one From address of a mail that concerns us.
type sender struct {
	class        class
	address      string // lower case
	domain       string // of the address
	organisation string // the domain whose signature counts for it
}

// prefix introduces the reason of mail that is not the shop's own.
func (s sender) prefix() string {
	switch s.class {
	case classRelay:
		return "Apple's relay: "
	case classForwarder:
		return "forwarded by " + s.address + ": "
	default:
		return ""
	}
}

// Apple's relay writes its own address into From and keeps the real one in the
// local part: dots become underscores, "@" becomes "_at_", and two ids follow.
const (
	relayDomain       = "privaterelay.appleid.com"
	relayOrganisation = "appleid.com"
)

// maxFrom bounds a From field that is read; a longer one holds no address.
const maxFrom = 8 << 10

var (
	plainAddress = regexp.MustCompile(`^[A-Za-z0-9.!#$%&'*+/=?^_{|}~$-]{1,128}@[A-Za-z0-9.-]{1,253}$`)
	angleAddress = regexp.MustCompile(`<([^<>]*)>\s*$`)
	relayIDs     = regexp.MustCompile(`^([0-9a-z.-]+(?:_[0-9a-z.-]+)*)_[0-9a-z]{6,24}_[0-9a-f]{6,16}$`)
	domainName   = regexp.MustCompile(`^[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?$`)
)

// sender finds the one From of a mail. Where there is not exactly one, or it
// does not concern us, the verdict is already clear and is returned instead.
func (p Policy) sender(fields []field) (sender, *parcel.Verdict) {
	froms := values(fields, "From")
	var all []sender
	for _, value := range froms {
		for _, address := range addresses(value) {
			all = append(all, p.classify(address))
		}
	}
	concerns := slices.ContainsFunc(all, func(s sender) bool { return s.class != classForeign })
	var v parcel.Verdict
	switch {
	case len(froms) == 1 && len(all) == 1 && concerns:
		return all[0], nil
	case len(froms) > 1 && concerns:
		// Signatures cover the lowest From while readers show the topmost.
		v = verdict(parcel.TrustForged, "more than one From field, one of them the shop's")
	case len(all) > 1 && concerns:
		v = verdict(parcel.TrustForged, "more than one address in From, one of them the shop's")
	case len(froms) == 0:
		v = verdict(parcel.TrustForeign, "no From field")
	case len(all) == 0:
		v = verdict(parcel.TrustForeign, "From holds no readable address")
	default:
		v = verdict(parcel.TrustForeign, p.foreign(all[0]))
	}
	return sender{}, &v
}

// foreign says why a From is not the shop's, and names a look-alike.
func (p Policy) foreign(s sender) string {
	name := s.domain
	if !domainName.MatchString(name) {
		name = "a name that is no plain domain"
	}
	for _, d := range p.domains() {
		seen := s.domain
		if seen == relayDomain {
			seen = s.address
		}
		if brand, _, _ := strings.Cut(d, "."); strings.Contains(seen, brand) {
			return "From is at " + name + ", which only looks like " + d
		}
	}
	return "From is at " + name + ", which is not the shop's"
}

func (p Policy) domains() []string {
	out := make([]string, 0, 2)
	for _, d := range p.Domains {
		if d = normal(d); d != "" {
			out = append(out, d)
		}
	}
	if len(out) == 0 {
		out = append(out, "aliexpress.com", "aliexpress.ru")
	}
	return out
}

// classify says in which way an address concerns us.
func (p Policy) classify(address string) sender {
	address = strings.ToLower(address)
	local, domain, _ := cutLast(address, "@")
	s := sender{address: address, domain: normal(domain), organisation: organisation(domain)}
	if slices.ContainsFunc(p.domains(), func(d string) bool { return under(s.domain, d) }) {
		s.class = classShop
		return s
	}
	if s.domain == relayDomain && p.relayed(local) {
		s.class, s.organisation = classRelay, relayOrganisation
		return s
	}
	if slices.ContainsFunc(p.Forwarders, func(f string) bool { return strings.EqualFold(strings.TrimSpace(f), address) }) {
		s.class = classForwarder
	}
	return s
}

// relayed reports whether the local part of a relay address names the shop.
func (p Policy) relayed(local string) bool {
	_, rest, ok := cutLast(local, "_at_")
	if !ok || strings.HasPrefix(local, "_at_") {
		return false
	}
	m := relayIDs.FindStringSubmatch(rest)
	if m == nil {
		return false
	}
	domain := strings.ReplaceAll(m[1], "_", ".")
	return slices.ContainsFunc(p.domains(), func(d string) bool { return under(domain, d) })
}

// addresses reads a From value. Names are of no interest, so an unknown charset
// in one is none of ours; what the grammar refuses is read once more by its
// angle brackets, as mail programs do.
func addresses(value string) []string {
	if len(value) > maxFrom {
		return nil
	}
	parser := mail.AddressParser{WordDecoder: &mime.WordDecoder{
		CharsetReader: func(_ string, r io.Reader) (io.Reader, error) { return r, nil },
	}}
	if list, err := parser.ParseList(value); err == nil {
		out := make([]string, 0, len(list))
		for _, a := range list {
			out = append(out, a.Address)
		}
		return out
	}
	if m := angleAddress.FindStringSubmatch(value); m != nil && strings.Count(value, "<") == 1 {
		value = m[1]
	}
	if value = strings.TrimSpace(value); plainAddress.MatchString(value) {
		return []string{value}
	}
	return nil
}

// cutLast is [strings.Cut] around the last occurrence of sep.
func cutLast(s, sep string) (before, after string, found bool) {
	if i := strings.LastIndex(s, sep); i >= 0 {
		return s[:i], s[i+len(sep):], true
	}
	return s, "", false
}

// normal is a domain in lower case without blanks and a closing dot.
func normal(domain string) string {
	return strings.TrimSuffix(strings.ToLower(strings.TrimSpace(domain)), ".")
}

// under reports whether domain is parent or a sub-domain of it.
func under(domain, parent string) bool {
	return domain == parent || strings.HasSuffix(domain, "."+parent)
}

// organisation is the registrable part of a domain, as DMARC means it. What has
// none (a public suffix, a bare host) is its own.
func organisation(domain string) string {
	domain = normal(domain)
	if org, err := publicsuffix.EffectiveTLDPlusOne(domain); err == nil {
		return org
	}
	return domain
}

// aligned reports whether two domains belong to the same organisation.
func aligned(a, b string) bool {
	a, b = normal(a), normal(b)
	return a != "" && (a == b || organisation(a) == organisation(b) && organisation(a) != "")
}
