//go:build !windows

package config

// TrustedByRoot is tested for each kind of owner.
var TrustedByRoot = trustedByRoot
