package oauth_test

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"parcelwatch/internal/oauth"
	"parcelwatch/internal/oauth/oauthtest"
	"parcelwatch/internal/provider"
	"parcelwatch/parcel"
)

const me = "me@example.org"

func open(t *testing.T, c oauthtest.Config) *oauthtest.Service {
	t.Helper()
	s := oauthtest.Open(c)
	t.Cleanup(s.Close)
	return s
}

func app(s *oauthtest.Service, provider string) oauth.App {
	return oauth.App{Provider: provider, ClientID: oauthtest.ClientID, ClientSecret: "app-secret", Endpoint: s.URL}
}

func client() *http.Client { return &http.Client{Timeout: 10 * time.Second} }

// vault keeps secrets in memory.
type vault struct {
	mu   sync.Mutex
	kept map[string]string
	full error
}

func newVault() *vault { return &vault{kept: map[string]string{}} }

func (v *vault) Secret(_ context.Context, name string) (string, error) {
	v.mu.Lock()
	defer v.mu.Unlock()
	if s, ok := v.kept[name]; ok {
		return s, nil
	}
	return "", parcel.ErrNotFound
}

func (v *vault) SetSecret(_ context.Context, name, value string) error {
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.full != nil {
		return v.full
	}
	v.kept[name] = value
	return nil
}

// login logs in with a browser that follows the redirect at once.
func login(t *testing.T, s *oauthtest.Service) oauth.Token {
	t.Helper()
	token, err := app(s, provider.Google).Browser(t.Context(), client(), oauth.Browsing{
		Show: func(address string) { go browse(address, make(chan string, 1)) },
	})
	if err != nil {
		t.Fatal(err)
	}
	return token
}

// clock is a clock that the test sets.
type clock struct{ at time.Time }

func (c *clock) now() time.Time { return c.at }

func source(s *oauthtest.Service, v oauth.Vault, c *clock, log *slog.Logger) *oauth.Source {
	return oauth.NewSource(app(s, provider.Microsoft), me, v, oauth.Options{HTTP: client(), Now: c.now, Log: log})
}

func TestADeviceCodeIsShownAndLeadsToALogin(t *testing.T) {
	t.Parallel()
	s := open(t, oauthtest.Config{Polls: 1})
	var shown oauth.Code
	token, err := app(s, provider.Microsoft).Device(t.Context(), client(), func(c oauth.Code) { shown = c })
	if err != nil || token.IsZero() {
		t.Fatal(token, err)
	}
	if shown.Code != "ABCD-EFGH" || !strings.HasSuffix(shown.Page, "/devicelogin") {
		t.Errorf("shown: %+v", shown)
	}
	if n := len(s.Asked()); n != 2 {
		t.Errorf("asked %d times for the token, want a wait and the answer", n)
	}
}

func TestABrowserComesBackWithACodeAndTheProof(t *testing.T) {
	t.Parallel()
	s := open(t, oauthtest.Config{})
	pages := make(chan string, 1)
	token, err := app(s, provider.Google).Browser(t.Context(), client(), oauth.Browsing{
		Username: me, Done: "you may close <this>", Show: func(address string) { go browse(address, pages) },
	})
	if err != nil || token.IsZero() {
		t.Fatal(token, err)
	}
	if page := <-pages; !strings.Contains(page, "you may close &lt;this&gt;") {
		t.Errorf("the browser shows %q", page)
	}
	form := s.Asked()[0]
	if form.Get("code_verifier") == "" || form.Get("client_secret") != "app-secret" || !strings.HasPrefix(form.Get("redirect_uri"), "http://127.0.0.1:") {
		t.Errorf("asked with %v", form)
	}
}

func browse(address string, pages chan<- string) {
	res, err := client().Get(address) //nolint:noctx // the browser of a person has none
	if err != nil {
		pages <- err.Error()
		return
	}
	defer func() { _ = res.Body.Close() }()
	raw, _ := io.ReadAll(res.Body)
	pages <- string(raw)
}

func TestTheLoginAddressAsksForARefreshTokenAndNamesTheAccount(t *testing.T) {
	t.Parallel()
	s := open(t, oauthtest.Config{})
	ctx, cancel := context.WithCancel(t.Context())
	var shown *url.URL
	_, err := app(s, provider.Google).Browser(ctx, client(), oauth.Browsing{Username: me, Show: func(address string) {
		shown, _ = url.Parse(address)
		cancel()
	}})
	if !errors.Is(err, context.Canceled) {
		t.Fatalf("got %v", err)
	}
	q := shown.Query()
	for key, want := range map[string]string{
		"access_type": "offline", "prompt": "consent", "login_hint": me, "code_challenge_method": "S256",
		"scope": "https://mail.google.com/", "response_type": "code", "client_id": oauthtest.ClientID,
	} {
		if q.Get(key) != want {
			t.Errorf("%s is %q, want %q", key, q.Get(key), want)
		}
	}
}

