package notify

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"net"
	"os"
	"syscall"

	"github.com/emersion/go-smtp"
)

// Explain puts an error of sending into one line: what, why, what to do.
func Explain(err error) string {
	if err == nil {
		return ""
	}
	line := clean(err.Error(), 300)
	if hint := hint(err); hint != "" {
		line += ": " + hint
	}
	return line
}

func hint(err error) string {
	for _, f := range []func(error) string{ownHint, tlsHint, netHint, answerHint} {
		if h := f(err); h != "" {
			return h
		}
	}
	return ""
}

func ownHint(err error) string {
	switch {
	case errors.Is(err, ErrPlain):
		return `set tls = "tls" (port 465) or "starttls" (port 587) under [smtp]`
	case errors.Is(err, ErrNoStartTLS):
		return `set tls = "tls" and port = 465 under [smtp], or ask the provider for its port`
	case errors.Is(err, ErrNoAuth):
		return "look whether this port is the one for sending (465 or 587, not 25)"
	case errors.Is(err, ErrLogin):
		return "check username and password under [smtp]; many providers want an app password or OAuth2"
	case errors.Is(err, ErrAddress):
		return `write addresses like "Parcels <me@example.org>"`
	case errors.Is(err, context.DeadlineExceeded), errors.Is(err, os.ErrDeadlineExceeded):
		return "the server does not answer in time: check host and port, and whether a firewall is in the way"
	default:
		return ""
	}
}

func tlsHint(err error) string {
	var record tls.RecordHeaderError
	var unknown x509.UnknownAuthorityError
	var hostname x509.HostnameError
	var invalid x509.CertificateInvalidError
	switch {
	case errors.As(err, &record):
		return `the port speaks no TLS: try tls = "starttls"`
	case errors.As(err, &hostname):
		return "use the host name that the certificate is for"
	case errors.As(err, &invalid) && invalid.Reason == x509.Expired:
		return "the server's certificate has expired, or the clock here is wrong"
	case errors.As(err, &unknown), errors.As(err, &invalid):
		return `nobody known has signed the certificate; if the server is your own, name its authority: ca = "FILE" under [smtp]`
	default:
		return ""
	}
}

func netHint(err error) string {
	var dns *net.DNSError
	var op *net.OpError
	switch {
	case errors.As(err, &dns) && dns.IsNotFound:
		return "there is no such host: check host under [smtp]"
	case errors.As(err, &dns):
		return "names cannot be looked up now: check the network"
	case errors.Is(err, syscall.ECONNREFUSED):
		return "nothing listens there: check host and port under [smtp]"
	case errors.As(err, &op):
		return "check the network, host and port"
	default:
		return ""
	}
}

func answerHint(err error) string {
	var answer *smtp.SMTPError
	if !errors.As(err, &answer) {
		return ""
	}
	switch {
	case answer.Code == 530:
		return "the server wants a login: set username and password under [smtp]"
	case answer.Code == 552:
		return "the server takes no mail of this size"
	case answer.Code >= 500:
		return "the server refuses for good: check from and to, and what the server says"
	default:
		return "the server wants us to come later; it is tried again"
	}
}
