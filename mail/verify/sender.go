package verify

import (
	"regexp"
	"slices"
	"strings"

	"golang.org/x/net/publicsuffix"

	"parcelwatch/internal/message"
	"parcelwatch/mail"
	"parcelwatch/parcel"
)

// sender is the single From address of a relevant mail.
type sender struct {
	mail.Sender
	domain string // domain of the address; a signature of its organisation counts
}

// trust returns the trust level of a verified mail from the sender.
func (s sender) trust() parcel.Trust {
	switch s.Class {
	case mail.Shop:
		return parcel.TrustVerified
	case mail.Rewritten:
		return parcel.TrustRelayed
	case mail.Forwarder:
		return parcel.TrustForwarded
	default:
		return parcel.TrustForeign
	}
}

// reason prefixes a proof with the rewriter or forwarder.
func (s sender) reason(proof message.Text) message.Text {
	switch s.Class {
	case mail.Rewritten:
		if s.Via == mail.AppleRelay {
			return message.New("proof_relay_apple").And(proof)
		}
		return message.New("proof_relay", "Via", s.Via).And(proof)
	case mail.Forwarder:
		return message.New("proof_forwarded", "Address", s.Address).And(proof)
	default:
		return proof
	}
}

var domainName = regexp.MustCompile(`^[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?$`)

// sender returns the single From address of a mail. If there is not exactly one
// or it is not relevant, sender returns the final verdict instead.
func (p Policy) sender(h mail.Header) (sender, *parcel.Verdict) {
	fields := len(h.Values("From"))
	var all []sender
	for _, a := range h.From {
		_, domain, _ := mail.Parts(a.Addr)
		all = append(all, sender{p.Senders.Of(a, h), normal(domain)})
	}
	concerns := slices.ContainsFunc(all, func(s sender) bool { return s.Class != mail.Foreign })
	var v parcel.Verdict
	switch {
	case fields == 1 && len(all) == 1 && concerns:
		return all[0], nil
	case fields > 1 && concerns:
		// Signatures cover the lowest From while mail programs show the
		// topmost.
		v = verdict(parcel.TrustForged, message.New("proof_from_fields"))
	case len(all) > 1 && concerns:
		v = verdict(parcel.TrustForged, message.New("proof_from_addresses"))
	case fields == 0:
		v = verdict(parcel.TrustForeign, message.New("proof_from_none"))
	case len(all) == 0:
		v = verdict(parcel.TrustForeign, message.New("proof_from_unreadable"))
	default:
		v = verdict(parcel.TrustForeign, p.foreign(all[0]))
	}
	return sender{}, &v
}

// foreign returns why a From is not the shop's, and mentions a look-alike.
func (p Policy) foreign(s sender) message.Text {
	at := message.New("proof_domain", "Domain", s.domain)
	if !domainName.MatchString(s.domain) {
		at = message.New("proof_domain_strange")
	}
	for _, d := range p.Senders.Domains() {
		seen := s.domain
		if strings.HasSuffix(s.domain, "appleid.com") {
			seen = s.Address
		}
		if brand, _, _ := strings.Cut(d, "."); strings.Contains(seen, brand) {
			return message.New("proof_lookalike", "Domain", d).Around(at)
		}
	}
	return message.New("proof_foreign").Around(at)
}

// normal returns a domain in lower case without spaces and a trailing dot.
func normal(domain string) string {
	return strings.TrimSuffix(strings.ToLower(strings.TrimSpace(domain)), ".")
}

// organisation returns the organisational domain as defined by DMARC. A domain
// without one (a public suffix or a bare host) is returned as it is.
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