func TestWhereTheBrowserIsElsewhereItsAddressIsPasted(t *testing.T) {
	t.Parallel()
	s := open(t, oauthtest.Config{})
	pasted := make(chan string, 3)
	token, err := app(s, provider.Google).Browser(t.Context(), client(), oauth.Browsing{Pasted: pasted, Show: func(address string) {
		pasted <- "no address"
		pasted <- "http://127.0.0.1/?state=guessed&code=stolen"
		pasted <- "  " + redirect(t, address) + "\n"
	}})
	if err != nil || token.IsZero() {
		t.Fatal(token, err)
	}
}

// redirect returns the address to which the provider sends the browser.
func redirect(t *testing.T, address string) string {
	t.Helper()
	c := client()
	c.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	res, err := c.Get(address) //nolint:noctx // the browser of a person has none
	if err != nil {
		t.Fatal(err)
	}
	_ = res.Body.Close()
	return res.Header.Get("Location")
}

func TestAStrangerAtTheLandingPageChangesNothing(t *testing.T) {
	t.Parallel()
	s := open(t, oauthtest.Config{})
	_, err := app(s, provider.Google).Browser(t.Context(), client(), oauth.Browsing{Show: func(address string) {
		u, _ := url.Parse(address)
		back := u.Query().Get("redirect_uri")
		for _, query := range []string{"", "?code=x", "?code=x&state=y", "?error=access_denied", "favicon.ico?state=" + u.Query().Get("state")} {
			res, err := client().Get(back + query) //nolint:noctx // the browser of a person has none
			if err != nil {
				t.Error(err)
				continue
			}
			_ = res.Body.Close()
			if res.StatusCode != http.StatusNotFound {
				t.Errorf("%q is answered with %s", query, res.Status)
			}
		}
		go browse(address, make(chan string, 1))
	}})
	if err != nil {
		t.Fatal(err)
	}
}

func TestFailuresAreNamed(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name   string
		config oauthtest.Config
		change func(*oauth.App)
		want   error
	}{
		{"the person says no", oauthtest.Config{Deny: true}, func(*oauth.App) {}, oauth.ErrDenied},
		{"the application is not known", oauthtest.Config{}, func(a *oauth.App) { a.ClientID = "other" }, oauth.ErrApp},
		{"no client id", oauthtest.Config{}, func(a *oauth.App) { a.ClientID = "" }, oauth.ErrApp},
		{"no such provider", oauthtest.Config{}, func(a *oauth.App) { a.Provider = "mail.ru" }, oauth.ErrApp},
		{"no refresh token", oauthtest.Config{NoRefresh: true}, func(*oauth.App) {}, oauth.ErrApp},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			a := app(open(t, c.config), provider.Microsoft)
			c.change(&a)
			token, err := a.Device(t.Context(), client(), func(oauth.Code) {})
			if !errors.Is(err, c.want) || !oauth.Final(err) || !token.IsZero() {
				t.Errorf("got %v, %v, want %v", token, err, c.want)
			}
		})
	}
}

func TestADeniedBrowserLoginIsNamed(t *testing.T) {
	t.Parallel()
	s := open(t, oauthtest.Config{Deny: true})
	_, err := app(s, provider.Google).Browser(t.Context(), client(), oauth.Browsing{
		Show: func(address string) { go browse(address, make(chan string, 1)) },
	})
	if !errors.Is(err, oauth.ErrDenied) {
		t.Errorf("got %v", err)
	}
}

func TestTokensGoToNoOpenConnection(t *testing.T) {
	t.Parallel()
	for _, endpoint := range []string{"http://login.example", "ftp://127.0.0.1", "login.example", "https://"} {
		a := oauth.App{Provider: provider.Microsoft, ClientID: "x", Endpoint: endpoint}
		if _, err := a.Device(t.Context(), client(), func(oauth.Code) {}); err == nil || !strings.Contains(err.Error(), "https is expected") {
			t.Errorf("%s: got %v", endpoint, err)
		}
	}
}
