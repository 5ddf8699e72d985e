package mailwatch_test

import (
	"context"
	"net"
	"strings"
	"testing"

	"parcelwatch/internal/netx"
	"parcelwatch/mailwatch"
)

// A server for sending at the port of a mailbox is named, before and without STARTTLS.
func TestAServerForSendingIsNamed(t *testing.T) {
	t.Parallel()
	for _, greeting := range []string{"220 mx.example.org ESMTP Postfix\r\n", "220-mx.example.org welcome\r\n220 ready\r\n"} {
		for _, mode := range []netx.TLSMode{netx.TLSNone, netx.TLSStart} {
			a := mailwatch.Account{
				Name: "home", Host: "127.0.0.1", Port: 25, TLS: mode,
				Auth: func(context.Context) (mailwatch.Credential, error) { return mailwatch.Credential{}, nil },
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
			_, err := mailwatch.Check(t.Context(), a)
			if got := explain(err, a); !strings.HasPrefix(got, "127.0.0.1:25 is a server for sending email (SMTP)") || !strings.Contains(got, "check host and port") {
				t.Errorf("%q, %s: %s (%v)", greeting, mode, got, err)
			}
		}
	}
}
