//go:build !windows

package main

// whoMay says which accounts see what is the service's.
const whoMay = "root and the service's account (parcelwatch) may see it: use sudo"
