package fault_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"os"
	"syscall"
	"testing"

	"parcelwatch/internal/fault"
	"parcelwatch/internal/locale"
	"parcelwatch/internal/message"
	"parcelwatch/internal/netx"
)

type explained struct{}

func (explained) Error() string { return "odd" }
func (explained) Fault() message.Text {
	return message.New("fault_login_ended").And(message.New("do_login"))
}

func TestOf(t *testing.T) {
	t.Parallel()
	dial := func(err error) error {
		return fmt.Errorf("connect: %w", &net.OpError{Op: "dial", Net: "tcp", Err: err})
	}
	for _, c := range []struct {
		name string
		err  error
		want string
	}{
		{"an unknown host", dial(&net.DNSError{Name: "mail.exmple.org", IsNotFound: true}), "there is no host mail.exmple.org"},
		{"no name server", dial(&net.DNSError{Name: "mail.example.org", IsTemporary: true}), "the name mail.example.org cannot be looked up now"},
		{"nobody there", dial(os.NewSyscallError("connect", syscall.ECONNREFUSED)), "nothing listens on mail.example.org:993"},
		{"no route", dial(os.NewSyscallError("connect", syscall.EHOSTUNREACH)), "mail.example.org:993 cannot be reached (connect: no route to host)"},
		{"no answer", dial(context.DeadlineExceeded), "mail.example.org:993 does not answer"},
		{"no answer while reading", &net.OpError{Op: "read", Err: os.ErrDeadlineExceeded}, "mail.example.org:993 does not answer"},
		{"cut", dial(os.NewSyscallError("read", syscall.ECONNRESET)), "the connection to mail.example.org:993 was cut"},
		{"ended", fmt.Errorf("read: %w", io.ErrUnexpectedEOF), "the connection to mail.example.org:993 was cut"},
		{"a guard's silence", fmt.Errorf("greet: %w for 20s", netx.ErrSilent), "mail.example.org:993 does not answer"},
		{"a guard's end", netx.ErrClosed, "the connection to mail.example.org:993 was cut"},
		{"an endless answer", netx.ErrTooMuch, "mail.example.org:993 sends far more than was asked for"},
		{"a full disk", &fs.PathError{Op: "write", Path: "/var/x", Err: syscall.ENOSPC}, "the disk is full"},
		{"no file", &fs.PathError{Op: "open", Path: "/etc/x", Err: fs.ErrNotExist}, "no such file or folder: /etc/x"},
		{"a closed file", &fs.PathError{Op: "open", Path: "/etc/x", Err: syscall.EACCES}, "no permission for /etc/x"},
		{"anything else is another's to explain", errors.New("odd"), ""},
		{"no error", nil, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			if got := locale.English(fault.Of(c.err, "mail.example.org:993")); got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}

func TestCredential(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name string
		err  error
		want string
	}{
		{"an error that knows its words and what to do", fmt.Errorf("renew: %w", explained{}), "there is no password or token to log in with: the provider has ended the login; log in again: parcelwatch login NAME"},
		{"one of the disk", &fs.PathError{Op: "open", Path: "/etc/x", Err: fs.ErrNotExist}, "there is no password or token to log in with: no such file or folder: /etc/x; see password or oauth2 under [smtp]"},
		{"any other", errors.New("odd\nthing"), "there is no password or token to log in with: odd thing; see password or oauth2 under [smtp]"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			if got := locale.English(fault.Credential(c.err, "do_smtp_secret")); got != c.want {
				t.Errorf("got  %q\nwant %q", got, c.want)
			}
		})
	}
}
