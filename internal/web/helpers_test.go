package web_test

import (
	"context"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"golang.org/x/crypto/bcrypt"

	"parcelwatch/config"
	"parcelwatch/internal/web"
	"parcelwatch/parcel"
)

// vault keeps secrets in memory.
type vault struct {
	web.Store

	mu sync.Mutex
	of map[string]string
}

func (v *vault) Secret(_ context.Context, name string) (string, error) {
	v.mu.Lock()
	defer v.mu.Unlock()
	s, ok := v.of[name]
	if !ok {
		return "", parcel.ErrNotFound
	}
	return s, nil
}

func (v *vault) SetSecret(_ context.Context, name, value string) error {
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.of[name] = value; value == "" {
		delete(v.of, name)
	}
	return nil
}

func quiet() *slog.Logger { return slog.New(slog.DiscardHandler) }

// visitor is a browser that follows nothing by itself.
type visitor struct {
	t       testing.TB
	handler http.Handler
	cookies map[string]string
}

func visit(tb testing.TB, s *web.Server) *visitor {
	tb.Helper()
	return &visitor{t: tb, handler: s.Handler(), cookies: map[string]string{}}
}

// answer is a response that was read.
type answer struct {
	code   int
	body   string
	header http.Header
}

// send sends a request; change may alter it before.
func (v *visitor) send(method, target, form string, change ...func(*http.Request)) answer {
	v.t.Helper()
	r := httptest.NewRequestWithContext(v.t.Context(), method, target, strings.NewReader(form))
	r.Host, r.RemoteAddr = "localhost:8417", "127.0.0.1:40000"
	if method == http.MethodPost {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		r.Header.Set("Sec-Fetch-Site", "same-origin")
	}
	for name, value := range v.cookies {
		r.AddCookie(&http.Cookie{Name: name, Value: value})
	}
	for _, c := range change {
		c(r)
	}
	w := httptest.NewRecorder()
	v.handler.ServeHTTP(w, r)
	for _, line := range w.Header().Values("Set-Cookie") {
		c, err := http.ParseSetCookie(line)
		if err != nil {
			v.t.Fatal(err)
		}
		if v.cookies[c.Name] = c.Value; c.MaxAge < 0 {
			delete(v.cookies, c.Name)
		}
	}
	return answer{w.Code, w.Body.String(), w.Header()}
}

func (v *visitor) get(target string) (int, string) {
	v.t.Helper()
	a := v.send(http.MethodGet, target, "")
	return a.code, a.body
}

func (v *visitor) post(target string, form url.Values) (int, string) {
	v.t.Helper()
	a := v.send(http.MethodPost, target, form.Encode())
	return a.code, a.body
}

// clock is a time that tests move.
type clock struct {
	mu sync.Mutex
	at time.Time
}

func (c *clock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.at
}

func (c *clock) pass(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.at = c.at.Add(d)
}

func morning() *clock { return &clock{at: time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC)} }

const password = "correct horse"

// locked returns a server that asks for a password, with one page behind it.
func locked(t *testing.T, c *clock, change ...func(*web.Options)) (*web.Server, *vault) {
	t.Helper()
	store := &vault{of: map[string]string{}}
	o := web.Options{
		Config: config.Web{Listen: "127.0.0.1:8417", Password: config.Plain(password)}, Settings: config.Default(), Language: "en",
		Store: store, HashCost: bcrypt.MinCost, Log: quiet(), Now: c.now,
	}
	for _, f := range change {
		f(&o)
	}
	s, err := web.New(o)
	if err != nil {
		t.Fatal(err)
	}
	s.Handle("/private", http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if _, err := io.Copy(io.Discard, r.Body); err != nil {
			http.Error(w, "too long", http.StatusRequestEntityTooLarge)
			return
		}
		_, _ = io.WriteString(w, "the secret list")
	}))
	return s, store
}
