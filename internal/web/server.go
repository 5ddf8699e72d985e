package web

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"html/template"
	"log/slog"
	"net"
	"net/http"
	"os"
	"sync"
	"time"

	"golang.org/x/net/netutil"

	"parcelwatch/config"
	"parcelwatch/internal/locale"
	"parcelwatch/internal/status"
	"parcelwatch/parcel"
	"parcelwatch/parcel/number"
	"parcelwatch/store"
)

const (
	maxConns   = 64
	maxBody    = 64 << 10 // of a form
	maxHeader  = 16 << 10
	slowHeader = 5 * time.Second
	slowBody   = 15 * time.Second
	slowAnswer = 60 * time.Second
	idle       = 2 * time.Minute
	lastWords  = 2 * time.Second // for answers in progress at the end
	listenGap  = 30 * time.Second
)

// Options are the dependencies of a server.
type Options struct {
	Config   config.Web
	Language string            // of all pages; empty to use the browser's
	Titles   map[string]string // of the carriers that the user has defined, by name
	Settings *config.Config
	Store    Store
	Tracker  Tracker
	Status   func(context.Context) (status.Status, error)
	// Gaps returns how long the way between two countries usually takes; nil for the
	// general table.
	Gaps func(context.Context) (func(origin, destination string) (least, most int), error)
	// Redacted returns a copy without personal data of a mail that was not understood, or an
	// error that wraps [ErrNoMail]; nil if mail cannot be read.
	Redacted func(context.Context, status.NotUnderstood) ([]byte, error)
	// HashCost is bcrypt's for the hash of the password that the sessions belong to; 0 for
	// [bcrypt.DefaultCost].
	HashCost int
	Log      *slog.Logger
	Now      func() time.Time
}

// ErrNoMail means that a mail is no longer where it was.
var ErrNoMail = errors.New("the mail is gone")

// Store is what the pages show and where sessions are kept.
type Store interface {
	store.Secrets
	store.Listing
	Outlines(ctx context.Context, ids []int64) ([]parcel.Parcel, error)
	ParcelByNumber(ctx context.Context, n number.Number) (parcel.Parcel, error)
	Order(ctx context.Context, id string) (parcel.Order, []parcel.Parcel, error)
	FollowedOrders(ctx context.Context, ids []string) ([]parcel.Order, error)
}

// Server serves the pages.
type Server struct {
	Options

	mux       *http.ServeMux
	guard     guard
	sessions  *sessions
	words     *printers
	copying   chan struct{} // holds a token while a mail is read
	templates map[string]*template.Template
	world     func() chart // reads the map when it is first needed
}

// New returns a server with the sign-in and its looks. It opens no port.
func New(o Options) (*Server, error) {
	g, err := newGuard(o.Config)
	if err != nil {
		return nil, err
	}
	pages, err := templates()
	if err != nil {
		return nil, err
	}
	s := &Server{
		Options: o, templates: pages, mux: http.NewServeMux(), guard: g, words: &printers{titles: o.Titles, known: map[string]*locale.Printer{}},
		copying: make(chan struct{}, 1), sessions: newSessions(o), world: sync.OnceValue(readChart),
	}
	s.guard.refuse = s.message
	if err := s.serveAssets(); err != nil {
		return nil, err
	}
	s.HandleOpen("GET /login", http.HandlerFunc(s.showLogin))
	s.HandleOpen("POST /login", http.HandlerFunc(s.login))
	s.HandleOpen("GET /open", http.HandlerFunc(s.showOpen))
	s.HandleOpen("POST /open", http.HandlerFunc(s.open))
	for pattern, h := range map[string]http.HandlerFunc{
		"POST /logout": s.logout, "GET /{$}": s.listParcels, "GET /add": s.showAdd, "POST /add": s.add,
		"GET /parcel/{number}": s.showParcel, "POST /parcel/{number}/{action}": s.act,
		"GET /order/{id}": s.showOrder, "POST /order/{id}/{action}": s.actOrder,
		"GET /doubtful": s.showDoubtful, "POST /doubtful/copy": s.copyMail,
		"GET /health": s.showHealth, "GET /settings": s.showSettings,
	} {
		s.mux.Handle(pattern, s.signedIn(h))
	}
	return s, nil
}

// HandleOpen registers a handler that checks its callers itself, before [Server.Run].
func (s *Server) HandleOpen(pattern string, h http.Handler) { s.mux.Handle(pattern, h) }

