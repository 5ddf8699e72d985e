package web_test

import (
	"bufio"
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"golang.org/x/crypto/argon2"
	"golang.org/x/crypto/bcrypt"

	"parcelwatch/config"
	"parcelwatch/internal/textx"
	"parcelwatch/internal/web"
	"parcelwatch/parcel"
	"parcelwatch/parcel/number"
)

func signedIn(t *testing.T, s *web.Server) *visitor {
	t.Helper()
	v := visit(t, s)
	if code, body := v.post("/login", url.Values{"password": {password}}); code != http.StatusSeeOther {
		t.Fatalf("sign-in: %d %s", code, body)
	}
	return v
}

func TestAttacksAreRefused(t *testing.T) {
	t.Parallel()
	host := func(name string) func(*http.Request) { return func(r *http.Request) { r.Host = name } }
	header := func(name, value string) func(*http.Request) {
		return func(r *http.Request) { r.Header.Set(name, value) }
	}
	cross := func(r *http.Request) { r.Header.Set("Sec-Fetch-Site", "cross-site") }
	for name, tt := range map[string]struct {
		method, path, body string
		change             []func(*http.Request)
		want               int
	}{
		"nothing wrong":                     {http.MethodPost, "/private", "", nil, 200},
		"a rebound name":                    {http.MethodGet, "/private", "", []func(*http.Request){host("evil.example:8417")}, 421},
		"a rebound name that posts":         {http.MethodPost, "/private", "", []func(*http.Request){host("evil.example"), header("Origin", "http://evil.example")}, 421},
		"a name that ends like ours":        {http.MethodGet, "/private", "", []func(*http.Request){host("localhost.evil.example")}, 421},
		"another address":                   {http.MethodGet, "/private", "", []func(*http.Request){host("192.0.2.7:8417")}, 421},
		"no name":                           {http.MethodGet, "/private", "", []func(*http.Request){host("")}, 421},
		"a name with a user":                {http.MethodGet, "/private", "", []func(*http.Request){host("localhost@evil.example")}, 421},
		"a name that nobody may forward":    {http.MethodGet, "/private", "", []func(*http.Request){host("evil.example"), header("X-Forwarded-Host", "localhost")}, 421},
		"a post of another site":            {http.MethodPost, "/private", "", []func(*http.Request){cross}, 403},
		"a post of a sibling site":          {http.MethodPost, "/private", "", []func(*http.Request){header("Sec-Fetch-Site", "same-site")}, 403},
		"a post of another port":            {http.MethodPost, "/private", "", []func(*http.Request){func(r *http.Request) { r.Header.Del("Sec-Fetch-Site") }, header("Origin", "http://localhost:9999")}, 403},
		"a post of an unknown origin":       {http.MethodPost, "/private", "", []func(*http.Request){func(r *http.Request) { r.Header.Del("Sec-Fetch-Site") }, header("Origin", "null")}, 403},
		"a sign-in by another site":         {http.MethodPost, "/login", "password=x", []func(*http.Request){cross}, 403},
		"a file outside":                    {http.MethodGet, "/../../etc/passwd", "", nil, 404},
		"a file outside, encoded":           {http.MethodGet, "/%2e%2e/%2e%2e/etc/passwd", "", nil, 404},
		"a file outside, encoded slashes":   {http.MethodGet, "/..%2f..%2fetc%2fpasswd", "", nil, 404},
		"a file outside, backslashes":       {http.MethodGet, "/..%5c..%5cwindows%5cwin.ini", "", nil, 404},
		"the templates":                     {http.MethodGet, "/template/layout.html", "", nil, 404},
		"an unknown method":                 {"TRACE", "/login", "", nil, 405},
		"a large form":                      {http.MethodPost, "/login", "password=" + strings.Repeat("a", 100<<10), nil, 413},
		"a large form of unstated length":   {http.MethodPost, "/private", strings.Repeat("a", 100<<10), []func(*http.Request){func(r *http.Request) { r.ContentLength = -1 }}, 413},
		"100 MB announced":                  {http.MethodPost, "/private", "", []func(*http.Request){func(r *http.Request) { r.ContentLength = 100 << 20 }}, 413},
		"a form that is none":               {http.MethodPost, "/login", "%zz=%", nil, 400},
		"an address that is made up":        {http.MethodGet, "/private", "", []func(*http.Request){header("X-Forwarded-For", "127.0.0.1")}, 200},
		"a prefix that nobody may set":      {http.MethodGet, "/private", "", []func(*http.Request){header("X-Forwarded-Prefix", "//evil.example")}, 200},
		"the cookie of somebody else":       {http.MethodGet, "/private", "", []func(*http.Request){func(r *http.Request) { r.Header.Set("Cookie", "parcelwatch=guess") }}, 303},
		"a cookie that is far too long":     {http.MethodPost, "/private", "", []func(*http.Request){func(r *http.Request) { r.Header.Set("Cookie", "parcelwatch="+strings.Repeat("a", 5000)) }}, 401},
		"a cookie that is no token":         {http.MethodPost, "/private", "", []func(*http.Request){func(r *http.Request) { r.Header.Set("Cookie", "parcelwatch=[]{}") }}, 401},
		"a link that nobody has made":       {http.MethodPost, "/open", "token=guess", nil, 403},
		"an empty link":                     {http.MethodPost, "/open", "token=", nil, 403},
		"a sign-out by another site":        {http.MethodPost, "/logout", "", []func(*http.Request){cross}, 403},
		"a sign-out by a picture's address": {http.MethodGet, "/logout", "", nil, 405},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s, _ := locked(t, morning())
			v := signedIn(t, s)
			r := v.send(tt.method, tt.path, tt.body, tt.change...)
			code, body := r.code, r.body
			if code != tt.want {
				t.Errorf("status %d, want %d: %s", code, tt.want, body)
			}
			if strings.Contains(body, "the secret list") != (tt.want == 200) {
				t.Errorf("status %d with %q", code, body)
			}
			for key, want := range map[string]string{
				"Content-Security-Policy": "default-src 'none'; style-src 'self'; img-src 'self' data:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
				"Referrer-Policy":         "no-referrer", "X-Content-Type-Options": "nosniff", "Cache-Control": "no-store",
			} {
				if got := r.header.Get(key); got != want {
					t.Errorf("%s: %q", key, got)
				}
			}
			if strings.Contains(r.header.Get("Location"), "evil") {
				t.Errorf("sent to %s", r.header.Get("Location"))
			}
		})
	}
}

