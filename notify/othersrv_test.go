package notify_test

import (
	"context"
	"net"
	"strings"
	"testing"

	"parcelwatch/internal/netx"
	"parcelwatch/notify"
)

// A mailbox's server in place of the one for sending is named.
func TestAServerForReadingIsNamed(t *testing.T) {
	t.Parallel()
	for _, greeting := range []string{"* OK [CAPABILITY IMAP4rev1] ready.\r\n", "* PREAUTH hi\r\n", "* BYE too many connections\r\n"} {
		for _, mode := range []netx.TLSMode{netx.TLSNone, netx.TLSStart} {
			s := &notify.SMTP{
				Host: "127.0.0.1", Port: 143, TLS: mode,
				Dial: func(context.Context, string, string) (net.Conn, error) {
					client, server := net.Pipe()
					go func() { // ends when the client closes the pipe
						_, _ = server.Write([]byte(greeting))
						_, _ = server.Read(make([]byte, 1))
						_ = server.Close()
					}()
					return client, nil
				},
			}
			err := s.Accepts(t.Context(), "me@example.org", []string{"me@example.org"})
			if got := notify.Explain(err); !strings.HasPrefix(got, "127.0.0.1:143 is a server for reading email (IMAP)") || !strings.Contains(got, "[smtp]") {
				t.Errorf("%q, %s: %s (%v)", greeting, mode, got, err)
			}
		}
	}
}
