package app

import (
	"context"
	"net"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"runtime"
	"strings"
	"testing"
	"time"

	"parcelwatch/config"
)

// visitor is a browser in front of the page.
type visitor struct {
	t      *testing.T
	client *http.Client
}

func newVisitor(t *testing.T) visitor {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	transport := &http.Transport{DisableKeepAlives: true}
	return visitor{t, &http.Client{Jar: jar, Transport: transport, Timeout: 10 * time.Second, CheckRedirect: func(*http.Request, []*http.Request) error {
		return http.ErrUseLastResponse
	}}}
}

// opens returns the status of the page at an address, or 0 if nothing listens there.
func (v visitor) opens(address string) int {
	v.t.Helper()
	return v.send(http.MethodGet, "http://"+address+"/", "")
}

// signsIn reports whether a password opens the page.
func (v visitor) signsIn(address, password string) bool {
	v.t.Helper()
	v.send(http.MethodPost, "http://"+address+"/login", url.Values{"password": {password}}.Encode())
	return v.opens(address) == http.StatusOK
}

func (v visitor) send(method, target, form string) int {
	v.t.Helper()
	r, err := http.NewRequestWithContext(v.t.Context(), method, target, strings.NewReader(form))
	if err != nil {
		v.t.Fatal(err)
	}
	if method == http.MethodPost {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	a, err := v.client.Do(r)
	if err != nil {
		return 0
	}
	_ = a.Body.Close()
	return a.StatusCode
}

// call returns the status of the API for a token.
func (v visitor) call(target, token string) int {
	v.t.Helper()
	r, err := http.NewRequestWithContext(v.t.Context(), http.MethodGet, target, http.NoBody)
	if err != nil {
		v.t.Fatal(err)
	}
	r.Header.Set("Authorization", "Bearer "+token)
	a, err := v.client.Do(r)
	if err != nil {
		return 0
	}
	_ = a.Body.Close()
	return a.StatusCode
}

// port returns an address of this machine that is free.
func port(t *testing.T) string {
	t.Helper()
	l, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = l.Close() }()
	return l.Addr().String()
}

// until waits for a page to be as wanted.
func until(t *testing.T, is func() bool) {
	t.Helper()
	ctx, stop := context.WithTimeout(t.Context(), time.Minute) // far longer than it takes
	defer stop()
	for !is() {
		if ctx.Err() != nil {
			t.Fatal("the page never became so")
		}
		runtime.Gosched()
	}
}

// served returns a configuration with a page; without a password for "".
func served(address, password string) *config.Config {
	cfg := config.Default()
	if cfg.Web.Listen = address; password != "" {
		cfg.Web.Password = config.Plain(password)
	}
	return cfg
}

func TestAReloadMovesThePageSwitchesItOffAndOnAndChangesItsPassword(t *testing.T) {
	t.Parallel()
	const old, fresh = "the old password", "a fresh password"
	first, second := port(t), port(t)
	a := running(t, served(first, old))
	reload := func(cfg *config.Config) {
		t.Helper()
		if err := a.Reload(t.Context(), cfg, func() error { return nil }); err != nil {
			t.Fatal(err)
		}
	}
	v := newVisitor(t)
	until(t, func() bool { return v.opens(first) != 0 })
	if v.opens(first) == http.StatusOK || !v.signsIn(first, old) {
		t.Fatal("the password is not what opens the page")
	}

	reload(served(second, old))
	until(t, func() bool { return v.opens(second) != 0 })
	if v.opens(first) != 0 {
		t.Error("the page is still at its former address")
	}
	if v.opens(second) != http.StatusOK {
		t.Error("a visitor is signed out although the password is the same")
	}

	reload(config.Default())
	until(t, func() bool { return v.opens(second) == 0 })

	reload(served(second, fresh))
	until(t, func() bool { return v.opens(second) != 0 })
	if v.opens(second) == http.StatusOK {
		t.Error("a visitor of the old password is still signed in")
	}
	if v.signsIn(second, old) {
		t.Error("the old password still opens the page")
	}
	if !v.signsIn(second, fresh) {
		t.Error("the new password does not open the page")
	}

	reload(served(second, ""))
	until(t, func() bool { return newVisitor(t).opens(second) == http.StatusOK })
}
