package config

import (
	"slices"
	"strconv"

	"parcelwatch/internal/netx"
	"parcelwatch/internal/provider"
)

// element returns the path of a list element.
func element(path string, i int) string { return path + "[" + strconv.Itoa(i) + "]" }

// server holds the keys shared by [[mailbox]] and [smtp].
type server struct {
	host            string
	port            int
	mode            netx.TLSMode
	ca, fingerprint string
}

func (s server) check(p *problems, at string) {
	switch {
	case s.host == "":
		p.at(at+".host", "config_host")
	case !netx.IsHost(s.host):
		p.at(at+".host", "config_host_form")
	}
	if s.port < 1 || s.port > 65535 {
		p.at(at+".port", "config_port")
	}
	if s.mode == netx.TLSNone && !netx.Loopback(s.host) && s.host != "" {
		p.at(at+".tls", "config_tls_none")
	}
	if s.mode == netx.TLSNone && (s.ca != "" || s.fingerprint != "") {
		p.at(at+".tls", "config_tls_none_ca")
	}
	if _, err := netx.ParsePin(s.fingerprint); s.fingerprint != "" && err != nil {
		p.at(at+".fingerprint", "config_fingerprint")
	}
	if s.ca != "" && s.fingerprint != "" {
		p.at(at+".fingerprint", "config_ca_fingerprint")
	}
}

type login struct {
	username string
	password Secret
	oauth2   *OAuth2
}

func (l login) check(p *problems, at string) {
	switch {
	case l.password.IsZero() && l.oauth2 == nil:
		p.at(at+".password", "config_password")
	case !l.password.IsZero() && l.oauth2 != nil:
		p.at(at+".oauth2", "config_password_oauth2")
	}
	if l.oauth2 == nil {
		return
	}
	providers := provider.OAuthNames()
	if !slices.Contains(providers, l.oauth2.Provider) {
		p.says(at+".oauth2.provider", Unknown("provider", l.oauth2.Provider, providers))
	}
	if l.oauth2.ClientID == "" {
		p.at(at+".oauth2.client_id", "config_client_id")
	}
	if e := l.oauth2.Endpoint; e != "" {
		p.says(at+".oauth2.endpoint", setEndpoint(&l.oauth2.Endpoint, e))
	}
}
