package app

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"strings"
	"sync"
	"time"

	"parcelwatch/config"
	"parcelwatch/internal/locale"
	"parcelwatch/internal/netx"
	"parcelwatch/internal/version"
	"parcelwatch/store"
)

const (
	beatEvery = 10 * time.Second
	careEvery = 24 * time.Hour
	// statusBeats is the number of heartbeats between two updates of the service manager's
	// status line, for which parcels are counted.
	statusBeats = 6
)

// heartbeat shows other processes and the service manager that the daemon is alive.
func (l *life) heartbeat(ctx context.Context) error {
	defer l.lastBeat(ctx)
	ticker := time.NewTicker(beatEvery)
	defer ticker.Stop()
	var memory release
	for n := 0; ; n++ {
		l.beat(ctx)
		nudge(l.members.wake)
		if n == 0 {
			l.systemd.Ready()
		} else {
			memory.look(l.members.started.Load())
		}
		if l.systemd.Listens() && (n%statusBeats == 0 || n == 1) {
			l.systemd.Status(l.line(ctx))
		}
		select {
		case <-ctx.Done():
			return nil
		case <-ticker.C:
		}
	}
}

// beat writes a heartbeat to the store. If that fails, the service manager gets none.
func (l *life) beat(ctx context.Context) {
	b := store.Heartbeat{Started: l.started, At: l.Now(), PID: os.Getpid(), Version: version.Get().Version, NextDigest: l.members.nextDigest()}
	if err := l.Store.SaveHeartbeat(ctx, b); err != nil && ctx.Err() == nil {
		l.Log.WarnContext(ctx, "sign of life is not recorded", "err", err.Error())
		return
	}
	l.systemd.Feed()
}

// lastBeat records an orderly stop, so that the daemon counts as stopped at once.
func (l *life) lastBeat(ctx context.Context) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), time.Second)
	defer cancel()
	_ = l.Store.SaveHeartbeat(ctx, store.Heartbeat{Started: l.started, Stopped: l.Now()})
}

// line returns the service manager's status line: "watching 2 mailboxes, 7 parcels".
func (l *life) line(ctx context.Context) string {
	say, err := locale.New(Language(l.cfg.Language))
	if err != nil {
		return ""
	}
	mailboxes, parcels := 0, 0
	var broken []string
	for _, h := range l.members.held() {
		n, err := h.store.Following(ctx)
		if err != nil {
			return err.Error()
		}
		health, err := h.store.Health(ctx)
		if err != nil {
			return err.Error()
		}
		mailboxes, parcels = mailboxes+len(h.cfg.Mailboxes), parcels+n
		for _, m := range health.Mailboxes {
			if m.State.Failing() {
				broken = append(broken, m.Name)
			}
		}
	}
	text := say.T("status_systemd", "Mailboxes", say.T("count_mailboxes", "Count", mailboxes), "Parcels", say.T("count_parcels", "Count", parcels))
	if broken != nil {
		text += "; " + say.T("status_systemd_broken", "Broken", strings.Join(broken, ", "))
	}
	return text
}

// care deletes rows that are no longer needed, once a day.
func (l *life) care(ctx context.Context) error {
	ticker := time.NewTicker(careEvery)
	defer ticker.Stop()
	for {
		if gone, err := l.Store.Prune(ctx, l.Now()); err != nil && ctx.Err() == nil {
			l.Log.WarnContext(ctx, "old rows are not dropped", "err", err.Error())
		} else if gone != (store.Pruned{}) {
			l.Log.InfoContext(ctx, "old rows dropped", "bodies", gone.Bodies, "answers", gone.Answers, "changes", gone.Changes)
		}
		select {
		case <-ctx.Done():
			return nil
		case <-ticker.C:
		}
	}
}

const (
	pingEvery = 5 * time.Minute
	pingTime  = 20 * time.Second
)

// pinger returns a function that fetches the address of a dead man's switch, at
// most every five minutes and after failures with growing pauses, or nil if none is
// configured. Between two attempts it returns the result of the last one. The address
// is a secret and does not appear in errors.
func pinger(secret config.Secret, transport http.RoundTripper) func(context.Context) error {
	if secret.IsZero() {
		return nil
	}
	var (
		mu     sync.Mutex
		next   time.Time
		fails  int
		result error
	)
	client := &http.Client{Timeout: pingTime, Transport: transport}
	return func(ctx context.Context) error {
		mu.Lock()
		defer mu.Unlock()
		if time.Now().Before(next) {
			return result
		}
		pause := pingEvery
		if result = ping(ctx, client, secret); result == nil {
			fails = 0
		} else if ctx.Err() == nil {
			pause = pingPause(fails)
			fails++
		}
		next = time.Now().Add(pause)
		return result
	}
}

// pingPause returns the pause after a failure that others came before: 30 s, doubled up
// to 15 minutes.
func pingPause(before int) time.Duration {
	return min(30*time.Second<<min(before, 5), 15*time.Minute)
}

func ping(ctx context.Context, client *http.Client, secret config.Secret) error {
	address, err := secret.Resolve(ctx)
	if err != nil {
		return fmt.Errorf("alarm.ping: %w", err)
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, address, http.NoBody)
	if err != nil {
		return errors.New("alarm.ping: the address cannot be used")
	}
	res, err := client.Do(req)
	if err != nil {
		if withAddress, ok := errors.AsType[*url.Error](err); ok {
			err = withAddress.Err
		}
		return fmt.Errorf("alarm.ping: %w", err)
	}
	_ = res.Body.Close()
	if res.StatusCode >= http.StatusBadRequest {
		return fmt.Errorf("alarm.ping: answered %s", res.Status)
	}
	return nil
}

func bounded() http.RoundTripper {
	return netx.Bounded(&http.Transport{Proxy: http.ProxyFromEnvironment})
}
