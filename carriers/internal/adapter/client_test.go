package adapter_test

import (
	"context"
	"errors"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"parcelwatch/carriers"
	"parcelwatch/carriers/internal/adapter"
	"parcelwatch/parcel"
	"parcelwatch/parcel/number"
)

// service starts a server and returns a client of it.
func service(t *testing.T, info carriers.Info, settings map[string]string, h http.HandlerFunc) *adapter.Client {
	t.Helper()
	server := httptest.NewServer(h)
	t.Cleanup(server.Close)
	c, err := adapter.NewClient(info, carriers.Config{BaseURL: server.URL, HTTP: server.Client(), Settings: settings}, "Signatory")
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestNew(t *testing.T) {
	info := carriers.Info{Name: "x", BaseURL: "https://x.example"}
	for name, tc := range map[string]struct {
		cfg  carriers.Config
		want error
	}{
		"takes its own address":       {carriers.Config{HTTP: http.DefaultClient}, nil},
		"refuses plain http":          {carriers.Config{HTTP: http.DefaultClient, BaseURL: "http://x.example"}, carriers.ErrEndpoint},
		"refuses an address with key": {carriers.Config{HTTP: http.DefaultClient, BaseURL: "https://a:b@x.example"}, carriers.ErrEndpoint},
		"refuses to be without HTTP":  {carriers.Config{}, carriers.ErrEndpoint},
	} {
		t.Run(name, func(t *testing.T) {
			if _, err := adapter.NewClient(info, tc.cfg); !errors.Is(err, tc.want) {
				t.Errorf("error %v, want %v", err, tc.want)
			}
		})
	}
}

func TestMissingCredentialIsDeniedWithoutARequest(t *testing.T) {
	info := carriers.Info{Name: "x", Settings: []carriers.Setting{{Name: "key", Required: true}}}
	c := service(t, info, nil, func(http.ResponseWriter, *http.Request) { t.Error("a request was made") })
	if _, err := c.Do(t.Context(), adapter.Request{Path: "/"}); !errors.Is(err, carriers.ErrCredential) || !strings.Contains(err.Error(), "key") {
		t.Errorf("error %v, want a refusal that names the setting", err)
	}
}

func TestRequest(t *testing.T) {
	var got *http.Request
	c := service(t, carriers.Info{Name: "x"}, nil, func(_ http.ResponseWriter, r *http.Request) { got = r })
	_, err := c.Do(t.Context(), adapter.Request{
		Path:  "/api" + adapter.Path("a/../b?c", ".."),
		Query: url.Values{"n": {"1&2"}}, Header: http.Header{"User-Agent": {"Mozilla/5.0"}},
	})
	if err != nil {
		t.Fatal(err)
	}
	if want := "/api/a%2F%2E%2E%2Fb%3Fc/%2E%2E?n=1%262"; got.RequestURI != want {
		t.Errorf("address %q, want %q", got.RequestURI, want)
	}
	if got.Method != http.MethodGet || got.UserAgent() != "Mozilla/5.0" || got.Header.Get("Accept") != "application/json" {
		t.Errorf("request %s %v", got.Method, got.Header)
	}
}

func TestStatus(t *testing.T) {
	for status, want := range map[int]error{
		200: nil, 204: nil, 404: nil, // 404 is the adapter's own below
		301: carriers.ErrChanged, 400: carriers.ErrChanged, 410: carriers.ErrChanged, 418: carriers.ErrChanged,
		401: carriers.ErrBlocked, 402: carriers.ErrDenied, 403: carriers.ErrBlocked, 407: carriers.ErrDenied, 451: carriers.ErrBlocked,
		408: carriers.ErrTemporary, 425: carriers.ErrTemporary, 500: carriers.ErrTemporary, 503: carriers.ErrTemporary, 599: carriers.ErrTemporary,
		429: carriers.ErrThrottled,
	} {
		c := service(t, carriers.Info{Name: "x"}, nil, func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(status) })
		ans, err := c.Do(t.Context(), adapter.Request{Path: "/", Own: []int{404}})
		if !errors.Is(err, want) || (want == nil) != (err == nil) {
			t.Errorf("HTTP %d: error %v, want %v", status, err, want)
		}
		if want == nil && ans.Status != status {
			t.Errorf("HTTP %d: answer says %d", status, ans.Status)
		}
	}
}

