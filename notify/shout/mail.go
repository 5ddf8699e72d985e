package shout

import (
	"fmt"
	"strings"

	"github.com/nicholas-fedor/shoutrrr"
	"github.com/nicholas-fedor/shoutrrr/pkg/services/email/smtp"

	"parcelwatch/internal/netx"
)

// Mail is what a URL of the form smtp://... says. The library's own client of mail servers
// reads answers of any length, so the caller sends.
type Mail struct {
	Host, Username, Password string
	Port                     int
	TLS                      netx.TLSMode
	From                     string
	To                       []string
}

// ParseMail reads a URL. ok is false for a URL of another kind.
func ParseMail(name, address string) (m Mail, ok bool, err error) {
	address = strings.TrimSpace(address)
	if !strings.HasPrefix(strings.ToLower(address), smtp.Scheme+":") {
		return m, false, nil
	}
	library, err := shoutrrr.CreateSender()
	if err != nil {
		return m, true, err
	}
	service, err := library.Locate(address)
	if err != nil {
		return m, true, fmt.Errorf("channel %s: %w: %s", name, ErrURL, redact(err.Error(), secretsOf(address)))
	}
	found, ok := service.(*smtp.Service)
	if !ok {
		return m, true, fmt.Errorf("channel %s: %w", name, ErrURL)
	}
	c := found.Config
	m = Mail{Host: c.Host, Username: c.Username, Password: c.Password, Port: int(c.Port), From: c.FromAddress, To: c.ToAddresses, TLS: netx.TLSStart}
	switch encryption := c.Encryption.String(); {
	case strings.HasPrefix(encryption, "Implicit"), encryption == "Auto" && c.Port == 465:
		m.TLS = netx.TLSImplicit
	case encryption == "None", !c.UseStartTLS, netx.Loopback(c.Host) && !c.RequireStartTLS:
		m.TLS = netx.TLSNone
	}
	return m, true, nil
}
