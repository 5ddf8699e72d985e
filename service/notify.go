package service

import (
	"os"
	"strings"

	"github.com/coreos/go-systemd/v22/daemon"
)

// Notifier tells systemd how the service is. Where nobody listens, every call
// is without effect.
type Notifier struct {
	send func(state string)
}

// NewNotifier talks to the service manager that started us, if it listens.
func NewNotifier() *Notifier {
	return &Notifier{send: func(state string) {
		// A manager that does not listen is not our failure.
		_, _ = daemon.SdNotify(false, state)
	}}
}

// Listens reports whether a service manager receives the messages.
func (*Notifier) Listens() bool { return os.Getenv("NOTIFY_SOCKET") != "" }

// Ready says that start-up is over.
func (n *Notifier) Ready() { n.send(daemon.SdNotifyReady) }

// Status sets the line that "systemctl status" shows.
func (n *Notifier) Status(text string) {
	n.send("STATUS=" + strings.Map(func(r rune) rune {
		if r < ' ' {
			return ' '
		}
		return r
	}, text))
}

// Reloading says that the configuration is being read again; Ready ends it.
func (n *Notifier) Reloading() {
	n.send(daemon.SdNotifyReloading + "\n" + daemon.SdNotifyMonotonicUsec())
}

// Stopping says that the end has begun.
func (n *Notifier) Stopping() { n.send(daemon.SdNotifyStopping) }

// Feed shows the watchdog that we live. Whoever is sure of that calls it more
// often than the unit's WatchdogSec.
func (n *Notifier) Feed() { n.send(daemon.SdNotifyWatchdog) }
