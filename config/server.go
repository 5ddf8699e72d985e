package config

import (
	"slices"
	"strconv"

	"parcelwatch/internal/message"
	"parcelwatch/internal/netx"
	"parcelwatch/internal/provider"
)

// Server is a mail server with its login: the keys that [[mailbox]] and [smtp] share.
type Server struct {
	netx.Server

	CA          string  `toml:"ca"`          // file of a private CA, absolute after loading
	Fingerprint string  `toml:"fingerprint"` // "sha256:" and 64 hexadecimal digits, lower case
	Proxy       Proxy   `toml:"proxy"`
	Username    string  `toml:"username"`
	Password    Secret  `toml:"password"`
	OAuth2      *OAuth2 `toml:"oauth2"` // instead of a password
}

// element returns the path of a list element.
func element(path string, i int) string { return path + "[" + strconv.Itoa(i) + "]" }

// servers yields the mail servers of the file with their paths.
func (c *Config) servers(yield func(string, *Server) bool) {
	if c.base == nil && !yield("smtp", &c.SMTP.Server) {
		return
	}
	for i := range c.Mailboxes {
		if !yield(element("mailbox", i), &c.Mailboxes[i].Server) {
			return
		}
	}
}

// complete sets defaults, given the usual ports for TLS and STARTTLS, and makes paths
// absolute. An invalid fingerprint is left for the check.
func (s *Server) complete(c *Config, implicit, start int) {
	s.TLS, s.Port = netx.Complete(s.TLS, s.Port, implicit, start)
	s.CA = c.abs(s.CA)
	if pin, err := netx.ParsePin(s.Fingerprint); err == nil {
		s.Fingerprint = pin.String()
	}
}

func (s *Server) check(p *problems, at string) {
	_, wrongPin := netx.ParsePin(s.Fingerprint)
	for _, one := range []struct {
		wrong   bool
		key, id string
	}{
		{s.Host == "", "host", "config_host"},
		{s.Host != "" && !netx.IsHost(s.Host), "host", "config_host_form"},
		{s.Port < 1 || s.Port > 65535, "port", "config_port"},
		{s.TLS == netx.TLSNone && !netx.Loopback(s.Host) && s.Host != "", "tls", "config_tls_none"},
		{s.TLS == netx.TLSNone && (s.CA != "" || s.Fingerprint != ""), "tls", "config_tls_none_ca"},
		{s.Fingerprint != "" && wrongPin != nil, "fingerprint", "config_fingerprint"},
		{s.CA != "" && s.Fingerprint != "", "fingerprint", "config_ca_fingerprint"},
	} {
		if one.wrong {
			p.at(at+"."+one.key, one.id)
		}
	}
}

func (s *Server) checkLogin(p *problems, at string) {
	switch {
	case s.Password.IsZero() && s.OAuth2 == nil:
		p.at(at+".password", "config_password")
	case !s.Password.IsZero() && s.OAuth2 != nil:
		p.at(at+".oauth2", "config_password_oauth2")
	}
	if o := s.OAuth2; o != nil {
		p.among(at+".oauth2.provider", "provider", o.Provider, provider.OAuthNames())
		if o.ClientID == "" {
			p.at(at+".oauth2.client_id", "config_client_id")
		}
		if o.Endpoint != "" {
			p.says(at+".oauth2.endpoint", setEndpoint(&o.Endpoint, o.Endpoint))
		}
	}
	if s.Username == "" {
		p.at(at+".username", "config_username")
	}
}

// oneOf stores a text that is one of the names and returns what is wrong with any other
// value.
func oneOf[T ~string](dst *T, v any, kind string, names ...string) message.Text {
	s, _ := v.(string)
	if !slices.Contains(names, s) {
		return Unknown(kind, s, names)
	}
	*dst = T(s)
	return nil
}
