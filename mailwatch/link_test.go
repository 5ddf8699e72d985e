package mailwatch_test

import (
	"errors"
	"io"
	"net"
	"strings"
	"testing"
	"testing/synctest"

	"parcelwatch/internal/netx"
	"parcelwatch/mailwatch"
)

func TestALinkKeepsTheServersLastWords(t *testing.T) {
	for _, c := range []struct{ name, said, want string }{
		{"goodbye with a reason", "* OK hi\r\n* BYE Idle for too long\r\n", "the server closed the connection: Idle for too long"},
		{"an end without a word", "* OK hi\r\n", "the server closed the connection"},
		{"goodbye after a long answer", strings.Repeat("x", 3000) + "\r\n* BYE maintenance\r\n", "the server closed the connection: maintenance"},
		{"control characters", "* BYE \x1b[31mred\x07\r\n", "the server closed the connection: [31mred"},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				client, server := net.Pipe()
				go func() {
					_, _ = io.WriteString(server, c.said)
					_ = server.Close()
				}()
				if err := mailwatch.Failure(client); !errors.Is(err, netx.ErrClosed) || err.Error() != c.want {
					t.Errorf("got %q, want %q", err, c.want)
				}
			})
		})
	}
}
