// Package fault turns errors of the network, of certificates and of the disk into
// translatable messages. It must not know what the failed operation was for: the
// caller adds the advice.
package fault

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"io/fs"
	"net"
	"os"
	"runtime"
	"syscall"
	"time"

	"parcelwatch/internal/message"
	"parcelwatch/internal/netx"
)

// Of returns the fault behind an error of a connection to address, a host with or
// without port. It is nil for an error of another kind.
func Of(err error, address string) message.Text {
	for _, of := range []func(error, string) message.Text{certificate, network} {
		if f := of(err, address); f != nil {
			return f
		}
	}
	return Disk(err)
}

func certificate(err error, address string) message.Text {
	var invalid x509.CertificateInvalidError
	var name x509.HostnameError
	var authority x509.UnknownAuthorityError
	var record tls.RecordHeaderError
	var pin *netx.PinError
	host := hostOf(address)
	switch {
	case errors.As(err, &invalid) && invalid.Reason == x509.Expired:
		return message.New("fault_expired", "Host", host,
			"From", invalid.Cert.NotBefore.Format(time.DateOnly), "To", invalid.Cert.NotAfter.Format(time.DateOnly))
	case errors.As(err, &pin):
		return message.New("fault_fingerprint", "Host", host, "Text", pin.Shown.String())
	case errors.As(err, &name):
		return message.New("fault_hostname", "Host", host)
	case errors.As(err, &authority):
		return message.New("fault_authority", "Host", host)
	case errors.As(err, &record):
		return message.New("fault_no_tls", "Host", address)
	case errors.As(err, &invalid):
		return message.New("fault_certificate", "Host", host, "Text", invalid.Error())
	}
	return nil
}

func network(err error, address string) message.Text {
	var dns *net.DNSError
	var op *net.OpError
	switch {
	case errors.As(err, &dns) && dns.IsNotFound:
		return message.New("fault_host", "Host", dns.Name)
	case errors.As(err, &dns):
		return message.New("fault_dns", "Host", dns.Name)
	case errors.Is(err, syscall.ECONNREFUSED), onWindows(err, 10061):
		return message.New("fault_port", "Host", address)
	case errors.Is(err, context.DeadlineExceeded), errors.Is(err, netx.ErrSilent), errors.Is(err, os.ErrDeadlineExceeded), errors.As(err, &op) && op.Timeout():
		return message.New("fault_silent", "Host", address)
	case errors.Is(err, netx.ErrTooMuch):
		return message.New("fault_too_much", "Host", address)
	case errors.Is(err, netx.ErrClosed), errors.Is(err, syscall.ECONNRESET), errors.Is(err, syscall.EPIPE), errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF),
		onWindows(err, 10053), onWindows(err, 10054):
		return message.New("fault_cut", "Host", address)
	case errors.As(err, &op):
		return message.New("fault_unreachable", "Host", address, "Text", op.Err.Error())
	}
	return nil
}

// Disk returns the fault behind an error of a file, nil for an error of another kind.
func Disk(err error) message.Text {
	var path *fs.PathError
	switch {
	case errors.Is(err, syscall.ENOSPC), onWindows(err, 39), onWindows(err, 112):
		return message.New("fault_disk_full")
	case errors.As(err, &path) && errors.Is(err, fs.ErrNotExist):
		return message.New("fault_no_file", "Path", path.Path)
	case errors.As(err, &path) && errors.Is(err, fs.ErrPermission):
		return message.New("fault_no_permission", "Path", path.Path)
	}
	return nil
}

// onWindows reports whether err is the Windows error with this number, for which
// package syscall has no portable name.
func onWindows(err error, number syscall.Errno) bool {
	return runtime.GOOS == "windows" && errors.Is(err, number)
}

func hostOf(address string) string {
	if host, _, err := net.SplitHostPort(address); err == nil {
		return host
	}
	return address
}
