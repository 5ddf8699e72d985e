package setup

import (
	"context"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"

	"parcelwatch/internal/netx"
)

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
