package mail

import (
	"regexp"
	"slices"
	"strings"
)

// AppleRelay is the name of the rewriter behind Hide My Email.
const AppleRelay = "Apple's relay"

// rewriter is a service that forwards mail under its own address and records
// the original sender elsewhere. The record is only trusted if the mail has a
// valid signature of the organisation that owns the rewriter's domains.
type rewriter struct {
	name    string
	domains []string
	exact   bool // no subdomains, because other services give one to each user
	// original returns the sender named in a rewritten mail, or "".
	original func(from Address, h Header) string
	// private returns the parts of a local part that identify the user.
	private func(local string) []string
}

// rewriters returns the known services.
func rewriters() []rewriter {
	return []rewriter{
		{AppleRelay, []string{"privaterelay.appleid.com"}, true, byLocal(appleLocal), lastIDs(2)},
		{"Firefox Relay", []string{"mozmail.com"}, false, byName, all},
		{"SimpleLogin", []string{
			"simplelogin.co", "simplelogin.com", "simplelogin.fr", "simplelogin.io", "aleeas.com", "slmail.me", "8alias.com",
			"8shield.net", "dralias.com", "silomails.com", "passmail.net", "passmail.com", "passinbox.com", "passfwd.com",
		}, false, byField("X-SimpleLogin-Original-From"), all},
		{"addy.io", []string{"anonaddy.me", "anonaddy.com", "addy.io"}, false, byLocal(addyLocal), alias},
		{"DuckDuckGo", []string{"duck.com"}, false, byLocal(duckLocal), lastIDs(1)},
	}
}

// owns reports whether an address in the domain belongs to the rewriter.
func (r rewriter) owns(domain string) bool {
	return slices.ContainsFunc(r.domains, func(d string) bool { return domain == d || !r.exact && Under(domain, d) })
}

// originalFields returns the fields that name the original sender of a mail
// that an alias service, group, list or forwarder passed on under its own
// address. Anybody can write these fields.
func originalFields() []string {
	return []string{
		"X-SimpleLogin-Original-From", "X-AnonAddy-Original-Sender", "Duck-Original-From",
		"X-Original-From", "X-Original-Sender", "Reply-To",
	}
}

// appleIDs matches a relay address: the two ids follow the domain.
var appleIDs = regexp.MustCompile(`^([0-9a-z.-]+(?:_[0-9a-z.-]+)*)_[0-9a-z]{6,24}_[0-9a-f]{6,24}$`)

// appleLocal parses transaction_at_notice_aliexpress_com_ID_ID. Any other
// number of parts after the domain would accept
// notice.aliexpress.com.evil.example.
func appleLocal(local string) string {
	i := strings.LastIndex(local, "_at_")
	if i < 1 {
		return ""
	}
	m := appleIDs.FindStringSubmatch(local[i+len("_at_"):])
	if m == nil {
		return ""
	}
	return local[:i] + "@" + strings.ReplaceAll(m[1], "_", ".")
}

// addyLocal parses ALIAS+local=domain.
func addyLocal(local string) string {
	_, sender, ok := strings.Cut(local, "+")
	i := strings.LastIndexByte(sender, '=')
	if !ok || i < 1 {
		return ""
	}
	return sender[:i] + "@" + sender[i+1:]
}

// duckLocal parses local_at_domain_ALIAS.
func duckLocal(local string) string {
	i := strings.LastIndex(local, "_at_")
	if i < 1 {
		return ""
	}
	domain := local[i+len("_at_"):]
	end := strings.LastIndexByte(domain, '_')
	if end < 1 {
		return ""
	}
	return local[:i] + "@" + strings.ReplaceAll(domain[:end], "_", ".")
}

func byLocal(read func(string) string) func(Address, Header) string {
	return func(from Address, _ Header) string {
		local, _, _ := Parts(from.Addr)
		return read(local)
	}
}

// byName parses `local@domain [via Relay]`. The sender controls the rest of the
// name, so a name with a second @ is rejected.
func byName(from Address, _ Header) string {
	addr, ok := strings.CutSuffix(strings.ToLower(from.Name), " [via relay]")
	if !ok || strings.Count(addr, "@") != 1 {
		return ""
	}
	return one(addr)
}

func byField(name string) func(Address, Header) string {
	return func(_ Address, h Header) string { return one(h.only(name)) }
}

// one returns the address of a field that contains exactly one.
func one(value string) string {
	if list := Addresses(value); len(list) == 1 {
		return list[0].Addr
	}
	return ""
}

func all(local string) []string { return []string{local} }

func alias(local string) []string {
	name, _, _ := strings.Cut(local, "+")
	return []string{name}
}

// lastIDs returns a function that gives the last n parts of a local part, which
// are separated by "_".
func lastIDs(n int) func(string) []string {
	return func(local string) []string {
		parts := strings.Split(local, "_")
		if len(parts) <= n {
			return []string{local}
		}
		return parts[len(parts)-n:]
	}
}