func TestEveryRefusalIsAPageInTheReadersLanguageThatLeadsOn(t *testing.T) {
	t.Parallel()
	cross := func(r *http.Request) { r.Header.Set("Sec-Fetch-Site", "cross-site") }
	latin := regexp.MustCompile(`[A-Za-z]{2,}`)
	for id, tt := range map[string]struct {
		method, path, body string
		change             []func(*http.Request)
		data               []any
		code               int
		leads              string // where the page leads
	}{
		"web_no_page":     {http.MethodGet, "/nonsense", "", nil, nil, 404, "/"},
		"web_method":      {http.MethodGet, "/logout", "", nil, nil, 405, "/"},
		"web_cross_site":  {http.MethodPost, "/add", "", []func(*http.Request){cross}, nil, 403, "/"},
		"web_host":        {http.MethodGet, "/", "", []func(*http.Request){func(r *http.Request) { r.Host = `1<b>"` + strings.Repeat("1", 300) }}, []any{"Host", textx.Line(`1<b>"`+strings.Repeat("1", 300), 200)}, 421, ""},
		"web_too_large":   {http.MethodPost, "/login", "password=" + strings.Repeat("a", 100<<10), nil, nil, 413, "/"},
		"web_bad_request": {http.MethodPost, "/login", "%zz=%", nil, nil, 400, "/"},
		"web_signed_out":  {http.MethodPost, "/add", "", nil, nil, 401, "/"},
		"web_unknown":     {http.MethodGet, "/parcel/RB123456785CN", "", nil, nil, 404, "/"},
	} {
		t.Run(id, func(t *testing.T) {
			t.Parallel()
			s, store := locked(t, morning(), func(o *web.Options) { o.Language = "ru"; o.Config.Hosts = []string{"home.example"} })
			v := visit(t, s)
			if id == "web_unknown" {
				v, store.Store = signedIn(t, s), none{}
			}
			r := v.send(tt.method, tt.path, tt.body, tt.change...)
			if r.code != tt.code || !strings.Contains(r.body, word(t, "ru", id, tt.data...)) || r.header.Get("Content-Language") != "ru" {
				t.Errorf("%d %s", r.code, r.body)
			}
			_, main, _ := strings.Cut(r.body, "<main")
			link := regexp.MustCompile(`<a href="([^"]*)"`).FindStringSubmatch(main)
			if (tt.leads == "") != (link == nil) || link != nil && link[1] != tt.leads {
				t.Errorf("leads to %v, want %s", link, tt.leads)
			}
			text := regexp.MustCompile(`<[^>]*>|hosts|\[web\]|&[#a-z0-9]+;`).ReplaceAllString("<main"+main, "")
			if found := latin.FindString(text); found != "" {
				t.Errorf("%q within %s", found, text)
			}
		})
	}
}

