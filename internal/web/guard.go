package web

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"slices"
	"strings"

	"parcelwatch/config"
	"parcelwatch/internal/netx"
	"parcelwatch/internal/textx"
)

// guard refuses what no page of ours sends, before any handler sees it.
type guard struct {
	hosts   []string // lower case
	anyIP   bool     // served on all addresses
	prefix  string
	proxies []netip.Prefix
	cross   *http.CrossOriginProtection
	// refuse answers a refused request with a page about why.
	refuse func(w http.ResponseWriter, r *http.Request, status int, id string, data ...any)
}

func newGuard(c config.Web) (guard, error) {
	g := guard{prefix: c.Prefix, cross: http.NewCrossOriginProtection()}
	host, _, err := net.SplitHostPort(c.Listen)
	if err != nil {
		return g, fmt.Errorf("web: listen: %w", err)
	}
	g.hosts = append(g.hosts, strings.ToLower(host))
	for _, h := range c.Hosts {
		g.hosts = append(g.hosts, strings.ToLower(strings.TrimSuffix(h, ".")))
	}
	ip, err := netip.ParseAddr(host)
	g.anyIP = host == "" || err == nil && ip.IsUnspecified()
	for _, s := range c.Proxies {
		network, err := config.ParseNetwork(s)
		if err != nil {
			return g, fmt.Errorf("web: proxies: %w", err)
		}
		g.proxies = append(g.proxies, network)
	}
	return g, nil
}

// visit is what the guard learned about a request.
type visit struct {
	base   string // the path prefix, without a slash at its end
	client string // the visitor's address
	secure bool   // the visitor uses TLS
	framed bool   // Home Assistant shows the page in a frame of its own
}

type visitKey struct{}

func visitOf(ctx context.Context) visit {
	v, _ := ctx.Value(visitKey{}).(visit)
	return v
}

// around returns next behind all checks.
func (g guard) around(next http.Handler) http.Handler {
	g.cross.SetDenyHandler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		g.refuse(w, r, http.StatusForbidden, "web_cross_site")
	}))
	inner := g.cross.Handler(next)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		v := g.visit(r)
		headers(w.Header(), v)
		r = r.WithContext(context.WithValue(r.Context(), visitKey{}, v))
		if !g.knows(r.Host) {
			g.refuse(w, r, http.StatusMisdirectedRequest, "web_host", "Host", textx.Line(r.Host, maxText))
			return
		}
		if r.ContentLength > maxBody {
			w.Header().Set("Connection", "close")
			g.refuse(w, r, http.StatusRequestEntityTooLarge, "web_too_large")
			return
		}
		r.Body = http.MaxBytesReader(w, r.Body, maxBody)
		if v.base != "" && strings.HasPrefix(r.URL.Path+"/", v.base+"/") {
			http.StripPrefix(v.base, slashed(inner)).ServeHTTP(w, r)
			return
		}
		inner.ServeHTTP(w, r)
	})
}

// slashed makes the empty path "/", so that the address of the prefix alone works.
func slashed(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "" {
			r.URL.Path = "/"
		}
		next.ServeHTTP(w, r)
	})
}

func headers(h http.Header, v visit) {
	frames := "'none'"
	if v.framed {
		frames = "'self'"
	}
	h.Set("Content-Security-Policy", "default-src 'none'; style-src 'self'; img-src 'self' data:; form-action 'self'; base-uri 'none'; frame-ancestors "+frames)
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Cross-Origin-Opener-Policy", "same-origin")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	h.Set("Cache-Control", "no-store")
}

// knows reports whether the page is opened under a name of this machine. A page of
// somebody else whose name was made to lead here (DNS rebinding) still sends its own.
func (g guard) knows(hostport string) bool {
	host := strings.ToLower(hostport)
	if h, _, err := net.SplitHostPort(host); err == nil {
		host = h
	}
	host = strings.TrimSuffix(strings.Trim(host, "[]"), ".")
	if netx.Loopback(host) {
		return true
	}
	if _, err := netip.ParseAddr(host); err == nil && g.anyIP {
		return true
	}
	return host != "" && slices.Contains(g.hosts, host)
}

// visit reads the headers of a proxy if the request comes from a configured one.
func (g guard) visit(r *http.Request) visit {
	v := visit{base: g.prefix, secure: r.TLS != nil}
	from := addressOf(r.RemoteAddr)
	v.client = client(from)
	if !g.trusts(from) {
		return v
	}
	v.client = client(g.forwarded(r.Header.Values("X-Forwarded-For"), from))
	v.secure = v.secure || r.Header.Get("X-Forwarded-Proto") == "https"
	if host := r.Header.Get("X-Forwarded-Host"); host != "" {
		r.Host = host
	}
	v.framed = r.Header.Get("X-Ingress-Path") != ""
	for _, name := range []string{"X-Ingress-Path", "X-Forwarded-Prefix"} {
		if p := strings.TrimSuffix(r.Header.Get(name), "/"); len(p) < 200 && config.IsPrefix(p) {
			v.base = p
			break
		}
	}
	return v
}

func (g guard) trusts(ip netip.Addr) bool {
	return slices.ContainsFunc(g.proxies, func(p netip.Prefix) bool { return p.Contains(ip) })
}

// forwarded returns the last address of the list that is no proxy, which the proxy
// itself has seen. The ones before it may be made up.
func (g guard) forwarded(lists []string, from netip.Addr) netip.Addr {
	all := strings.Split(strings.Join(lists, ","), ",")
	for _, s := range slices.Backward(all) {
		ip := addressOf(strings.TrimSpace(s))
		if !ip.IsValid() {
			break
		}
		if from = ip; !g.trusts(ip) {
			break
		}
	}
	return from
}

func addressOf(s string) netip.Addr {
	if ap, err := netip.ParseAddrPort(s); err == nil {
		return ap.Addr().Unmap()
	}
	ip, _ := netip.ParseAddr(s)
	return ip.Unmap()
}

// client returns what failures are counted for: an address, or the network of one home
// in IPv6.
func client(ip netip.Addr) string {
	if ip.Is6() {
		if p, err := ip.WithZone("").Prefix(64); err == nil {
			return p.String()
		}
	}
	return ip.String()
}
