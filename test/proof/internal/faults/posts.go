//go:build linux

package faults

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"log" //nolint:depguard // what http.Server wants
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"time"

	"parcelwatch/test/rig"
)

// rested is how long a post is left alone the first time, and a moment.
const rested = 61 * time.Minute

func postFaults() []fault {
	wrong := func(name, did string, quick bool, answer http.HandlerFunc) fault {
		return fault{part: "posts", name: name, did: did, quick: quick, setup: setup{clock: true}, try: post(answer)}
	}
	const html = "text/html; charset=utf-8"
	return []fault{
		wrong("500", "every answer is 500", true, func(w http.ResponseWriter, _ *http.Request) {
			http.Error(w, "internal error", http.StatusInternalServerError)
		}),
		wrong("429", "every answer is 429 with Retry-After: 120", true, func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Retry-After", "120")
			w.WriteHeader(http.StatusTooManyRequests)
		}),
		wrong("captcha", "every answer is a page that asks whether one is a robot", true, func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", html)
			_, _ = fmt.Fprint(w, "<html><title>Just a moment...</title><body><div class=\"g-recaptcha\"></div>Please solve the captcha</body></html>")
		}),
		wrong("garbage", "every answer is 64 KiB of bytes of all values", true, func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "application/json")
			junk := make([]byte, 64<<10)
			for i := range junk {
				junk[i] = byte(i * 31)
			}
			_, _ = w.Write(junk)
		}),
		wrong("endless", "every answer goes on for ever", true, func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "application/json")
			piece := []byte("[" + strings.Repeat(`{"ID":"x","Events":[]},`, 3000))
			for {
				if _, err := w.Write(piece); err != nil {
					return
				}
			}
		}),
		wrong("slow", "an answer does not come", false, func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }),
		{
			part: "posts", name: "wrong certificate", did: "the post's certificate is signed by nobody known",
			setup: setup{clock: true, carriers: secure("127.0.0.1")}, try: untrusted,
		},
		{
			part: "posts", name: "DNS gone", did: "the name of the post cannot be looked up",
			setup: setup{clock: true, carriers: secure(postName)}, try: nameless,
		},
	}
}

// post is a post that answers wrongly, and rightly again.
func post(answer http.HandlerFunc) func(ctx context.Context, b *bench) {
	return func(ctx context.Context, b *bench) {
		b.posts.Instead(answer)
		b.start(ctx)
		b.post(ctx, func() error { b.posts.Instead(nil); return nil })
	}
}

// post waits until the post's fault is on record, mends it, lets the time pass
// for which a post is left alone, and asks about another parcel.
func (b *bench) post(ctx context.Context, mend func() error) {
	took := b.until(ctx, noticeLimit, "the post's fault is on record", func() bool {
		n, err := b.store.Count(ctx, "SELECT count(*) FROM carrier_state WHERE name = 'upu' AND error <> ''")
		return err == nil && n == 1
	})
	b.saw(b.status(ctx, "upu"), took)
	b.do(mend)
	b.move(rested)
	l := b.deliver(ctx, "at customs")
	back := b.until(ctx, backLimit, "the post's answer is on record", func() bool {
		n, err := b.store.Count(ctx, "SELECT count(*) FROM number JOIN parcel ON id = parcel_id WHERE number = $1 AND doc LIKE '%Posting/Collection%'", l.Number)
		return err == nil && n == 1
	})
	b.outcome.back = seconds(back) + " after its rest"
}

const postName = "post.rig.test"

// tlsPost is the right posts behind TLS, with a certificate that can be changed.
type tlsPost struct {
	server *http.Server
	done   chan struct{}
}

// secure puts the posts behind TLS at a name, with a certificate of an authority
// that the daemon trusts.
func secure(name string) func(ctx context.Context, b *bench) (map[string]string, error) {
	return func(ctx context.Context, b *bench) (map[string]string, error) {
		trusted, err := newAuthority()
		if err != nil {
			return nil, err
		}
		if err := os.WriteFile(filepath.Join(b.dir, "authority.pem"), trusted.PEM, 0o600); err != nil {
			return nil, err
		}
		cert, err := pair(trusted, name)
		if err != nil {
			return nil, err
		}
		l, err := (&net.ListenConfig{}).Listen(ctx, "tcp", "127.0.0.1:0")
		if err != nil {
			return nil, err
		}
		b.serve(l, cert)
		_, port, err := net.SplitHostPort(l.Addr().String())
		return map[string]string{"upu": fmt.Sprintf("endpoint = \"https://%s:%s\"", name, port)}, err
	}
}

func pair(a *authority, name string) (tls.Certificate, error) {
	cert, key, err := a.leaf(name)
	if err != nil {
		return tls.Certificate{}, err
	}
	return tls.X509KeyPair(cert, key)
}

// serve answers over TLS until the world ends. The certificate is b.cert's where
// there is one.
func (b *bench) serve(l net.Listener, cert tls.Certificate) {
	p := tlsPost{done: make(chan struct{}), server: &http.Server{
		Handler: b.posts, ReadHeaderTimeout: 10 * time.Second, ErrorLog: log.New(io.Discard, "", 0),
		TLSConfig: &tls.Config{MinVersion: tls.VersionTLS12, GetCertificate: func(*tls.ClientHelloInfo) (*tls.Certificate, error) {
			if other := b.cert.Load(); other != nil {
				return other, nil
			}
			return &cert, nil
		}},
	}}
	go func() {
		defer close(p.done)
		_ = p.server.ServeTLS(l, "", "") // runs until Close, which is the one way for it to end
	}()
	b.later(func() {
		_ = p.server.Close()
		<-p.done
	})
}

// trusting makes the daemon trust the case's authority alone.
func (b *bench) trusting() {
	b.daemon.Env = append(b.daemon.Env, "SSL_CERT_FILE="+filepath.Join(b.dir, "authority.pem"), "SSL_CERT_DIR="+b.dir)
}

func untrusted(ctx context.Context, b *bench) {
	b.do(func() error {
		stranger, err := newAuthority()
		if err != nil {
			return err
		}
		cert, err := pair(stranger, "127.0.0.1")
		b.cert.Store(&cert)
		return err
	})
	b.trusting()
	b.start(ctx)
	b.post(ctx, func() error { b.cert.Store(nil); return nil })
}

// nameless: the daemon has a list of hosts and a name server of its own, where
// nobody answers.
func nameless(ctx context.Context, b *bench) {
	b.trusting()
	hosts, resolv := filepath.Join(b.dir, "hosts"), filepath.Join(b.dir, "resolv.conf")
	b.do(func() error {
		return errors.Join(
			os.WriteFile(hosts, []byte("127.0.0.1 localhost\n"), 0o644),
			os.WriteFile(resolv, []byte("nameserver 127.0.0.1\noptions timeout:1 attempts:1\n"), 0o644))
	})
	b.daemon.Wrap = append(b.daemon.Wrap,
		"unshare", "--mount", "sh", "-c",
		`mount --bind "$0" /etc/hosts && mount --bind "$1" /etc/resolv.conf && shift && exec "$@"`, hosts, resolv,
	)
	b.start(ctx)
	b.post(ctx, func() error {
		if err := os.WriteFile(hosts, []byte("127.0.0.1 localhost "+postName+"\n"), 0o644); err != nil {
			return err
		}
		return rig.Pause(ctx, 6*time.Second) // Go reads the list of hosts every five
	})
}
