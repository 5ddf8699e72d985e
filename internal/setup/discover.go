package setup

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"parcelwatch/internal/netx"
	"parcelwatch/internal/provider"
)

// Origin says where the servers of an address were found.
type Origin string

// The origins, the most reliable first.
const (
	FromTable      Origin = "table"      // in the table of providers
	FromAutoconfig Origin = "autoconfig" // the domain's own page, over TLS
	FromSRV        Origin = "srv"        // the domain's name servers
	FromMX         Origin = "mx"         // a provider known here takes the domain's mail
	FromISPDB      Origin = "ispdb"      // Mozilla's list
	FromGuess      Origin = "guess"      // a usual name at which something answers
)

// Found is the result of a discovery.
type Found struct {
	Origin   Origin
	Provider provider.Provider // the zero value where none is known
	IMAP     netx.Server
	SMTP     netx.Server // the zero value where none was found
	// Username and SMTPUsername log in.
	Username, SMTPUsername string
}

// Sure reports whether a password may be sent to the servers without asking first:
// they are in the table, or the domain names them over TLS, or they are below the
// domain.
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

// Names is the part of the name service that discovery uses; [net.Resolver]
// implements it.
type Names interface {
	LookupSRV(ctx context.Context, service, proto, name string) (string, []*net.SRV, error)
	LookupMX(ctx context.Context, name string) ([]*net.MX, error)
}

// Discoverer finds the servers of an address. It tells others the domain only; the
// domain's own autoconfig page is told the address.
type Discoverer struct {
	Names Names
	HTTP  *http.Client
	// Probe reports whether a server answers with TLS and a certificate for its
	// name. It is asked only about guesses.
	Probe func(ctx context.Context, s netx.Server) bool
	// ISPDB allows asking Mozilla's list, a third party, about the domain.
	ISPDB bool
}

const discoverTime = 12 * time.Second

// Discover finds the servers. It takes some seconds at most.
func (d Discoverer) Discover(ctx context.Context, address string) (Found, error) {
	address, domain, err := ParseAddress(address)
	if err != nil {
		return Found{}, err
	}
	if p, ok := provider.ByDomain(domain); ok {
		return known(p, FromTable, address), nil
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

// known returns a provider's servers for an address.
func known(p provider.Provider, o Origin, address string) Found {
	f := Found{Origin: o, Provider: p, IMAP: p.IMAP, SMTP: p.SMTP, Username: address, SMTPUsername: address}
	if p.LocalName {
		f.Username, _ = cutLast(address, "@")
	}
	return f
}

// published asks all published sources at once and takes the most reliable answer.
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

// srv reads the domain's service records (RFC 6186, RFC 8314).
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
		// A dot says that the service does not exist.
		if host := strings.TrimSuffix(records[0].Target, "."); netx.IsHost(host) && records[0].Port != 0 {
			*r.to = netx.Server{Host: host, Port: int(records[0].Port), TLS: r.protection}
		}
	}
	return f, !f.IMAP.IsZero()
}

// mx finds the provider that receives the domain's mail.
func (d Discoverer) mx(ctx context.Context, address, domain string) (Found, bool) {
	records, err := d.Names.LookupMX(ctx, domain)
	if err != nil {
		return Found{}, false
	}
	for _, r := range records {
		if p, ok := provider.ByMX(r.Host); ok {
			return known(p, FromMX, address), true
		}
	}
	return Found{}, false
}

// guess tries the usual names.
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

// first returns the first host that answers; all are tried at once.
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