// none is a store without parcels.
type none struct{ web.Store }

func (none) ParcelByNumber(context.Context, number.Number) (parcel.Parcel, error) {
	return parcel.Parcel{}, parcel.ErrNotFound
}

func TestASessionIsNewIsKeptAsAHashAndEnds(t *testing.T) {
	t.Parallel()
	c := morning()
	s, store := locked(t, c, func(o *web.Options) { o.HashCost = 0 })
	v := visit(t, s)
	v.cookies["parcelwatch"] = "chosen-by-a-stranger"
	r := v.send(http.MethodPost, "/login", "password="+url.QueryEscape(password))
	cookie := r.header.Get("Set-Cookie")
	for _, want := range []string{"HttpOnly", "SameSite=Strict", "Path=/"} {
		if !strings.Contains(cookie, want) {
			t.Errorf("cookie without %s: %s", want, cookie)
		}
	}
	token := v.cookies["parcelwatch"]
	if len(token) < 43 || strings.Contains(store.of["web/sessions"], token) {
		t.Errorf("token %q, stored %s", token, store.of["web/sessions"])
	}
	var hash string
	if err := json.Unmarshal([]byte(store.of["web/password"]), &hash); err != nil {
		t.Fatal(err)
	}
	if cost, err := bcrypt.Cost([]byte(hash)); err != nil || cost != bcrypt.DefaultCost {
		t.Errorf("the password's hash has cost %d, error %v", cost, err)
	}
	if code, _ := v.get("/private"); code != 200 {
		t.Errorf("signed in: %d", code)
	}
	again := visit(t, s)
	again.cookies["parcelwatch"] = token
	v.send(http.MethodPost, "/logout", "")
	if code, _ := again.get("/private"); code != http.StatusSeeOther {
		t.Errorf("after signing out: %d", code)
	}
	old := signedIn(t, s)
	c.pass(31 * 24 * time.Hour)
	if code, _ := old.get("/private"); code != http.StatusSeeOther {
		t.Errorf("after a month: %d", code)
	}
	for range 30 {
		signedIn(t, s)
	}
	if n := strings.Count(store.of["web/sessions"], "hash"); n != 20 {
		t.Errorf("%d sessions are kept", n)
	}
}

