package verify

import (
	"slices"
	"strings"
)

// provider ties the IMAP host of a big provider to the ids its servers write
// into Authentication-Results.
type provider struct {
	hosts []string // "*.example.org" stands for every host below
	ids   []string
}

// noID stands for the fields of Microsoft's servers, which carry none.
const noID = ""

// providers are those whose ids are seen in public mail. Their border servers
// remove fields that pretend to be theirs, as RFC 8601 section 5 asks.
//
//nolint:gochecknoglobals // a table
var providers = []provider{
	{[]string{"imap.gmail.com", "imap.googlemail.com"}, []string{"mx.google.com"}},
	{[]string{"outlook.office365.com", "imap-mail.outlook.com", "outlook.office.com"}, []string{noID}},
	{[]string{"*.mail.me.com"}, []string{"*.icloud.com"}},
	{[]string{"imap.mail.yahoo.com", "imap.mail.yahoo.co.jp", "imap.aol.com"}, []string{"*.yahoo.com", "*.aol.com"}},
	{[]string{"imap.yandex.ru", "imap.yandex.com", "imap.ya.ru"}, []string{"*.yandex.net", "*.yandex.ru"}},
	{[]string{"imap.mail.ru"}, []string{"mxs.mail.ru", "*.i.mail.ru"}},
	{[]string{"imap.gmx.net", "imap.gmx.com"}, []string{"gmx.net", "*.gmx.net"}},
	{[]string{"imap.web.de"}, []string{"web.de", "*.web.de"}},
	{[]string{"imap.ionos.de", "imap.ionos.com", "imap.1und1.de"}, []string{"*.kundenserver.de", "*.perfora.net"}},
	{[]string{"imap.fastmail.com"}, []string{"*.messagingengine.com"}},
	{[]string{"imap.zoho.com", "imap.zoho.eu", "imappro.zoho.com"}, []string{"mx.zohomail.com"}},
}

// counts reports whether the word of the server that writes id counts: it is
// configured, or known for the mailbox's host.
func (p Policy) counts(id string) bool {
	match := func(pattern string) bool { return matches(id, pattern) }
	if id != noID && slices.ContainsFunc(p.Authserv, match) {
		return true
	}
	for _, known := range providers {
		at := slices.ContainsFunc(known.hosts, func(pattern string) bool { return matches(normal(p.Host), pattern) })
		if at && slices.ContainsFunc(known.ids, match) {
			return true
		}
	}
	return false
}

// matches compares a name with a pattern of which the first label may be "*".
func matches(name, pattern string) bool {
	pattern = normal(pattern)
	if parent, ok := strings.CutPrefix(pattern, "*."); ok {
		return strings.HasSuffix(name, "."+parent)
	}
	return name == pattern
}
