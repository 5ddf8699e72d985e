package app

import (
	"net"
	"net/netip"

	"parcelwatch/config"
	"parcelwatch/internal/netx"
)

// PageAddress returns the address of the page without a slash at its end: under the first
// of its names, which are those of a proxy, else on this machine.
func PageAddress(w config.Web) string {
	scheme := "http://"
	if w.Certificate != "" || len(w.Proxies) > 0 && len(w.Hosts) > 0 {
		scheme = "https://"
	}
	host, port, _ := net.SplitHostPort(w.Listen)
	if ip, err := netip.ParseAddr(host); host == "" || err == nil && ip.IsUnspecified() {
		host = "localhost"
	}
	at := net.JoinHostPort(host, port)
	if len(w.Hosts) > 0 {
		if at = w.Hosts[0]; len(w.Proxies) == 0 {
			at = net.JoinHostPort(at, port)
		}
	}
	return scheme + at + w.Prefix
}

// SharedPage returns the address at which others in the network open the page; empty if
// only this machine can, or if its name in the network is not configured.
func SharedPage(w config.Web) string {
	if w.Listen == "" {
		return ""
	}
	host, _, _ := net.SplitHostPort(w.Listen)
	ip, err := netip.ParseAddr(host)
	if len(w.Hosts) == 0 && (netx.Loopback(host) || err != nil || ip.IsUnspecified()) {
		return ""
	}
	return PageAddress(w) + "/"
}
