package setup

import (
	"cmp"
	"context"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"

	"parcelwatch/internal/netx"
	"parcelwatch/internal/provider"
)

// Origin is the source from which the servers of an address are known.
type Origin string

// The origins, most reliable first.
const (
	FromTable      Origin = "table"      // in the table of providers
	FromAutoconfig Origin = "autoconfig" // a page of the domain itself, over TLS
	FromSRV        Origin = "srv"        // DNS records of the domain
	FromMX         Origin = "mx"         // the domain's MX belongs to a known provider
	FromISPDB      Origin = "ispdb"      // Mozilla's database
	FromGuess      Origin = "guess"      // a common host name that answers
)

// Found is the result of a discovery.
type Found struct {
	Origin   Origin
	Provider provider.Provider // the zero value if not known
	IMAP     netx.Server
	SMTP     netx.Server // the zero value if not found
	// Username and SMTPUsername are the names to log in with.
	Username, SMTPUsername string
}

// Sure reports whether a password may be sent to the servers without confirmation: they
// are in the table, or the domain publishes them over TLS, or their names are below
// the domain.
func (f Found) Sure(domain string) bool {
	switch f.Origin {
	case FromTable, FromAutoconfig:
		return true
	case FromSRV:
		return netx.Under(f.IMAP.Host, domain) && (f.SMTP.IsZero() || netx.Under(f.SMTP.Host, domain))
	default:
		return false
	}
}

// ErrUnknown means that no servers were found for an address.
var ErrUnknown = errors.New("no mail servers were found for this address")

// Names is the part of DNS that discovery uses; [net.Resolver] implements it.
type Names interface {
	LookupSRV(ctx context.Context, service, proto, name string) (string, []*net.SRV, error)
	LookupMX(ctx context.Context, name string) ([]*net.MX, error)
}

// Discoverer finds the servers of an address. Third parties learn only the domain; the
// domain's own autoconfig page learns the address.
type Discoverer struct {
	Names Names
	HTTP  *http.Client
	// Probe reports whether a server answers with TLS and a certificate for its name. It
	// is called only for guesses.
	Probe func(ctx context.Context, s netx.Server) bool
	// ISPDB allows sending the domain to Mozilla, a third party.
	ISPDB bool
}

const discoverTime = 12 * time.Second

// Discover finds the servers of an address. It takes a few seconds at most.
func (d Discoverer) Discover(ctx context.Context, address string) (Found, error) {
	address, domain, err := ParseAddress(address)
	if err != nil {
		return Found{}, err
	}
	if p, ok := provider.ByDomain(domain); ok {
		return serversOf(p, FromTable, address), nil
	}
	ctx, cancel := context.WithTimeout(ctx, discoverTime)
	defer cancel()
	if found, ok := d.published(ctx, address, domain); ok {
		return found, nil
	}
	if found, ok := d.guess(ctx, address, domain); ok {
		return found, nil
	}
	return Found{Username: address, SMTPUsername: address}, fmt.Errorf("%s: %w", domain, ErrUnknown)
}

// serversOf returns a provider's servers for an address.
func serversOf(p provider.Provider, o Origin, address string) Found {
	f := Found{Origin: o, Provider: p, IMAP: p.IMAP, SMTP: p.SMTP, Username: address, SMTPUsername: address}
	if p.LocalName {
		f.Username, _ = cutLast(address, "@")
	}
	return f
}

// published queries all published sources at once and returns the most reliable answer.
func (d Discoverer) published(ctx context.Context, address, domain string) (Found, bool) {
	ways := []func() (Found, bool){
		func() (Found, bool) { return d.autoconfig(ctx, address, domain) },
		func() (Found, bool) { return d.srv(ctx, address, domain) },
		func() (Found, bool) { return d.mx(ctx, address, domain) },
		func() (Found, bool) { return d.ispdb(ctx, address, domain) },
	}
	found := make([]Found, len(ways))
	ok := make([]bool, len(ways))
	var wg sync.WaitGroup
	for i, way := range ways {
		wg.Go(func() { found[i], ok[i] = way() })
	}
	wg.Wait()
	for i := range found {
		if ok[i] {
			if found[i].Provider.ID == "" {
				found[i].Provider, _ = provider.ByHost(found[i].IMAP.Host)
			}
			return found[i], true
		}
	}
	return Found{}, false
}

