// Package netx has what every connection of the program shares: how it is
// protected, which certificate is accepted and which proxy is used. It knows
// nothing of mail, carriers or the configuration file.
package netx

import (
	"net"
	"net/netip"
	"net/url"
	"regexp"
	"strings"
)

// TLSMode says how a connection to a mail server is protected.
type TLSMode string

// The modes. Without protection only this machine is connected to.
const (
	TLSImplicit TLSMode = "tls"      // from the first byte
	TLSStart    TLSMode = "starttls" // required, after a plain greeting
	TLSNone     TLSMode = "none"
)

// Complete fills in mode and port from each other; implicit and start are the
// protocol's usual ports for the two protected modes.
func Complete(mode TLSMode, port, implicit, start int) (TLSMode, int) {
	switch {
	case mode == "" && port == start:
		mode = TLSStart
	case mode == "":
		mode = TLSImplicit
	}
	switch {
	case port != 0:
	case mode == TLSImplicit:
		port = implicit
	default:
		port = start
	}
	return mode, port
}

// Loopback reports whether host is this machine, without asking the network.
func Loopback(host string) bool {
	if strings.EqualFold(strings.TrimSuffix(host, "."), "localhost") {
		return true
	}
	ip := net.ParseIP(host)
	return ip != nil && ip.IsLoopback()
}

// Under reports whether host is the domain or below it.
func Under(host, domain string) bool {
	host = strings.ToLower(strings.TrimSuffix(host, "."))
	return host == domain || strings.HasSuffix(host, "."+domain)
}

// Private reports whether credentials may be sent to u: over https, or over
// plain http to this machine.
func Private(u *url.URL) bool {
	return u.Hostname() != "" && (u.Scheme == "https" || u.Scheme == "http" && Loopback(u.Hostname()))
}

var hostForm = regexp.MustCompile(`^[A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9])?$`)

// IsHost reports whether s is a host name in ASCII or an IP address.
func IsHost(s string) bool { return hostForm.MatchString(s) || net.ParseIP(s) != nil }

// special are the ranges that are not of the internet as a whole, besides those that
// [netip.Addr] knows: the registries of IANA for special purposes, and the forms that
// carry an IPv4 address that a network of its own translates.
func special() []string {
	return []string{
		"0.0.0.0/8", "100.64.0.0/10", "192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "240.0.0.0/4",
		"::/96", "64:ff9b:1::/48", "100::/64", "2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20", "5f00::/16", "fec0::/10",
	}
}

// Public reports whether an address is one of the internet: not of this machine, of a
// private network, of a link, of documents, or of none.
func Public(ip netip.Addr) bool {
	ip = ip.Unmap().WithZone("")
	if prefix := netip.MustParsePrefix("64:ff9b::/96"); prefix.Contains(ip) { // IPv4 behind NAT64
		b := ip.As16()
		ip = netip.AddrFrom4([4]byte(b[12:]))
	}
	for _, text := range special() {
		if netip.MustParsePrefix(text).Contains(ip) {
			return false
		}
	}
	return ip.IsGlobalUnicast() && !ip.IsPrivate()
}