func TestFiveWrongPasswordsLockTheirSenderFor15Minutes(t *testing.T) {
	t.Parallel()
	c := morning()
	s, _ := locked(t, c, func(o *web.Options) { o.Config.Proxies = []string{"127.0.0.0/8", "192.0.2.0/24"} })
	v := visit(t, s)
	try := func(from, with string) int {
		return v.send(http.MethodPost, "/login", "password="+url.QueryEscape(with), func(r *http.Request) {
			r.Header.Set("X-Forwarded-For", from)
		}).code
	}
	for i := range 5 {
		if code := try(fmt.Sprintf("198.51.100.%d, 203.0.113.9, 192.0.2.1", i), "wrong"); code != http.StatusForbidden {
			t.Errorf("try %d: %d", i, code)
		}
	}
	if code := try("203.0.113.9", password); code != http.StatusTooManyRequests {
		t.Errorf("the right password after five wrong ones: %d", code)
	}
	if code := try("203.0.113.10", password); code != http.StatusSeeOther {
		t.Errorf("somebody else: %d", code)
	}
	c.pass(15 * time.Minute)
	if code := try("203.0.113.9", password); code != http.StatusSeeOther {
		t.Errorf("after 15 minutes: %d", code)
	}
	// One home has a network of addresses in IPv6, and many clients share one count.
	for i := range 5 {
		try(fmt.Sprintf("2001:db8:1:1::%d", i), "wrong")
	}
	if code := try("2001:db8:1:1::77", password); code != http.StatusTooManyRequests {
		t.Errorf("another address of the home: %d", code)
	}
	for i := range 1010 {
		try(fmt.Sprintf("2001:db8:%x::1", i+16), "wrong")
	}
	if code := try("2001:db8:ffff::1", password); code != http.StatusTooManyRequests {
		t.Errorf("the one after a thousand: %d", code)
	}
}

func TestThePasswordMayBeConfiguredAsItsHash(t *testing.T) {
	t.Parallel()
	crypted, err := bcrypt.GenerateFromPassword([]byte(password), bcrypt.MinCost)
	if err != nil {
		t.Fatal(err)
	}
	argon := func(costs string, memory, time uint32, threads uint8) string {
		salt := []byte("salt of 16 bytes")
		b := base64.RawStdEncoding.EncodeToString
		return "$argon2id$v=19$" + costs + "$" + b(salt) + "$" + b(argon2.IDKey([]byte(password), salt, time, memory, threads, 32))
	}
	good := argon("m=64,t=1,p=2", 64, 1, 2)
	for _, hash := range []string{string(crypted), good, argon("m=256,t=3,p=1", 256, 3, 1)} {
		s, _ := locked(t, morning(), func(o *web.Options) { o.Config.Password = config.Plain(hash) })
		for with, want := range map[string]int{password: http.StatusSeeOther, "wrong": http.StatusForbidden, hash: http.StatusForbidden, "": http.StatusForbidden} {
			if code, _ := visit(t, s).post("/login", url.Values{"password": {with}}); code != want {
				t.Errorf("%s, %q: %d, want %d", hash, with, code, want)
			}
		}
	}
	// A hash that is damaged, or so costly that it would end the program, signs nobody in.
	for _, change := range [][2]string{
		{"m=64", "m=4194304"},
		{"m=64", "m=1"},
		{"m=64", "m=-64"},
		{"m=64", "m=064"},
		{"t=1", "t=4000000"},
		{"t=1", "t=0"},
		{"p=2", "p=200"},
		{"p=2", "p=0"},
		{"p=2", "p=2,x=1"},
		{"v=19", "v=16"},
		{"$m", "$$m"},
		{good[len(good)-30:], ""},
		{good[len(good)-1:], "!"},
		{"c2Fsd", ""},
		{"argon2id", "argon2id$x"},
	} {
		bad := strings.Replace(good, change[0], change[1], 1)
		s, _ := locked(t, morning(), func(o *web.Options) { o.Config.Password = config.Plain(bad) })
		if code, _ := visit(t, s).post("/login", url.Values{"password": {password}}); code != http.StatusInternalServerError {
			t.Errorf("%s: %d", bad, code)
		}
	}
}

