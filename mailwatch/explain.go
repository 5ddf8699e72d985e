package mailwatch

import (
	"context"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"strings"
	"syscall"
	"time"
)

// Explain puts an error of an account into one line for a person: what, why, and
// what to do. It never holds a secret.
func Explain(err error, a Account) string {
	if err == nil {
		return ""
	}
	a = a.complete()
	text := ""
	for _, explain := range []func(error, Account) string{
		explainSettings, explainCredential, explainFolder, explainCertificate, explainNetwork, explainRest,
	} {
		if text = explain(err, a); text != "" {
			break
		}
	}
	if a.Name == "" {
		return text
	}
	return a.Name + ": " + text
}

func explainSettings(err error, a Account) string {
	switch {
	case errors.Is(err, ErrPlain):
		return fmt.Sprintf("tls = \"none\" would send the password to %s in the clear; use tls = \"tls\" (port 993) or \"starttls\" (port 143)", a.Host)
	case errors.Is(err, ErrAccount):
		return oneLine(err.Error()) + "; correct the [[mailbox]] section"
	}
	return ""
}

func explainCredential(err error, a Account) string {
	var refused *RefusedError
	var missing *CredentialError
	switch {
	case errors.As(err, &missing):
		return "there is no credential to log in with: " + oneLine(missing.Err.Error()) + "; see password or oauth2 in the [[mailbox]] section"
	case errors.Is(err, ErrLoginDisabled):
		return a.Host + " takes no password on this connection; use tls = \"tls\" or \"starttls\", or oauth2 if the provider asks for it"
	case errors.As(err, &refused):
		return fmt.Sprintf("%s refuses the %s (%s); %s", a.Host, noun(refused), refused.Text, advice(a.Host, refused))
	}
	return ""
}

func noun(e *RefusedError) string {
	if e.Token {
		return "OAuth2 token"
	}
	return "login"
}

func advice(host string, e *RefusedError) string {
	if e.Token {
		return "log in anew: parcelwatch login NAME"
	}
	if hint := providerHint(host); hint != "" {
		return hint
	}
	return "check username and password; some providers want an app password and IMAP switched on in their settings"
}

const maxNamed = 30 // folders in a message

func explainFolder(err error, a Account) string {
	var missing *FolderError
	if !errors.As(err, &missing) {
		return ""
	}
	names := missing.Existing
	more := ""
	if len(names) > maxNamed {
		more = fmt.Sprintf(" and %d more", len(names)-maxNamed)
		names = names[:maxNamed]
	}
	quoted := make([]string, 0, len(names))
	for _, n := range names {
		quoted = append(quoted, fmt.Sprintf("%q", oneLine(n)))
	}
	return fmt.Sprintf("there is no folder %q on %s; correct folders, there are: %s%s",
		oneLine(missing.Folder), a.Host, strings.Join(quoted, ", "), more)
}

func explainCertificate(err error, a Account) string {
	var expired x509.CertificateInvalidError
	var name x509.HostnameError
	var authority x509.UnknownAuthorityError
	var record tls.RecordHeaderError
	switch {
	case errors.Is(err, ErrFingerprint):
		return fmt.Sprintf("the certificate of %s is not the one configured (%s); if the server was given a new one, write its fingerprint down anew", a.Host, oneLine(cause(err, ErrFingerprint)))
	case errors.As(err, &expired) && expired.Reason == x509.Expired:
		return fmt.Sprintf("the certificate of %s is not valid today (from %s to %s); ask its operator to renew it, and check this machine's clock",
			a.Host, expired.Cert.NotBefore.Format(time.DateOnly), expired.Cert.NotAfter.Format(time.DateOnly))
	case errors.As(err, &name):
		return fmt.Sprintf("the certificate is not for %s; write the name it is for as host%s", a.Host, certificateNames(name))
	case errors.As(err, &authority):
		return fmt.Sprintf("the certificate of %s is signed by nobody known here (self-made?); set ca = FILE, or fingerprint = %q if that is the server's%s",
			a.Host, fingerprintOf(err), bridgeNote(a.Host))
	case errors.As(err, &record):
		return fmt.Sprintf("%s does not speak TLS from the first byte; use tls = \"starttls\" (port 143) or port 993", a.Addr())
	case errors.As(err, &expired):
		return fmt.Sprintf("the certificate of %s cannot be accepted: %s; set ca or fingerprint if it is the server's", a.Host, oneLine(expired.Error()))
	}
	return ""
}

func certificateNames(e x509.HostnameError) string {
	if e.Certificate == nil || len(e.Certificate.DNSNames) == 0 {
		return ""
	}
	return ": " + oneLine(strings.Join(e.Certificate.DNSNames, ", "))
}

func fingerprintOf(err error) string {
	var unverified *tls.CertificateVerificationError
	if !errors.As(err, &unverified) || len(unverified.UnverifiedCertificates) == 0 {
		return "sha256:..."
	}
	return fmt.Sprintf("sha256:%x", sha256.Sum256(unverified.UnverifiedCertificates[0].Raw))
}

func bridgeNote(host string) string {
	if loopback(host) {
		return " (Proton Bridge and the like always need this)"
	}
	return ""
}

func explainNetwork(err error, a Account) string {
	var dns *net.DNSError
	var op *net.OpError
	switch {
	case errors.As(err, &dns) && dns.IsNotFound:
		return fmt.Sprintf("there is no host %s; check host", dns.Name)
	case errors.As(err, &dns):
		return fmt.Sprintf("the name %s cannot be looked up now; check this machine's network (it will be tried again)", dns.Name)
	case errors.Is(err, syscall.ECONNREFUSED):
		return fmt.Sprintf("nothing listens on %s; check host and port (993 for tls, 143 for starttls)", a.Addr())
	case errors.Is(err, ErrSilent), errors.Is(err, context.DeadlineExceeded):
		return fmt.Sprintf("%s does not answer; network, firewall or server (it will be tried again)", a.Addr())
	case errors.Is(err, ErrClosed):
		return fmt.Sprintf("%s (%s); it will be tried again", oneLine(cause(err, ErrClosed)), a.Addr())
	case errors.Is(err, syscall.ECONNRESET), errors.Is(err, syscall.EPIPE):
		return fmt.Sprintf("the connection to %s was cut; it will be tried again", a.Addr())
	case errors.As(err, &op) && op.Timeout():
		return fmt.Sprintf("%s cannot be reached in time; network, firewall or server (it will be tried again)", a.Addr())
	case errors.As(err, &op):
		return fmt.Sprintf("%s cannot be reached: %s; it will be tried again", a.Addr(), oneLine(op.Err.Error()))
	}
	return ""
}

func explainRest(err error, a Account) string {
	if store, ok := errors.AsType[*StoreError](err); ok {
		return oneLine(store.Error()) + "; check the disk and [store] path (it will be tried again)"
	}
	return a.Host + ": " + oneLine(err.Error()) + "; it will be tried again"
}

// cause is the text of an error from the sentinel on.
func cause(err, sentinel error) string {
	text := err.Error()
	if i := strings.Index(text, sentinel.Error()); i >= 0 {
		return text[i:]
	}
	return text
}
