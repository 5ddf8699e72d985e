//go:build !windows

package config

import "os"

// Getenv is [os.Getenv]. Windows has its own version.
func Getenv(key string) string { return os.Getenv(key) }
