package service

import (
	"context"
	"strings"
	"time"

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

// Watch feeds the watchdog while alive reports true, until ctx is done. Without
// a watchdog it returns at once.
func (n *Notifier) Watch(ctx context.Context, alive func() bool) {
	interval, err := daemon.SdWatchdogEnabled(false)
	if err != nil || interval <= 0 {
		return
	}
	n.watch(ctx, interval, alive)
}

// watch feeds three times an interval, so that one late turn does no harm.
func (n *Notifier) watch(ctx context.Context, interval time.Duration, alive func() bool) {
	ticker := time.NewTicker(interval / 3)
	defer ticker.Stop()
	for {
		if alive() {
			n.send(daemon.SdNotifyWatchdog)
		}
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
	}
}
