package shout_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"parcelwatch/internal/netx"
	"parcelwatch/notify"
	"parcelwatch/notify/shout"
)

var _ notify.Channel = (*shout.Channel)(nil)

// webhook returns a channel to a server with the given handler.
func webhook(t *testing.T, handle http.HandlerFunc) *shout.Channel {
	t.Helper()
	server := httptest.NewServer(handle)
	t.Cleanup(server.Close)
	c, err := shout.New("hook", strings.Replace(server.URL, "http://", "generic://", 1)+"/s3cret-token?disabletls=yes\n")
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestNotify(t *testing.T) {
	t.Parallel()
	got := make(chan string, 1)
	c := webhook(t, func(_ http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			t.Error(err)
		}
		got <- r.URL.Path + " " + string(body)
	})
	if err := c.Notify(t.Context(), "Ожидает в месте вручения: cable", "cable: ожидает в месте вручения\n"); err != nil {
		t.Fatal(err)
	}
	if want, text := "/s3cret-token Ожидает в месте вручения: cable\ncable: ожидает в месте вручения", <-got; text != want {
		t.Errorf("got %q, want %q", text, want)
	}
	if c.Name() != "hook" {
		t.Errorf("called %q", c.Name())
	}
}

func TestNotifyFails(t *testing.T) {
	t.Parallel()
	t.Run("a refusal tells no secret", func(t *testing.T) {
		t.Parallel()
		c := webhook(t, func(w http.ResponseWriter, r *http.Request) { http.Error(w, "no "+r.URL.Path, http.StatusForbidden) })
		err := c.Notify(t.Context(), "a", "b")
		if err == nil || strings.Contains(err.Error(), "s3cret") || !strings.Contains(err.Error(), "hook") {
			t.Errorf("got %v", err)
		}
	})
	t.Run("a connection refused tells no secret", func(t *testing.T) {
		t.Parallel()
		c, err := shout.New("chat", "ntfy://user:s3cret-password@127.0.0.1:1/s3cret-topic?scheme=http")
		if err != nil {
			t.Fatal(err)
		}
		err = c.Notify(t.Context(), "a", "b")
		if err == nil || strings.Contains(err.Error(), "s3cret") || strings.ContainsAny(err.Error(), "\r\n") {
			t.Errorf("got %v", err)
		}
	})
	t.Run("a server that hangs is left at once", func(t *testing.T) {
		t.Parallel()
		release := make(chan struct{})
		reached := make(chan struct{}, 1)
		c := webhook(t, func(http.ResponseWriter, *http.Request) {
			reached <- struct{}{}
			<-release
		})
		t.Cleanup(func() { close(release) }) // before the server is closed, which waits
		ctx, cancel := context.WithCancel(t.Context())
		go func() {
			<-reached
			cancel()
		}()
		began := time.Now()
		if err := c.Notify(ctx, "a", "b"); !errors.Is(err, context.Canceled) {
			t.Errorf("got %v", err)
		}
		if took := time.Since(began); took > 5*time.Second {
			t.Errorf("it took %v", took)
		}
	})
}

func TestNewRefuses(t *testing.T) {
	t.Parallel()
	for _, address := range []string{"", "s3cret", "nosuch://s3cret-token@host", "telegram://s3cret", "https://hooks.example.org/s3cret", "\x00s3cret://"} {
		_, err := shout.New("chat", address)
		if !errors.Is(err, shout.ErrURL) {
			t.Errorf("New(%q) = %v, want ErrURL", address, err)
			continue
		}
		if strings.Contains(err.Error(), "s3cret") {
			t.Errorf("New(%q) tells the secret: %v", address, err)
		}
	}
}

func TestMailURLsAreRead(t *testing.T) {
	t.Parallel()
	for address, want := range map[string]shout.Mail{
		"smtp://me:pass@mail.example.org:587/?from=a@example.org&to=b@example.org,c@example.org": {TLS: netx.TLSStart, Port: 587},
		"smtp://me:pass@mail.example.org:465/?from=a@example.org&to=b@example.org,c@example.org": {TLS: netx.TLSImplicit, Port: 465},
		"smtp://me:pass@127.0.0.1:25/?from=a@example.org&to=b@example.org,c@example.org":         {TLS: netx.TLSNone, Port: 25, Host: "127.0.0.1"},
	} {
		want.Username, want.Password, want.From, want.To = "me", "pass", "a@example.org", []string{"b@example.org", "c@example.org"}
		if want.Host == "" {
			want.Host = "mail.example.org"
		}
		got, ok, err := shout.ParseMail("mail", address)
		if diff := cmp.Diff(want, got); diff != "" || !ok || err != nil {
			t.Errorf("%s: %t, %v (-want +got):\n%s", address, ok, err, diff)
		}
	}
	if _, ok, err := shout.ParseMail("mail", "ntfy://ntfy.sh/topic"); ok || err != nil {
		t.Errorf("another kind: %t, %v", ok, err)
	}
	if _, _, err := shout.ParseMail("mail", "smtp://me:s3cret@/"); !errors.Is(err, shout.ErrURL) || strings.Contains(err.Error(), "s3cret") {
		t.Errorf("got %v", err)
	}
}
