package config

import (
	"net"
	"net/netip"
	"strconv"
	"strings"

	"parcelwatch/internal/netx"
)

// Web configures the page in the browser.
type Web struct {
	Listen      string   `toml:"listen"`      // address and port; empty for no page
	Hosts       []string `toml:"hosts"`       // names under which it is opened, besides this machine's own
	Prefix      string   `toml:"prefix"`      // path below which a proxy serves it: "/parcels"
	Proxies     []string `toml:"proxies"`     // addresses and networks whose X-Forwarded-* headers are believed
	Password    Secret   `toml:"password"`    // itself or its hash, bcrypt or argon2id
	Certificate string   `toml:"certificate"` // file, absolute after loading; with it the page is served over TLS
	Key         string   `toml:"key"`
	ClientCA    string   `toml:"client_ca"` // file; only browsers with a certificate of this authority get in
}

// Local reports whether only this machine can open the page.
func (w Web) Local() bool {
	host, _, err := net.SplitHostPort(w.Listen)
	return err == nil && netx.Loopback(host) && len(w.Hosts) == 0 && len(w.Proxies) == 0
}

// IsPrefix reports whether s is a path below which a proxy may serve the page: it begins with
// a slash and ends without one.
func IsPrefix(s string) bool {
	const inside = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_~.-"
	path, rooted := strings.CutPrefix(s, "/")
	for part := range strings.SplitSeq(path, "/") {
		if part == "" || strings.Trim(part, inside) != "" || strings.HasPrefix(part, ".") || strings.HasPrefix(part, "-") {
			return false
		}
	}
	return rooted
}

func (c *Config) checkWeb(p *problems) {
	w := &c.Web
	if w.Listen != "" {
		c.checkListen(p)
	}
	for i, h := range w.Hosts {
		if !netx.IsHost(h) {
			p.at(element("web.hosts", i), "config_web_host")
		}
	}
	if w.Prefix != "" && !IsPrefix(w.Prefix) {
		p.at("web.prefix", "config_web_prefix")
	}
	for i, s := range w.Proxies {
		if _, err := ParseNetwork(s); err != nil {
			p.at(element("web.proxies", i), "config_web_proxy")
		}
	}
	if (w.Certificate == "") != (w.Key == "") {
		p.at("web.certificate", "config_web_certificate")
	}
	if w.ClientCA != "" && w.Certificate == "" {
		p.at("web.client_ca", "config_web_client_ca")
	}
}

func (c *Config) checkListen(p *problems) {
	host, port, err := net.SplitHostPort(c.Web.Listen)
	n, portErr := strconv.Atoi(port)
	_, ipErr := netip.ParseAddr(host)
	switch {
	case err != nil || portErr != nil || n < 1 || n > 65535 || ipErr != nil && host != "" && host != "localhost":
		p.at("web.listen", "config_web_listen")
	case !c.Web.Local() && c.Web.Password.IsZero() && c.Web.ClientCA == "":
		p.at("web.password", "config_web_password")
	}
}

// ParseNetwork reads an address or a network in CIDR notation.
func ParseNetwork(s string) (netip.Prefix, error) {
	if ip, err := netip.ParseAddr(s); err == nil {
		return netip.PrefixFrom(ip, ip.BitLen()), nil
	}
	return netip.ParsePrefix(s)
}