func TestSessionsEndWhenThePasswordChanges(t *testing.T) {
	t.Parallel()
	c := morning()
	first, store := locked(t, c)
	old := signedIn(t, first)
	token := old.cookies["parcelwatch"]
	again := func(change ...func(*web.Options)) *visitor {
		s, _ := locked(t, c, append(change, func(o *web.Options) { o.Store = store })...)
		v := visit(t, s)
		v.cookies["parcelwatch"] = token
		return v
	}
	if code, _ := again().get("/private"); code != http.StatusOK {
		t.Errorf("after a restart: %d", code)
	}
	other := again(func(o *web.Options) { o.Config.Password = config.Plain("another") })
	if code, _ := other.get("/private"); code != http.StatusSeeOther {
		t.Errorf("after the password was changed: %d", code)
	}
	if code, _ := again().get("/private"); code != http.StatusSeeOther {
		t.Errorf("after it was changed back: %d", code)
	}
	for name, value := range store.of {
		if strings.Contains(value, password) || strings.Contains(value, "another") || strings.Contains(value, hex.EncodeToString(hashed("another"))) {
			t.Errorf("%s is %s", name, value)
		}
	}
	// A file may change while the program runs.
	file := filepath.Join(t.TempDir(), "pass")
	write := func(text string) {
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write("one")
	cfg := filepath.Join(t.TempDir(), "c.toml")
	if err := os.WriteFile(cfg, fmt.Appendf(nil, "[web]\nlisten = \"127.0.0.1:8417\"\npassword = { file = '%s' }\n", file), 0o600); err != nil {
		t.Fatal(err)
	}
	loaded, err := config.Load(cfg)
	if err != nil {
		t.Fatal(err)
	}
	s, _ := locked(t, c, func(o *web.Options) { o.Config.Password = loaded.Web.Password })
	in := func(with string) *visitor {
		v := visit(t, s)
		if code, body := v.post("/login", url.Values{"password": {with}}); code != http.StatusSeeOther {
			t.Errorf("%s: %d %s", with, code, body)
		}
		return v
	}
	one := in("one")
	write("two")
	in("two")
	if code, _ := one.get("/private"); code != http.StatusSeeOther {
		t.Errorf("signed in with the old file: %d", code)
	}
}

func hashed(text string) []byte {
	sum := sha256.Sum256([]byte(text))
	return sum[:]
}

func TestALinkSignsInOnceAndNotByLookingAtIt(t *testing.T) {
	t.Parallel()
	c := morning()
	s, store := locked(t, c)
	token, err := web.NewLink(t.Context(), store, c.now())
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(store.of["web/link"], token) {
		t.Error("the token itself is stored")
	}
	v := visit(t, s)
	r := v.send(http.MethodGet, "/open?token="+token, "")
	if !strings.Contains(r.body, token) || r.header.Get("Referrer-Policy") != "no-referrer" {
		t.Errorf("%v %s", r.header, r.body)
	}
	if code, _ := v.get("/private"); code != http.StatusSeeOther {
		t.Errorf("after looking at the link: %d", code)
	}
	if code, _ := v.post("/open", url.Values{"token": {token}}); code != http.StatusSeeOther {
		t.Errorf("the link: %d", code)
	}
	if code, _ := v.get("/private"); code != 200 {
		t.Errorf("signed in: %d", code)
	}
	if code, _ := visit(t, s).post("/open", url.Values{"token": {token}}); code != http.StatusForbidden {
		t.Errorf("the link again: %d", code)
	}
	late, err := web.NewLink(t.Context(), store, c.now())
	if err != nil {
		t.Fatal(err)
	}
	c.pass(16 * time.Minute)
	if code, _ := visit(t, s).post("/open", url.Values{"token": {late}}); code != http.StatusForbidden {
		t.Errorf("an old link: %d", code)
	}
}

func TestAProxyServesThePageBelowAPath(t *testing.T) {
	t.Parallel()
	s, _ := locked(t, morning(), func(o *web.Options) {
		o.Config.Proxies, o.Config.Hosts = []string{"127.0.0.1"}, []string{"Home.example"}
	})
	v := visit(t, s)
	through := func(r *http.Request) {
		r.Header.Set("X-Forwarded-Prefix", "/parcels/")
		r.Header.Set("X-Forwarded-Proto", "https")
		r.Header.Set("X-Forwarded-Host", "home.example")
	}
	for path, want := range map[string]string{"/private": "/parcels/login", "/parcels/private": "/parcels/login"} {
		if got := v.send(http.MethodGet, path, "", through).header.Get("Location"); got != want {
			t.Errorf("%s leads to %s", path, got)
		}
	}
	r := v.send(http.MethodPost, "/parcels/login", "password="+url.QueryEscape(password), through)
	if c := r.header.Get("Set-Cookie"); !strings.Contains(c, "Path=/parcels/") || !strings.Contains(c, "Secure") || r.header.Get("Location") != "/parcels/" {
		t.Errorf("%v", r.header)
	}
	if body := v.send(http.MethodGet, "/login", "", through).body; !strings.Contains(body, `href="/parcels/style.css"`) {
		t.Errorf("%s", body)
	}
	bad := func(r *http.Request) { through(r); r.Header.Set("X-Forwarded-Prefix", "//evil.example") }
	if got := v.send(http.MethodGet, "/logout", "", bad).header.Get("Location"); strings.Contains(got, "evil") {
		t.Errorf("sent to %s", got)
	}
}

func TestSlowAndGreedyConnectionsEnd(t *testing.T) { //nolint:tparallel // the server ends after its connections
	t.Parallel()
	l, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := l.Addr().String()
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	s, _ := locked(t, morning(), func(o *web.Options) { o.Config.Listen = address })
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- s.Run(ctx) }()
	for name, tt := range map[string]struct{ send, want string }{
		"half a header":  {"GET /login HTTP/1.1\r\nHost: localhost\r\nX: ", "408"},
		"a large header": {"GET /login HTTP/1.1\r\nHost: localhost\r\nX: " + strings.Repeat("a", 64<<10) + "\r\n\r\n", "431"},
		"a huge body":    {"POST /login HTTP/1.1\r\nHost: localhost\r\nContent-Length: 104857600\r\n\r\n", "413"},
		"two lengths":    {"POST /login HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello", "400"},
	} {
		t.Run(name, func(t *testing.T) {
			c := dial(t, address)
			if _, err := io.WriteString(c, tt.send); err != nil {
				t.Fatal(err)
			}
			line, err := bufio.NewReader(c).ReadString('\n')
			if errors.Is(err, os.ErrDeadlineExceeded) {
				t.Error("the connection stays open")
			}
			if !strings.Contains(line, tt.want) && (tt.want != "408" || line != "") {
				t.Errorf("answer %q, want %s", line, tt.want)
			}
		})
	}
	dial(t, address) // an open connection does not delay the stop
	stop()
	select {
	case err := <-ended:
		if err != nil {
			t.Errorf("stopped with %v", err)
		}
	case <-time.After(30 * time.Second):
		t.Error("an open connection delays the stop")
	}
}

// dial connects, and tries again while the server starts.
func dial(t *testing.T, address string) net.Conn {
	t.Helper()
	for range 100 {
		c, err := (&net.Dialer{}).DialContext(t.Context(), "tcp", address)
		if err == nil {
			t.Cleanup(func() { _ = c.Close() })
			_ = c.SetDeadline(time.Now().Add(20 * time.Second))
			return c
		}
		time.Sleep(20 * time.Millisecond)
	}
	t.Fatal("the server does not listen")
	return nil
}
