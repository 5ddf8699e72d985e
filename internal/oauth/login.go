package oauth

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"errors"
	"fmt"
	"html"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"

	"golang.org/x/oauth2"
)

// loginTime is the time within which a login must be finished.
const loginTime = 15 * time.Minute

// Code is the code that the user types into a page of the provider, on any device.
type Code struct {
	Page string
	Code string
}

// Device logs in by device code. It calls show with the code for the user.
func (a App) Device(ctx context.Context, c *http.Client, show func(Code)) (Token, error) {
	conf, err := a.config()
	if err != nil {
		return Token{}, err
	}
	ctx, cancel := context.WithTimeout(ctx, loginTime)
	defer cancel()
	code, err := conf.DeviceAuth(with(ctx, c))
	if err != nil {
		return Token{}, fmt.Errorf("ask for a code: %w", explain(ctx, err, a.ClientSecret))
	}
	if code.DeviceCode == "" || code.UserCode == "" || !strings.HasPrefix(code.VerificationURI, "http") {
		return Token{}, fmt.Errorf("ask for a code: %w", &refusal{errRefused, "the answer holds none"})
	}
	show(Code{Page: clean(code.VerificationURI), Code: clean(code.UserCode)})
	t, err := conf.DeviceAccessToken(with(ctx, c), code)
	if err != nil {
		return Token{}, fmt.Errorf("log in: %w", late(explain(ctx, err, code.DeviceCode, a.ClientSecret)))
	}
	return usable(t)
}

// Browsing holds the callbacks and texts of a login by browser.
type Browsing struct {
	// Show is called with the address to open in a browser.
	Show func(address string)
	// Pasted delivers the address at which the browser ended, or the code in it, if the
	// browser runs on another machine. It may be nil.
	Pasted <-chan string
	// Done and Failed are shown in the browser at the end.
	Done, Failed string
	// Username is sent to the provider as a suggestion.
	Username string
}

// Browser logs in by a browser that is redirected to this machine (RFC 8252), with
// a proof key (PKCE, RFC 7636).
func (a App) Browser(ctx context.Context, c *http.Client, b Browsing) (Token, error) {
	conf, err := a.config()
	if err != nil {
		return Token{}, err
	}
	ctx, cancel := context.WithTimeout(ctx, loginTime)
	defer cancel()
	var lc net.ListenConfig
	l, err := lc.Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return Token{}, fmt.Errorf("listen for the browser: %w", err)
	}
	conf.RedirectURL = "http://" + l.Addr().String() + "/"
	state, verifier := rand.Text(), oauth2.GenerateVerifier()
	back := &landing{state: state, texts: b, codes: make(chan landed, 1)}
	stop := back.serve(ctx, l)
	defer stop()
	b.Show(conf.AuthCodeURL(state, oauth2.AccessTypeOffline, oauth2.S256ChallengeOption(verifier),
		oauth2.SetAuthURLParam("prompt", "consent"), oauth2.SetAuthURLParam("login_hint", b.Username)))
	code, err := back.wait(ctx, b.Pasted)
	if err != nil {
		return Token{}, fmt.Errorf("log in: %w", late(err))
	}
	t, err := conf.Exchange(with(ctx, c), code, oauth2.VerifierOption(verifier))
	if err != nil {
		return Token{}, fmt.Errorf("log in: %w", late(explain(ctx, err, code, verifier, a.ClientSecret)))
	}
	return usable(t)
}

// usable returns an error for a login without a refresh token, which would end within
// the hour.
func usable(t *oauth2.Token) (Token, error) {
	if t.RefreshToken == "" {
		return Token{}, fmt.Errorf("log in: %w: it gave no refresh token", ErrApp)
	}
	return tokenOf(t), nil
}

func late(err error) error {
	if errors.Is(err, context.DeadlineExceeded) {
		return fmt.Errorf("%w: %w", ErrExpired, err)
	}
	return err
}

// landed is the result with which the browser was redirected.
type landed struct {
	code string
	err  error
}

// landing is the page to which the browser is redirected.
type landing struct {
	state string
	texts Browsing
	codes chan landed
}

// ServeHTTP handles the redirect from the provider. A request with a wrong state is
// rejected and changes nothing.
func (b *landing) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Set("Referrer-Policy", "no-referrer")
	got, ok := b.read(r.URL.Query())
	if r.URL.Path != "/" || !ok {
		w.WriteHeader(http.StatusNotFound)
		return
	}
	text := b.texts.Done
	if got.err != nil {
		text = b.texts.Failed
	}
	_, _ = fmt.Fprintf(w, "<!doctype html><title>parcelwatch</title><p>%s</p>\n", html.EscapeString(text))
	select {
	case b.codes <- got:
	default: // a reload of the page
	}
}

// serve answers the browser until stop is called. stop waits for pending answers.
func (b *landing) serve(ctx context.Context, l net.Listener) (stop func()) {
	server := &http.Server{Handler: b, ReadHeaderTimeout: 10 * time.Second, MaxHeaderBytes: 64 << 10}
	done := make(chan struct{})
	go func() {
		defer close(done)
		_ = server.Serve(l)
	}()
	return func() {
		// The final page may still be on its way to the browser.
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), time.Second)
		defer cancel()
		if server.Shutdown(ctx) != nil {
			_ = server.Close()
		}
		<-done
	}
}

// read returns the provider's answer from the query of an address.
func (b *landing) read(q url.Values) (landed, bool) {
	if subtle.ConstantTimeCompare([]byte(q.Get("state")), []byte(b.state)) != 1 {
		return landed{}, false
	}
	switch refused, code := q.Get("error"), q.Get("code"); {
	case refused != "":
		return landed{err: &refusal{ErrDenied, clean(refused + " " + q.Get("error_description"))}}, true
	case code != "":
		return landed{code: code}, true
	default:
		return landed{}, false
	}
}

// wait waits for the redirect or for a pasted address.
func (b *landing) wait(ctx context.Context, pasted <-chan string) (string, error) {
	for {
		select {
		case got := <-b.codes:
			return got.code, got.err
		case line, open := <-pasted:
			if !open {
				pasted = nil
				continue
			}
			u, err := url.Parse(strings.TrimSpace(line))
			if err != nil {
				continue
			}
			if got, ok := b.read(u.Query()); ok {
				return got.code, got.err
			}
		case <-ctx.Done():
			return "", ctx.Err()
		}
	}
}