// What a refusal means depends on what was sent and on the page that came.
func TestRefusalsAreToldApart(t *testing.T) {
	keyed := carriers.Info{Name: "x", Settings: []carriers.Setting{{Name: "key", Secret: true}}}
	const wall, plain = "<html><body>Are you a robot?</body></html>", "<html><body>Forbidden</body></html>"
	for name, tc := range map[string]struct {
		status int
		key    string
		page   string
		want   error
	}{
		"401 to a key":           {401, "k", "{}", carriers.ErrCredential},
		"403 to a key":           {403, "k", plain, carriers.ErrCredential},
		"403 without a key":      {403, "", plain, carriers.ErrBlocked},
		"403 with a captcha":     {403, "", wall, carriers.ErrCaptcha},
		"captcha in spite of it": {403, "k", wall, carriers.ErrCaptcha},
		"451 to a key":           {451, "k", "{}", carriers.ErrBlocked},
	} {
		t.Run(name, func(t *testing.T) {
			c := service(t, keyed, map[string]string{"key": tc.key}, func(w http.ResponseWriter, _ *http.Request) {
				w.WriteHeader(tc.status)
				_, _ = w.Write([]byte(tc.page))
			})
			if _, err := c.Do(t.Context(), adapter.Request{Path: "/"}); !errors.Is(err, tc.want) || !errors.Is(err, carriers.ErrDenied) {
				t.Errorf("error %v, want %v", err, tc.want)
			}
		})
	}
}

func TestRetryAfterOfAnOutageIsKept(t *testing.T) {
	c := service(t, carriers.Info{Name: "x"}, nil, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Retry-After", "90")
		w.WriteHeader(http.StatusServiceUnavailable)
	})
	_, err := c.Do(t.Context(), adapter.Request{Path: "/"})
	if !errors.Is(err, carriers.ErrTemporary) || carriers.RetryAfter(err) != 90*time.Second {
		t.Errorf("error %v after %s", err, carriers.RetryAfter(err))
	}
}

func TestRetryAfterForms(t *testing.T) {
	for value, want := range map[string]time.Duration{
		"": 0, "soon": 0, "-5": 0, "7": 7 * time.Second, "99999999999999999999": 0, "86401": 24 * time.Hour,
		"Sun, 01 Mar 2026 08:00:30 GMT": 30 * time.Second, "Sun, 01 Mar 2020 08:00:30 GMT": 0,
		"Sun, 01 Mar 2099 08:00:30 GMT": 24 * time.Hour,
	} {
		c := service(t, carriers.Info{Name: "x"}, nil, func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Date", "Sun, 01 Mar 2026 08:00:00 GMT")
			w.Header().Set("Retry-After", value)
			w.WriteHeader(http.StatusTooManyRequests)
		})
		_, err := c.Do(t.Context(), adapter.Request{Path: "/"})
		if got := carriers.RetryAfter(err); got != want {
			t.Errorf("Retry-After %q: %s, want %s", value, got, want)
		}
	}
}

func TestBrokenConnection(t *testing.T) {
	for body, again := range map[string]bool{"": true, "{}": false} {
		c := service(t, carriers.Info{Name: "x"}, nil, func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Length", "100")
			_, _ = w.Write([]byte("half"))
		})
		request := adapter.Request{Path: "/"}
		if body != "" {
			request.Body = []byte(body)
		}
		_, err := c.Do(t.Context(), request)
		e, ok := errors.AsType[*carriers.Error](err)
		if !ok || !errors.Is(err, carriers.ErrTemporary) || e.Again != again {
			t.Errorf("body %q: error %v, may be repeated: %v, want %v", body, err, ok && e.Again, again)
		}
	}
}

