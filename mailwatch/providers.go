package mailwatch

import (
	"parcelwatch/internal/netx"
	"parcelwatch/internal/provider"
)

// providerAdvice returns the id of the advice for a provider that refused a password.
func providerAdvice(host string) string {
	if netx.Loopback(host) {
		return "do_bridge"
	}
	if p, _ := provider.ByHost(host); p.Advice != "" {
		return p.Advice
	}
	return "do_password"
}
