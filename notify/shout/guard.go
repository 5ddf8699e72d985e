package shout

import (
	"crypto/tls"
	"net/http"
	"time"

	"github.com/nicholas-fedor/shoutrrr/pkg/services/chat/mattermost"
	"github.com/nicholas-fedor/shoutrrr/pkg/services/chat/rocketchat"
	"github.com/nicholas-fedor/shoutrrr/pkg/services/incident/pagerduty"
	"github.com/nicholas-fedor/shoutrrr/pkg/services/push/gotify"
	"github.com/nicholas-fedor/shoutrrr/pkg/services/push/ntfy"
	"github.com/nicholas-fedor/shoutrrr/pkg/services/push/pushover"
	"github.com/nicholas-fedor/shoutrrr/pkg/types"

	"parcelwatch/internal/netx"
)

// sendTime is the longest one message may take.
const sendTime = 15 * time.Second

// bound limits the answers of a service that has an HTTP client of its own. All others
// use the default transport, see [Transport].
func bound(service types.Service) {
	client := &http.Client{Timeout: sendTime, Transport: http.DefaultTransport} //nolint:forbidigo // like every other service
	switch s := service.(type) {
	case *ntfy.Service:
		if s.Config.DisableTLSVerification {
			client.Transport = netx.Bounded(&http.Transport{
				Proxy:           http.ProxyFromEnvironment,
				TLSClientConfig: &tls.Config{InsecureSkipVerify: true, MinVersion: tls.VersionTLS12}, //nolint:gosec // asked for in the URL
			})
		}
		s.SetHTTPClient(client)
	case *pagerduty.Service:
		s.SetHTTPClient(client)
	case *rocketchat.Service:
		s.Client = client
	case *pushover.Service:
		s.Client = client
	case *gotify.Service:
		own(s.GetHTTPClient())
	case *mattermost.Service:
		own(s.GetHTTPClient())
	}
}

// own limits a client that keeps its own transport.
func own(c *http.Client) {
	c.Timeout = sendTime
	if t, ok := c.Transport.(*http.Transport); ok {
		t.Proxy = http.ProxyFromEnvironment
		c.Transport = netx.Bounded(t)
	}
}

// Transport returns the transport that must be [http.DefaultTransport] before a channel is
// used: most services of the library use the default and read answers of any length.
func Transport() *http.Transport {
	return netx.Bounded(&http.Transport{Proxy: http.ProxyFromEnvironment})
}
