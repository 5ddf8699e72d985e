package mail

import (
	"regexp"
	"slices"
	"strings"
)

// rewriter is a service that passes mail on under an address of its own and
// writes the true sender somewhere else. Its word counts only behind its own
// signature, which is of the organisation of its domains.
type rewriter struct {
	name    string
	domains []string
	exact   bool // no sub-domains: other services give each user one
	// original is the sender a rewritten mail names, or empty.
	original func(from Address, h Header) string
	// private are the parts of a local part that belong to the person.
	private func(local string) []string
}

func rewriters() []rewriter {
	return []rewriter{
		{"Apple's relay", []string{"privaterelay.appleid.com"}, true, byLocal(appleLocal), lastIDs(2)},
		{"Firefox Relay", []string{"mozmail.com"}, false, byName, all},
		{"SimpleLogin", []string{
			"simplelogin.co", "simplelogin.com", "simplelogin.fr", "simplelogin.io", "aleeas.com", "slmail.me", "8alias.com",
			"8shield.net", "dralias.com", "silomails.com", "passmail.net", "passmail.com", "passinbox.com", "passfwd.com",
		}, false, byField("X-SimpleLogin-Original-From"), all},
		{"addy.io", []string{"anonaddy.me", "anonaddy.com", "addy.io"}, false, byLocal(addyLocal), alias},
		{"DuckDuckGo", []string{"duck.com"}, false, byLocal(duckLocal), lastIDs(1)},
	}
}

// owns reports whether an address of the domain is the rewriter's.
func (r rewriter) owns(domain string) bool {
	return slices.ContainsFunc(r.domains, func(d string) bool { return domain == d || !r.exact && Under(domain, d) })
}

// originalFields name the true sender of a mail that an alias service, a group,
// a list or a forwarder sent on under its own address. Anybody can write them.
func originalFields() []string {
	return []string{
		"X-SimpleLogin-Original-From", "X-AnonAddy-Original-Sender", "Duck-Original-From",
		"X-Original-From", "X-Original-Sender", "Reply-To",
	}
}

// appleIDs are the two ids behind the domain in a relay address.
var appleIDs = regexp.MustCompile(`^([0-9a-z.-]+(?:_[0-9a-z.-]+)*)_[0-9a-z]{6,24}_[0-9a-f]{6,24}$`)

// appleLocal reads transaction_at_notice_aliexpress_com_ID_ID. Fewer or more
// parts behind the domain would let notice.aliexpress.com.evil.example pass.
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

// addyLocal reads ALIAS+local=domain.
func addyLocal(local string) string {
	_, sender, ok := strings.Cut(local, "+")
	i := strings.LastIndexByte(sender, '=')
	if !ok || i < 1 {
		return ""
	}
	return sender[:i] + "@" + sender[i+1:]
}

// duckLocal reads local_at_domain_ALIAS.
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

// byName reads `local@domain [via Relay]`. The rest of the name is what the
// sender wrote, so a second @ makes it worthless.
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

// one is the address of a field that holds one.
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

// lastIDs are the last n parts of a local part, set off by "_".
func lastIDs(n int) func(string) []string {
	return func(local string) []string {
		parts := strings.Split(local, "_")
		if len(parts) <= n {
			return []string{local}
		}
		return parts[len(parts)-n:]
	}
}
