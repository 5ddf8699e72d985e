package netx

import (
	"context"
	"net"
	"net/http"
	"time"
)

// answerTime is the longest an HTTP server may take for one answer, its body included.
const answerTime = 20 * time.Second

// Bounded puts a [Guard] around every connection of a transport, for services whose
// answers are short: an answer has at most [Reply] bytes, its header included, and is not
// decompressed. Each request has a connection of its own. It returns the transport.
func Bounded(t *http.Transport) *http.Transport {
	dial := t.DialContext
	if dial == nil {
		dial = (&net.Dialer{Timeout: answerTime}).DialContext
	}
	t.DialContext = func(ctx context.Context, network, address string) (net.Conn, error) {
		conn, err := dial(ctx, network, address)
		if err != nil {
			return nil, err
		}
		return NewTurns(conn, Limits{Silence: answerTime, Total: answerTime, Bytes: Reply}), nil
	}
	t.DisableCompression, t.DisableKeepAlives, t.ForceAttemptHTTP2 = true, true, false
	t.MaxResponseHeaderBytes, t.TLSHandshakeTimeout, t.ResponseHeaderTimeout = Reply, answerTime, answerTime
	return t
}
