// Package netx has what every connection of the program shares: how it is
// protected, which certificate is accepted and which proxy is used. It knows
// nothing of mail, carriers or the configuration file.
package netx

import (
	"net"
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
