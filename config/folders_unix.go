//go:build !windows

package config

import "os"

// Getenv is [os.Getenv]; Windows has more to say about its folders.
func Getenv(key string) string { return os.Getenv(key) }
