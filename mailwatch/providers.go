package mailwatch

import (
	"parcelwatch/internal/netx"
	"parcelwatch/internal/provider"
)

// providerAdvice is the id of the message that says what to do where a server
// refuses a password.
func providerAdvice(host string) string {
	if netx.Loopback(host) {
		return "do_bridge"
	}
	if p, _ := provider.ByHost(host); p.Advice != "" {
		return p.Advice
	}
	return "do_password"
}
