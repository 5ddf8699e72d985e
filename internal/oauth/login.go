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

// loginTime is how long a person may take.
const loginTime = 15 * time.Minute

// Code is what the person types into a page of the provider, on any device.
type Code struct {
	Page string
	Code string
}

// Device logs in by a code that show shows to the person.
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

// Browsing is what a login by browser needs from its surroundings.
type Browsing struct {
	// Show takes the address that the person opens in a browser.
	Show func(address string)
	// Pasted gives the address at which the browser ended, or the code in it,
	// where the browser runs on another machine. It may be nil.
	Pasted <-chan string
	// Done and Failed are shown in the browser at the end.
	Done, Failed string
	// Username is suggested to the provider.
	Username string
}

// Browser logs in by a browser that comes back to this machine (RFC 8252), with
// a proof that only this process can give (RFC 7636).
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

// usable refuses a login that would end within the hour.
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

// landed is with what the browser came back.
type landed struct {
	code string
	err  error
}

// landing is the page at which the browser ends.
type landing struct {
	state string
	texts Browsing
	codes chan landed
}

// ServeHTTP takes the browser that comes back from the provider. What does not
// know the state is somebody else and changes nothing.
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

// serve answers the browser until the returned function is called, which waits.
func (b *landing) serve(ctx context.Context, l net.Listener) (stop func()) {
	server := &http.Server{Handler: b, ReadHeaderTimeout: 10 * time.Second, MaxHeaderBytes: 64 << 10}
	done := make(chan struct{})
	go func() {
		defer close(done)
		_ = server.Serve(l)
	}()
	return func() {
		// The page that thanks may be under way.
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), time.Second)
		defer cancel()
		if server.Shutdown(ctx) != nil {
			_ = server.Close()
		}
		<-done
	}
}

// read takes the provider's answer out of an address.
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

// wait waits for the browser, or for the person who pastes where it ended.
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