// srv reads the SRV records of the domain (RFC 6186, RFC 8314).
func (d Discoverer) srv(ctx context.Context, address, domain string) (Found, bool) {
	f := Found{Origin: FromSRV, Username: address, SMTPUsername: address}
	for _, r := range []struct {
		service    string
		protection netx.TLSMode
		to         *netx.Server
	}{
		{"imaps", netx.TLSImplicit, &f.IMAP},
		{"imap", netx.TLSStart, &f.IMAP},
		{"submissions", netx.TLSImplicit, &f.SMTP},
		{"submission", netx.TLSStart, &f.SMTP},
	} {
		if !r.to.IsZero() {
			continue
		}
		_, records, err := d.Names.LookupSRV(ctx, r.service, "tcp", domain)
		if err != nil || len(records) == 0 {
			continue
		}
		slices.SortFunc(records, func(a, b *net.SRV) int { return cmp.Compare(a.Priority, b.Priority) })
		// The target "." means that the domain does not offer the service.
		if host := strings.TrimSuffix(records[0].Target, "."); netx.IsHost(host) && records[0].Port != 0 {
			*r.to = netx.Server{Host: host, Port: int(records[0].Port), TLS: r.protection}
		}
	}
	return f, !f.IMAP.IsZero()
}

// mx returns the provider that receives the domain's mail.
func (d Discoverer) mx(ctx context.Context, address, domain string) (Found, bool) {
	records, err := d.Names.LookupMX(ctx, domain)
	if err != nil {
		return Found{}, false
	}
	for _, r := range records {
		if p, ok := provider.ByMX(r.Host); ok {
			return serversOf(p, FromMX, address), true
		}
	}
	return Found{}, false
}

// guess probes common host names.
func (d Discoverer) guess(ctx context.Context, address, domain string) (Found, bool) {
	if d.Probe == nil {
		return Found{}, false
	}
	f := Found{Origin: FromGuess, Username: address, SMTPUsername: address}
	f.IMAP = d.first(ctx, 993, "imap."+domain, "mail."+domain, domain)
	if f.IMAP.IsZero() {
		return f, false
	}
	f.SMTP = d.first(ctx, 465, "smtp."+domain, "mail."+domain, domain)
	return f, true
}

// first probes all hosts at once and returns the first one in the list that answers.
func (d Discoverer) first(ctx context.Context, port int, hosts ...string) netx.Server {
	good := make([]bool, len(hosts))
	at := func(i int) netx.Server { return netx.Server{Host: hosts[i], Port: port, TLS: netx.TLSImplicit} }
	var wg sync.WaitGroup
	for i := range hosts {
		wg.Go(func() { good[i] = d.Probe(ctx, at(i)) })
	}
	wg.Wait()
	if i := slices.Index(good, true); i >= 0 {
		return at(i)
	}
	return netx.Server{}
}

const (
	maxAutoconfig = 256 << 10
	ispdb         = "https://autoconfig.thunderbird.net/v1.1/"
)

// ErrAutoconfig is returned for a page without usable servers.
var ErrAutoconfig = errors.New("autoconfig names no usable servers")

// clientConfig is Thunderbird's autoconfig format.
type clientConfig struct {
	Providers []struct {
		Incoming []configServer `xml:"incomingServer"`
		Outgoing []configServer `xml:"outgoingServer"`
	} `xml:"emailProvider"`
}

