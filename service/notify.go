package service

import (
	"os"
	"strings"

	"github.com/coreos/go-systemd/v22/daemon"
)

// Notifier reports the state of the service to systemd. Without systemd its methods
// have no effect.
type Notifier struct {
	send func(state string)
}

// NewNotifier returns a notifier for the service manager that started the process.
func NewNotifier() *Notifier {
	return &Notifier{send: func(state string) {
		// It is not an error if no service manager listens.
		_, _ = daemon.SdNotify(false, state)
	}}
}

// Listens reports whether a service manager receives the messages.
func (*Notifier) Listens() bool { return os.Getenv("NOTIFY_SOCKET") != "" }

// Ready reports that start-up is complete.
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

// Reloading reports that the configuration is being reloaded, until Ready.
func (n *Notifier) Reloading() {
	n.send(daemon.SdNotifyReloading + "\n" + daemon.SdNotifyMonotonicUsec())
}

// Stopping reports that the service is stopping.
func (n *Notifier) Stopping() { n.send(daemon.SdNotifyStopping) }

// Feed resets the watchdog. It must be called more often than the WatchdogSec of the
// unit.
func (n *Notifier) Feed() { n.send(daemon.SdNotifyWatchdog) }
