//go:build !windows

package command

// whoMay is the message that says which accounts see what is the service's.
const whoMay = "do_rights"