// TestAResetConnectionMayBeAskedAgain has the system reset the connection, because
// the error number differs between systems.
func TestAResetConnectionMayBeAskedAgain(t *testing.T) {
	c := service(t, carriers.Info{Name: "x"}, nil, func(w http.ResponseWriter, _ *http.Request) {
		conn, _, err := http.NewResponseController(w).Hijack()
		if err != nil {
			t.Error(err)
			return
		}
		if tcp, ok := conn.(*net.TCPConn); ok {
			_ = tcp.SetLinger(0) // closing now sends a reset
		}
		_ = conn.Close()
	})
	_, err := c.Do(t.Context(), adapter.Request{Path: "/"})
	if e, ok := errors.AsType[*carriers.Error](err); !ok || !e.Again || !errors.Is(err, carriers.ErrTemporary) {
		t.Errorf("error %v, want one that may be asked again", err)
	}
}

func TestDeadlineIsTemporaryAndCancelIsItself(t *testing.T) {
	c := service(t, carriers.Info{Name: "x"}, nil, func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() })
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	_, err := c.Do(ctx, adapter.Request{Path: "/"})
	if !errors.Is(err, carriers.ErrTemporary) || !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("at the deadline: error %v", err)
	}
	ctx, cancel = context.WithCancel(t.Context())
	cancel()
	if _, err := c.Do(ctx, adapter.Request{Path: "/"}); !errors.Is(err, context.Canceled) || errors.Is(err, carriers.ErrTemporary) {
		t.Errorf("cancelled: error %v", err)
	}
}

func TestPages(t *testing.T) {
	for name, tc := range map[string]struct {
		body string
		want error
	}{
		"data":                        {`{"a":1}`, nil},
		"data that speaks of captcha": {`{"text":"captcha lock"}`, nil},
		"page":                        {"\n<!doctype html><p>Hello", carriers.ErrChanged},
		"login":                       {"<html><form><input type=password>", carriers.ErrChanged},
		"captcha":                     {"<html><body>CAPTCHA", carriers.ErrCaptcha},
		"challenge":                   {"<!DOCTYPE html><script src=/cdn-cgi/challenge-platform/x>", carriers.ErrCaptcha},
		"wall that answers in JSON":   {`{"rgv587_flag":"sm"}`, carriers.ErrCaptcha},
		"nothing":                     {" \n", carriers.ErrChanged},
		"half":                        {`{"a":`, carriers.ErrChanged},
		"other type":                  {`[1]`, carriers.ErrChanged},
	} {
		t.Run(name, func(t *testing.T) {
			c := service(t, carriers.Info{Name: "x"}, nil, func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte(tc.body)) })
			ans, err := c.Do(t.Context(), adapter.Request{Path: "/"})
			if err != nil {
				t.Fatal(err)
			}
			var into struct{ A int }
			if err := c.JSON(ans, &into); !errors.Is(err, tc.want) || (err == nil) != (tc.want == nil) {
				t.Errorf("error %v, want %v", err, tc.want)
			}
		})
	}
}

func TestXML(t *testing.T) {
	c := service(t, carriers.Info{Name: "x"}, nil, func(http.ResponseWriter, *http.Request) {})
	var into struct {
		B string `xml:"b"`
	}
	if err := c.XML(adapter.Answer{Body: []byte(`<n:a xmlns:n="u"><n:b>1</n:b></n:a>`)}, &into); err != nil || into.B != "1" {
		t.Errorf("got %q, error %v", into.B, err)
	}
	for _, bad := range []string{"", "<a><b>", "<html></html>", `<!DOCTYPE a [<!ENTITY x "y">]><a><b>&x;</b></a>`, "plain"} {
		if err := c.XML(adapter.Answer{Body: []byte(bad)}, &into); !errors.Is(err, carriers.ErrChanged) {
			t.Errorf("%q: error %v, want changed", bad, err)
		}
	}
	if got, want := adapter.EscapeXML(`<&">`), "&lt;&amp;&#34;&gt;"; got != want {
		t.Errorf("escaped %q, want %q", got, want)
	}
}

