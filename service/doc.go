// Package service installs and controls the program as a service (systemd, OpenRC,
// SysV, launchd, Windows) and runs a function as one. It must not know what the
// function does.
//
// It wraps kardianos/service and adds its own systemd unit, recovery on Windows, an
// install that can be repeated, and errors that say what to do.
package service
