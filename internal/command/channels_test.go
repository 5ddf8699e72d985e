//go:build unix

package command

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// addChannels appends a working webhook and unusable channels to a configuration.
func addChannels(t *testing.T, config, hook string) {
	t.Helper()
	secret := filepath.Join(filepath.Dir(config), "hook.url")
	if err := os.WriteFile(secret, []byte(strings.Replace(hook, "http://", "generic://", 1)+"/s3cret-path?disabletls=yes\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	f, err := os.OpenFile(config, os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	_, err = fmt.Fprintf(f, `
[[channel]]
name = "nowhere"
url = "nosuchservice://s3cret-token@host"
urgent = ["in_transit"]
[[channel]]
url = { file = '%s' }
urgent = ["in_transit"]
[[channel]]
name = "later"
url = { file = 'missing.url' }
`, secret)
	if err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
}

func TestChannelsAreTold(t *testing.T) {
	told := make(chan string, 20)
	hook := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		told <- r.URL.Path + " " + string(body)
	}))
	t.Cleanup(hook.Close)
	w, config := world(t)
	addChannels(t, config, hook.URL)

	t.Run("check names those that cannot be used, and rings none", func(t *testing.T) {
		code, out, errs := command(t.Context(), "check", "--config", config)
		if code != exitFailed {
			t.Errorf("exit %d: %s", code, errs)
		}
		for _, want := range []string{"channel nowhere: failed", "channel channel-2: OK", "channel later: failed"} {
			if !strings.Contains(out, want) {
				t.Errorf("check does not say %q:\n%s", want, out)
			}
		}
		if strings.Contains(out+errs, "s3cret") {
			t.Errorf("check tells a secret:\n%s%s", out, errs)
		}
	})

	t.Run("urgent news reach the one that works, once", func(t *testing.T) {
		d := startDaemon(t, config)
		wait(t, "an idle mailbox", func() bool {
			_, doc := statusOf(t, config)
			return doc.Running && doc.Mailboxes[0].State == "idle"
		})
		wait(t, "news to be told at once", func() bool { return strings.Contains(d.errs.String(), "first round is over") })
		if err := w.Inbox.Deliver(fmt.Appendf(nil, letter, "LP00710020030040", time.Now().Format(time.RFC1123Z)), time.Now()); err != nil {
			t.Fatal(err)
		}
		select {
		case got := <-told:
			if !strings.HasPrefix(got, "/s3cret-path ") || !strings.Contains(got, "New: 1\nParcel: on the way · LP00710020030040") {
				t.Errorf("told %q", got)
			}
		case <-time.After(2 * time.Minute): // throttled after slow looks
			t.Errorf("the webhook was not reached:\n%s", d.errs.String())
		}
		d.stop()
		if len(told) > 0 {
			t.Errorf("told again: %q", <-told)
		}
		log := d.errs.String()
		if strings.Contains(log, "s3cret") || !strings.Contains(log, "channel cannot be used") || !strings.Contains(log, "nowhere") || !strings.Contains(log, "later") {
			t.Errorf("the log does not name the channels that cannot be used:\n%s", log)
		}
	})
}
