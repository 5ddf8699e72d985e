package mailwatch

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"parcelwatch/internal/fault"
	"parcelwatch/internal/message"
	"parcelwatch/internal/netx"
	"parcelwatch/internal/textx"
)

// Fault returns what is wrong with an account and what to do. It is pure and never
// contains a secret.
func Fault(err error, a Account) message.Text {
	if err == nil {
		return nil
	}
	return addressed(explain(err, a.complete()), a.Household)
}

func explain(err error, a Account) message.Text {
	for _, explain := range []func(error, Account) message.Text{
		explainSettings, explainCredential, explainFolder, explainStore, explainConnection,
	} {
		if f := explain(err, a); f != nil {
			return f
		}
	}
	return message.New("fault_other", "Host", a.Host, "Text", oneLine(err.Error())).And(message.New(refusalAdvice(err)))
}

// addressed names the household in advice to log in.
func addressed(f message.Text, household string) message.Text {
	if household == "" {
		return f
	}
	out := slices.Clone(f)
	for i, m := range out {
		switch m.ID {
		case "do_login":
			out[i] = message.New("do_login_household", "Household", household)[0]
		case "do_microsoft":
			out[i] = message.New("do_microsoft_household", "Household", household)[0]
		}
	}
	return out
}

// refusalAdvice returns the id of the advice for an error that the server reports in words
// of its own.
func refusalAdvice(err error) string {
	unread := (*protocolError)(nil)
	switch text := err.Error(); {
	case textx.Mentions(text, "authenticated but not connected"):
		return "do_not_connected"
	case textx.Mentions(text, "unsafe login"):
		return "do_unsafe"
	case errors.As(err, &unread):
		return "do_grammar"
	}
	return "do_wait"
}

func explainSettings(err error, a Account) message.Text {
	switch {
	case errors.Is(err, ErrPlain):
		return message.New("fault_plain", "Host", a.Host).And(message.New("do_imap_tls"))
	case errors.Is(err, errSMTP):
		return message.New("fault_is_smtp", "Host", a.Addr()).And(message.New("do_imap_port"))
	case errors.Is(err, ErrAccount):
		return message.New("fault_settings", "Text", oneLine(err.Error())).And(message.New("do_mailbox"))
	}
	return nil
}

func explainCredential(err error, a Account) message.Text {
	var refused *RefusedError
	var missing *CredentialError
	switch {
	case errors.As(err, &missing):
		return fault.Credential(missing.Err, "do_mailbox_credential")
	case errors.Is(err, ErrLoginDisabled):
		return message.New("fault_no_login", "Host", a.Host).And(message.New("do_no_login"))
	case errors.As(err, &refused) && refused.Token:
		return message.New("fault_token_refused", "Host", a.Host, "Text", refused.Text).And(message.New("do_login"))
	case errors.As(err, &refused):
		return message.New("fault_login_refused", "Host", a.Host, "Text", refused.Text).And(message.New(providerAdvice(a.Host)))
	}
	return nil
}

const maxNamed = 30 // folders in a message

func explainFolder(err error, a Account) message.Text {
	var missing *FolderError
	if !errors.As(err, &missing) {
		return nil
	}
	names := missing.Existing
	more := len(names) - maxNamed
	if more > 0 {
		names = names[:maxNamed]
	}
	quoted := make([]string, 0, len(names))
	for _, n := range names {
		quoted = append(quoted, fmt.Sprintf("%q", oneLine(n)))
	}
	out := message.New("fault_folder", "Folder", fmt.Sprintf("%q", oneLine(missing.Folder)), "Host", a.Host)
	if more > 0 {
		return out.And(message.New("do_folder_more", "Folders", strings.Join(quoted, ", "), "More", strconv.Itoa(more)))
	}
	return out.And(message.New("do_folder", "Folders", strings.Join(quoted, ", ")))
}

// explainConnection explains errors that keep every client from talking to the server.
func explainConnection(err error, a Account) message.Text {
	switch {
	case errors.Is(err, netx.ErrSilent):
		return message.New("fault_silent", "Host", a.Addr()).And(message.New("do_firewall"))
	case errors.Is(err, netx.ErrClosed):
		return closed(err, a).And(message.New("do_wait"))
	}
	f := fault.Of(err, a.Addr())
	if f == nil {
		return nil
	}
	switch f[0].ID {
	case "fault_hostname":
		return f.And(certificateNames(err))
	case "fault_authority":
		return f.And(authorityAdvice(err, a.Host))
	}
	if id := connectionAdvice(f[0].ID); id != "" {
		return f.And(message.New(id))
	}
	return f
}

// connectionAdvice returns the id of the advice for a fault, or "".
func connectionAdvice(fault string) string {
	return map[string]string{
		"fault_expired": "do_clock", "fault_fingerprint": "do_fingerprint", "fault_certificate": "do_certificate", "fault_no_tls": "do_imap_starttls", "fault_host": "do_host",
		"fault_dns": "do_network", "fault_port": "do_imap_port", "fault_silent": "do_firewall", "fault_cut": "do_wait", "fault_too_much": "do_wait",
		"fault_unreachable": "do_wait",
	}[fault]
}

// closed includes the server's last words, which often contain the reason.
func closed(err error, a Account) message.Text {
	if _, words, ok := strings.Cut(err.Error(), netx.ErrClosed.Error()+": "); ok {
		return message.New("fault_closed_words", "Host", a.Addr(), "Text", oneLine(words))
	}
	return message.New("fault_closed", "Host", a.Addr())
}

func certificateNames(err error) message.Text {
	var e x509.HostnameError
	if !errors.As(err, &e) || e.Certificate == nil || len(e.Certificate.DNSNames) == 0 {
		return message.New("do_hostname")
	}
	return message.New("do_hostname_of", "Names", oneLine(strings.Join(e.Certificate.DNSNames, ", ")))
}

func authorityAdvice(err error, host string) message.Text {
	fingerprint := "sha256:..."
	var unverified *tls.CertificateVerificationError
	if errors.As(err, &unverified) && len(unverified.UnverifiedCertificates) > 0 {
		fingerprint = netx.PinOf(unverified.UnverifiedCertificates[0]).String()
	}
	if netx.Loopback(host) {
		return message.New("do_authority_bridge", "Fingerprint", fingerprint)
	}
	return message.New("do_authority", "Fingerprint", fingerprint)
}

func explainStore(err error, _ Account) message.Text {
	store, ok := errors.AsType[*StoreError](err)
	if !ok {
		return nil
	}
	return message.New("fault_store", "Text", oneLine(store.Err.Error())).And(message.New("do_store"))
}