// Handler returns everything that the server serves, behind its guard.
func (s *Server) Handler() http.Handler { return s.guard.around(http.HandlerFunc(s.route)) }

// Inside returns everything that the server serves, at a path of another server, behind
// whose guard it stands.
func (s *Server) Inside(path string) http.Handler {
	inner := http.StripPrefix(path, slashed(http.HandlerFunc(s.route)))
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		v := visitOf(r.Context())
		v.base += path
		inner.ServeHTTP(w, r.WithContext(context.WithValue(r.Context(), visitKey{}, v)))
	})
}

// NotFound answers that there is no such page.
func (s *Server) NotFound(w http.ResponseWriter, r *http.Request) {
	s.message(w, r, http.StatusNotFound, "web_no_page")
}

// Run serves until ctx ends. While the port cannot be used, it logs that once and tries
// again, because the rest of the program works without a page.
func (s *Server) Run(ctx context.Context) error {
	for failed := false; ctx.Err() == nil; {
		err := s.serve(ctx)
		if err == nil {
			continue
		}
		if !failed {
			s.Log.WarnContext(ctx, "the page cannot be served", "listen", s.Config.Listen, "err", err.Error())
		}
		failed = true
		wait := time.NewTimer(listenGap)
		select {
		case <-ctx.Done():
		case <-wait.C:
		}
		wait.Stop()
	}
	return nil
}

func (s *Server) route(w http.ResponseWriter, r *http.Request) {
	if h, pattern := s.mux.Handler(r); pattern == "" {
		s.unknown(w, r, h)
		return
	}
	s.mux.ServeHTTP(w, r)
}

func (s *Server) serve(ctx context.Context) error {
	secure, err := s.tlsConfig()
	if err != nil {
		return err
	}
	l, err := (&net.ListenConfig{}).Listen(ctx, "tcp", s.Config.Listen)
	if err != nil {
		return fmt.Errorf("listen: %w", err)
	}
	l = netutil.LimitListener(l, maxConns)
	if secure != nil {
		l = tls.NewListener(l, secure)
	}
	server := &http.Server{
		Handler: s.Handler(), ReadHeaderTimeout: slowHeader, ReadTimeout: slowBody, WriteTimeout: slowAnswer, IdleTimeout: idle,
		MaxHeaderBytes: maxHeader, BaseContext: func(net.Listener) context.Context { return ctx },
		ErrorLog: slog.NewLogLogger(s.Log.Handler(), slog.LevelDebug),
	}
	ended := make(chan error, 1)
	go func() {
		err := server.Serve(l)
		if errors.Is(err, http.ErrServerClosed) {
			err = nil
		}
		ended <- err
	}()
	s.Log.InfoContext(ctx, "page is served", "listen", s.Config.Listen)
	select {
	case err := <-ended:
		return fmt.Errorf("serve: %w", err)
	case <-ctx.Done():
	}
	short, cancel := context.WithTimeout(context.WithoutCancel(ctx), lastWords)
	defer cancel()
	if err := server.Shutdown(short); err != nil {
		_ = server.Close()
	}
	return <-ended
}

var errNoAuthority = errors.New("no certificate is in the file")

// tlsConfig returns how to serve over TLS, or nil.
func (s *Server) tlsConfig() (*tls.Config, error) {
	c := s.Config
	if c.Certificate == "" {
		return nil, nil //nolint:nilnil // plain HTTP
	}
	pair, err := tls.LoadX509KeyPair(c.Certificate, c.Key)
	if err != nil {
		return nil, fmt.Errorf("read the certificate: %w", err)
	}
	out := &tls.Config{Certificates: []tls.Certificate{pair}, MinVersion: tls.VersionTLS12, NextProtos: []string{"http/1.1"}}
	if c.ClientCA == "" {
		return out, nil
	}
	pem, err := os.ReadFile(c.ClientCA)
	if err != nil {
		return nil, fmt.Errorf("read the authority of browsers: %w", err)
	}
	out.ClientAuth, out.ClientCAs = tls.RequireAndVerifyClientCert, x509.NewCertPool()
	if !out.ClientCAs.AppendCertsFromPEM(pem) {
		return nil, fmt.Errorf("read the authority of browsers: %s: %w", c.ClientCA, errNoAuthority)
	}
	return out, nil
}
