// Package service installs and controls the program as a service of the machine
// (systemd, OpenRC, SysV, launchd, Windows) and runs a function as one. It wraps
// kardianos/service, mends what that leaves open (own systemd unit, recovery on
// Windows, idempotent install, clear words), and knows nothing of what it runs.
package service
