package config

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// element is the path of a list's element.
func element(path string, i int) string { return path + "[" + strconv.Itoa(i) + "]" }

// server is what [[mailbox]] and [smtp] have in common.
type server struct {
	host            string
	port            int
	mode            TLSMode
	ca, fingerprint string
}

var (
	hostForm        = regexp.MustCompile(`^[A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9])?$|^[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*$`)
	fingerprintForm = regexp.MustCompile(`^sha256:[0-9a-f]{64}$`)
)

func (s server) check(p *problems, at string) {
	switch {
	case s.host == "":
		p.at(at+".host", `is missing, such as "mail.example.org"`)
	case !hostForm.MatchString(s.host):
		p.at(at+".host", "a host name is expected, without ://, port or path")
	}
	if s.port < 1 || s.port > 65535 {
		p.at(at+".port", "1 to 65535 is expected")
	}
	if s.mode == TLSNone && !loopback(s.host) && s.host != "" {
		p.at(at+".tls", `"none" is allowed on this machine only (127.0.0.1, ::1, localhost); use "tls" or "starttls"`)
	}
	if s.mode == TLSNone && (s.ca != "" || s.fingerprint != "") {
		p.at(at+".tls", `"none" cannot stand together with ca or fingerprint`)
	}
	if s.fingerprint != "" && !fingerprintForm.MatchString(s.fingerprint) {
		p.at(at+".fingerprint", `"sha256:" and 64 hexadecimal digits are expected`)
	}
	if s.ca != "" && s.fingerprint != "" {
		p.at(at+".fingerprint", "ca and fingerprint cannot stand together; keep one")
	}
}

// cleanFingerprint brings the forms that openssl prints into ours.
func cleanFingerprint(s string) string {
	s = strings.ToLower(strings.TrimSpace(s))
	algorithm, hex, ok := strings.Cut(s, ":")
	if !ok {
		return s
	}
	return algorithm + ":" + strings.ReplaceAll(hex, ":", "")
}

type login struct {
	username string
	password Secret
	oauth2   *OAuth2
}

func (l login) check(p *problems, at string) {
	switch {
	case l.password.IsZero() && l.oauth2 == nil:
		p.at(at+".password", `is missing, such as password = { file = "/etc/parcelwatch/mail.pass" }`)
	case !l.password.IsZero() && l.oauth2 != nil:
		p.at(at+".oauth2", "password and oauth2 cannot stand together; keep one")
	}
	if l.oauth2 == nil {
		return
	}
	providers := []string{"google", "microsoft"}
	if !slices.Contains(providers, l.oauth2.Provider) {
		p.at(at+".oauth2.provider", "%s", Unknown("provider", l.oauth2.Provider, providers))
	}
	if l.oauth2.ClientID == "" {
		p.at(at+".oauth2.client_id", "is missing; it is the id of your own application at the provider")
	}
	if e := l.oauth2.Endpoint; e != "" {
		if wrong := setEndpoint(&l.oauth2.Endpoint, e); wrong != "" {
			p.at(at+".oauth2.endpoint", "%s", wrong)
		}
	}
}
