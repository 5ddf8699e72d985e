package setup

import (
	"errors"
	"fmt"
	"net"
	"net/mail"
	"strings"

	"parcelwatch/internal/netx"
)

// ErrAddress is returned for a text that is not a mail address.
var ErrAddress = errors.New("not a mail address")

// ParseAddress parses a mail address and returns it without a display name and with
// its domain in lower case.
func ParseAddress(text string) (address, domain string, err error) {
	a, err := mail.ParseAddress(strings.TrimSpace(text))
	if err != nil {
		return "", "", fmt.Errorf("%.80q: %w", text, ErrAddress)
	}
	local, domain := cutLast(a.Address, "@")
	domain = strings.ToLower(strings.TrimSuffix(domain, "."))
	if !netx.IsHost(domain) && !international(domain) || local == "" {
		return "", "", fmt.Errorf("%.80q: %w", text, ErrAddress)
	}
	return local + "@" + domain, domain, nil
}

func international(domain string) bool {
	return strings.IndexFunc(domain, func(r rune) bool { return r > 0x7f }) >= 0 && !strings.ContainsAny(domain, " /:\\\"'<>")
}

func cutLast(s, sep string) (before, after string) {
	if i := strings.LastIndex(s, sep); i >= 0 {
		return s[:i], s[i+len(sep):]
	}
	return s, ""
}

// Related reports whether host belongs to the domain of an address or to the domain
// of its mail server.
func Related(name, domain, host string) bool {
	name = strings.ToLower(name)
	if _, parent, ok := strings.Cut(strings.ToLower(host), "."); ok && strings.Contains(parent, ".") && net.ParseIP(host) == nil && netx.Under(name, parent) {
		return true
	}
	return netx.Under(name, domain)
}