type configServer struct {
	Type     string `xml:"type,attr"`
	Host     string `xml:"hostname"`
	Port     int    `xml:"port"`
	Socket   string `xml:"socketType"`
	Username string `xml:"username"`
}

// ReadAutoconfig returns the servers of an autoconfig file. Servers without TLS are
// ignored.
func ReadAutoconfig(r io.Reader, address string) (Found, error) {
	var c clientConfig
	if err := xml.NewDecoder(io.LimitReader(r, maxAutoconfig)).Decode(&c); err != nil {
		return Found{}, fmt.Errorf("%w: %w", ErrAutoconfig, err)
	}
	var f Found
	for _, p := range c.Providers {
		f.IMAP, f.Username = pick(p.Incoming, "imap", address)
		f.SMTP, f.SMTPUsername = pick(p.Outgoing, "smtp", address)
		if !f.IMAP.IsZero() {
			return f, nil
		}
	}
	return Found{}, ErrAutoconfig
}

// pick returns the first server with implicit TLS, else the first with STARTTLS.
func pick(servers []configServer, kind, address string) (netx.Server, string) {
	for _, want := range []struct {
		socket     string
		protection netx.TLSMode
	}{{"SSL", netx.TLSImplicit}, {"STARTTLS", netx.TLSStart}} {
		for _, s := range servers {
			host := strings.TrimSpace(s.Host)
			if s.Type != kind || strings.TrimSpace(s.Socket) != want.socket || s.Port < 1 || s.Port > 65535 || !netx.IsHost(host) {
				continue
			}
			return netx.Server{Host: host, Port: s.Port, TLS: want.protection}, username(s.Username, address)
		}
	}
	return netx.Server{}, address
}

func username(pattern, address string) string {
	local, domain := cutLast(address, "@")
	name := strings.NewReplacer("%EMAILADDRESS%", address, "%EMAILLOCALPART%", local, "%EMAILDOMAIN%", domain).Replace(strings.TrimSpace(pattern))
	if name == "" || strings.Contains(name, "%") || len(name) > 200 || strings.ContainsAny(name, "\r\n\x00") {
		return address
	}
	return name
}

// autoconfig reads the autoconfig pages of the domain itself.
func (d Discoverer) autoconfig(ctx context.Context, address, domain string) (Found, bool) {
	for _, page := range []string{
		"https://autoconfig." + domain + "/mail/config-v1.1.xml?emailaddress=" + url.QueryEscape(address),
		"https://" + domain + "/.well-known/autoconfig/mail/config-v1.1.xml",
	} {
		if f, err := d.fetch(ctx, page, address); err == nil {
			f.Origin = FromAutoconfig
			return f, true
		}
	}
	return Found{}, false
}

// ispdb asks Mozilla's database about the domain, if ISPDB is set.
func (d Discoverer) ispdb(ctx context.Context, address, domain string) (Found, bool) {
	if !d.ISPDB {
		return Found{}, false
	}
	f, err := d.fetch(ctx, ispdb+url.PathEscape(domain), address)
	f.Origin = FromISPDB
	return f, err == nil
}

func (d Discoverer) fetch(ctx context.Context, page, address string) (Found, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, page, nil)
	if err != nil {
		return Found{}, fmt.Errorf("autoconfig: %w", err)
	}
	client := *d.HTTP
	client.CheckRedirect = func(r *http.Request, via []*http.Request) error {
		if r.URL.Scheme != "https" || len(via) > 3 {
			return http.ErrUseLastResponse
		}
		return nil
	}
	res, err := client.Do(req)
	if err != nil {
		return Found{}, fmt.Errorf("autoconfig: %w", err)
	}
	defer func() { _ = res.Body.Close() }()
	if res.StatusCode != http.StatusOK {
		return Found{}, fmt.Errorf("%w: %s", ErrAutoconfig, res.Status)
	}
	return ReadAutoconfig(res.Body, address)
}
