package setup

import (
	"errors"
	"fmt"
	"net"
	"net/mail"
	"strconv"
	"strings"

	"parcelwatch/internal/netx"
)

// Server is where to connect to.
type Server struct {
	Host string
	Port int
	TLS  netx.TLSMode
}

// IsZero reports whether there is none.
func (s Server) IsZero() bool { return s.Host == "" }

// String is host and port.
func (s Server) String() string { return net.JoinHostPort(s.Host, strconv.Itoa(s.Port)) }

var (
	// ErrServer is what is no host with a port.
	ErrServer = errors.New("a host is expected, or host:port")
	// ErrAddress is what is no mail address.
	ErrAddress = errors.New("not a mail address")
)

// ParseServer reads what a person types: a host, or host:port. The port decides
// the protection where that is not given.
func ParseServer(text string, protection netx.TLSMode, implicit, start int) (Server, error) {
	text = strings.TrimSpace(text)
	host, port, err := net.SplitHostPort(text)
	if err != nil {
		host, port = strings.Trim(text, "[]"), ""
	}
	if !netx.IsHost(host) {
		return Server{}, fmt.Errorf("%.60q: %w", text, ErrServer)
	}
	s := Server{Host: host, TLS: protection}
	if port != "" {
		n, err := strconv.Atoi(port)
		if err != nil || n < 1 || n > 65535 {
			return Server{}, fmt.Errorf("%.60q: %w", text, ErrServer)
		}
		s.Port = n
	}
	s.TLS, s.Port = netx.Complete(s.TLS, s.Port, implicit, start)
	return s, nil
}

// ParseAddress reads a mail address and returns it bare, with its domain in
// lower case.
func ParseAddress(text string) (address, domain string, err error) {
	a, err := mail.ParseAddress(strings.TrimSpace(text))
	if err != nil {
		return "", "", fmt.Errorf("%.80q: %w", text, ErrAddress)
	}
	local, domain := cutLast(a.Address, "@")
	domain = strings.ToLower(strings.TrimSuffix(domain, "."))
	if !netx.IsHost(domain) && !international(domain) || local == "" {
		return "", "", fmt.Errorf("%.80q: %w", text, ErrAddress)
	}
	return local + "@" + domain, domain, nil
}

func international(domain string) bool {
	return strings.IndexFunc(domain, func(r rune) bool { return r > 0x7f }) >= 0 && !strings.ContainsAny(domain, " /:\\\"'<>")
}

func cutLast(s, sep string) (before, after string) {
	if i := strings.LastIndex(s, sep); i >= 0 {
		return s[:i], s[i+len(sep):]
	}
	return s, ""
}

// Related reports whether a server's name belongs to the domain of an address,
// or to that of its mail server.
func Related(name, domain, host string) bool {
	name = strings.ToLower(name)
	if _, parent, ok := strings.Cut(strings.ToLower(host), "."); ok && strings.Contains(parent, ".") && net.ParseIP(host) == nil && below(name, parent) {
		return true
	}
	return below(name, domain)
}
