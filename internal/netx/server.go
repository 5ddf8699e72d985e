package netx

import (
	"errors"
	"fmt"
	"net"
	"strconv"
	"strings"
)

// Server is an address to connect to and its protection.
type Server struct {
	Host string  `toml:"host"`
	Port int     `toml:"port"`
	TLS  TLSMode `toml:"tls"`
}

// IsZero reports whether there is none.
func (s Server) IsZero() bool { return s.Host == "" }

// String is host and port.
func (s Server) String() string { return net.JoinHostPort(s.Host, strconv.Itoa(s.Port)) }

// ErrServer is returned for a text that is not a host with an optional port.
var ErrServer = errors.New("a host is expected, or host:port")

// ParseServer reads "host" or "host:port". Without a mode the port decides;
// implicit and start are the protocol's usual ports.
func ParseServer(text string, protection TLSMode, implicit, start int) (Server, error) {
	text = strings.TrimSpace(text)
	host, port, err := net.SplitHostPort(text)
	if err != nil {
		host, port = strings.Trim(text, "[]"), ""
	}
	if !IsHost(host) {
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
	s.TLS, s.Port = Complete(s.TLS, s.Port, implicit, start)
	return s, nil
}
