package verify

import (
	"slices"
	"strings"

	"parcelwatch/internal/message"
	"parcelwatch/mail"
)

// sealed reports whether a server that is trusted to seal mail confirms that the
// mail was the shop's before a list or forwarder changed it (ARC, RFC 8617). The
// mailbox's own server must have accepted the chain, and every other seal in it
// must be of a configured sealer: anybody can seal anything.
func (p Policy) sealed(fields []mail.Field, domain string, s said) bool {
	if !s.arc {
		return false
	}
	seals, first := 0, ""
	for _, f := range fields {
		switch {
		case f.Is("ARC-Seal"):
			if seals++; seals > maxReports || !p.seals(tag(f.Value, "d")) {
				return false
			}
		case f.Is("ARC-Authentication-Results"):
			if instance, results, ok := strings.Cut(f.Value, ";"); ok && tag(instance, "i") == "1" {
				first = results
			}
		}
	}
	return seals == 0 || weigh([]report{parseResults(first)}, domain).passed != (word{})
}

// seals reports whether the seals of a domain count: it is configured, or the
// mailbox's own server is in it.
func (p Policy) seals(domain string) bool {
	if domain = normal(domain); domain == "" {
		return false
	}
	return slices.ContainsFunc(p.Sealers, func(d string) bool { return mail.Under(domain, normal(d)) }) ||
		slices.ContainsFunc(p.Authserv, func(id string) bool { return aligned(strings.TrimPrefix(normal(id), "*."), domain) }) ||
		p.counts(domain)
}

// tag returns the value of a tag in a list such as "i=1; d=example.org".
func tag(list, name string) string {
	for t := range strings.SplitSeq(list, ";") {
		if key, value, ok := strings.Cut(t, "="); ok && strings.EqualFold(strings.TrimSpace(key), name) {
			return strings.TrimSpace(value)
		}
	}
	return ""
}

// forged returns why a mail that failed is refused. A mail with a signature of
// the shop and the marks of a list or forwarder was probably changed by it.
func forged(s said, h mail.Header, domain string) message.Text {
	marks := []string{"List-Id", "List-Post", "Mailing-List", "X-Mailing-List", "X-BeenThere", "ARC-Seal", "X-Forwarded-To", "X-Forwarded-For", "Resent-From"}
	passed := slices.ContainsFunc(marks, func(name string) bool { return h.Get(name) != "" })
	if passed && hasSignature(h.Fields, domain) {
		return message.New("proof_changed").Around(s.failed.reason())
	}
	return s.failed.reason()
}