func TestSecretsAndPersonsAreStruck(t *testing.T) {
	info := carriers.Info{Name: "x", Settings: []carriers.Setting{{Name: "key", Secret: true}, {Name: "login"}}}
	key := `k"<1>&/+ é`
	c := service(t, info, map[string]string{"key": key, "login": "someone@example.org"}, func(http.ResponseWriter, *http.Request) {})
	body := strings.Join([]string{
		key, url.QueryEscape(key), url.PathEscape(key), adapter.EscapeXML(key), "login someone@example.org",
		`<n:Signatory a="b">PLANTED PERSON</n:Signatory>`, `"Signatory" : "PLANTED \"THE\" PERSON"`, "signed by PLANTED PERSON.", "rest",
	}, "\n")
	err := c.Changed(adapter.Answer{Body: []byte(body)}, "said %s", key)
	e, ok := errors.AsType[*carriers.Error](err)
	if !ok {
		t.Fatalf("error %T", err)
	}
	for _, secret := range []string{key, url.QueryEscape(key), "someone", "PLANTED"} {
		if strings.Contains(string(e.Raw), secret) || strings.Contains(err.Error(), secret) {
			t.Errorf("%q comes out of %q, kept:\n%s", secret, err, e.Raw)
		}
	}
	if !strings.Contains(string(e.Raw), "rest") {
		t.Errorf("nothing is left of the answer: %q", e.Raw)
	}
}

func TestKeptAnswerIsBounded(t *testing.T) {
	c := service(t, carriers.Info{Name: "x"}, nil, func(http.ResponseWriter, *http.Request) {})
	e, _ := errors.AsType[*carriers.Error](c.Changed(adapter.Answer{Body: []byte(strings.Repeat("x", 1<<20))}, "%s", strings.Repeat("y", 1000)))
	if len(e.Raw) != 16<<10 || len(e.Detail) > 310 {
		t.Errorf("%d bytes kept, %d of detail", len(e.Raw), len(e.Detail))
	}
}

func TestRedirectWithinTheHostIsFollowed(t *testing.T) {
	c := service(t, carriers.Info{Name: "x"}, nil, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/old" {
			http.Redirect(w, r, "/new", http.StatusFound)
			return
		}
		_, _ = w.Write([]byte("ok"))
	})
	ans, err := c.Do(t.Context(), adapter.Request{Path: "/old"})
	if err != nil || string(ans.Body) != "ok" {
		t.Errorf("answer %q, error %v", ans.Body, err)
	}
	loop := service(t, carriers.Info{Name: "x"}, nil, func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, "/again", http.StatusFound)
	})
	if _, err := loop.Do(t.Context(), adapter.Request{Path: "/"}); !errors.Is(err, carriers.ErrChanged) {
		t.Errorf("in a circle: error %v", err)
	}
}

func TestEach(t *testing.T) {
	boom := &carriers.Error{Kind: carriers.ErrDenied}
	one := func(_ context.Context, n number.Number) (carriers.Result, error) {
		switch n {
		case "MISSING":
			return carriers.Result{}, carriers.ErrNotFound
		case "ODD":
			return carriers.Result{}, carriers.ErrChanged
		case "BOOM":
			return carriers.Result{}, boom
		}
		return carriers.Result{Tracking: parcel.Tracking{Origin: "CN"}}, nil
	}
	res, err := adapter.Each(t.Context(), []number.Number{"MISSING", "GOOD", "ODD"}, one)
	if err != nil || len(res) != 3 || res[1].Number != "GOOD" || res[1].Tracking.Origin != "CN" ||
		!errors.Is(res[0].Err, carriers.ErrNotFound) || !errors.Is(res[2].Err, carriers.ErrChanged) {
		t.Errorf("got %+v, error %v", res, err)
	}
	if res, err := adapter.Each(t.Context(), []number.Number{"GOOD", "BOOM"}, one); res != nil || !errors.Is(err, carriers.ErrDenied) {
		t.Errorf("got %+v, error %v; a refusal ends the call", res, err)
	}
}

// A definition's names go to every client that is made from it.
func TestAClientLeavesThePersonalNamesAsTheyAre(t *testing.T) {
	t.Parallel()
	names := []string{"name.first", "sig"}
	for range 2 {
		if _, err := adapter.NewClient(carriers.Info{Name: "post"}, carriers.Config{BaseURL: "https://post.example", HTTP: http.DefaultClient}, names...); err != nil {
			t.Fatal(err)
		}
	}
	if !slices.Equal(names, []string{"name.first", "sig"}) {
		t.Errorf("the names are %q now", names)
	}
}
