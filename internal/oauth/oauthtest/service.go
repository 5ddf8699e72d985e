// Package oauthtest is a token service on loopback for tests. It must not be used
// outside tests. It behaves like Google and Microsoft, issues refresh tokens for one
// use only, and can revoke logins.
package oauthtest

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strconv"
	"sync"
)

// ClientID is the only application the service knows.
const ClientID = "app-of-the-test"

// Service is a running token service.
type Service struct {
	URL string

	server *httptest.Server
	mu     sync.Mutex
	config Config
	serial int
	codes  map[string]string // authorization code to challenge
	polls  int
	good   string // the only refresh token that is accepted
	ended  bool
	asked  []url.Values
}

// Config is the behaviour of the service.
type Config struct {
	Access    func(n int) string // makes the nth access token
	Lives     int                // validity of an access token in seconds
	Polls     int                // number of times a device is told to wait
	Deny      bool               // the user denies the access
	Broken    int                // status of every answer, 0 for none
	NoRefresh bool
}

// Open starts a service. Close it.
func Open(c Config) *Service {
	if c.Access == nil {
		c.Access = func(n int) string { return "access-" + strconv.Itoa(n) }
	}
	if c.Lives == 0 {
		c.Lives = 3600
	}
	s := &Service{config: c, codes: map[string]string{}}
	mux := http.NewServeMux()
	mux.HandleFunc("/common/oauth2/v2.0/devicecode", s.device)
	mux.HandleFunc("/common/oauth2/v2.0/token", s.token)
	mux.HandleFunc("/token", s.token)
	mux.HandleFunc("/o/oauth2/v2/auth", s.authorize)
	s.server = httptest.NewServer(mux)
	s.URL = s.server.URL
	return s
}

// Close stops the service.
func (s *Service) Close() { s.server.Close() }

// Revoke ends all logins.
func (s *Service) Revoke() { s.change(func() { s.ended = true }) }

// Break makes every answer fail with the HTTP status; 0 ends that.
func (s *Service) Break(status int) { s.change(func() { s.config.Broken = status }) }

// Refreshes returns how many access tokens have been issued.
func (s *Service) Refreshes() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.serial
}

// Asked returns all forms that were sent to the token address.
func (s *Service) Asked() []url.Values {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]url.Values(nil), s.asked...)
}

func (s *Service) change(what func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	what()
}

func (s *Service) device(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if r.FormValue("client_id") != ClientID {
		refuse(w, "invalid_client", "AADSTS700016: no such application")
		return
	}
	answer(w, map[string]any{
		"device_code": "device", "user_code": "ABCD-EFGH", "verification_uri": s.URL + "/devicelogin", "expires_in": 900, "interval": 1,
	})
}

// authorize is the provider's page: it redirects the browser at once.
func (s *Service) authorize(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	q := r.URL.Query()
	back := url.Values{"state": {q.Get("state")}}
	if s.config.Deny {
		back.Set("error", "access_denied")
	} else {
		code := "code-" + strconv.Itoa(len(s.codes))
		s.codes[code] = q.Get("code_challenge")
		back.Set("code", code)
	}
	http.Redirect(w, r, q.Get("redirect_uri")+"?"+back.Encode(), http.StatusFound) //nolint:gosec // the test's own address
}

func (s *Service) token(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	_ = r.ParseForm()
	s.asked = append(s.asked, r.Form)
	if s.config.Broken != 0 {
		http.Error(w, "broken", s.config.Broken)
		return
	}
	if r.FormValue("client_id") != ClientID {
		refuse(w, "invalid_client", "no such application")
		return
	}
	if code, words := s.entitled(r); code != "" {
		refuse(w, code, words)
		return
	}
	s.serial++
	out := map[string]any{"access_token": s.config.Access(s.serial), "token_type": "Bearer", "expires_in": s.config.Lives}
	if !s.config.NoRefresh {
		s.good = "refresh-" + strconv.Itoa(s.serial)
		out["refresh_token"] = s.good
	}
	answer(w, out)
}

// entitled returns the OAuth2 error of a request, or "" if it may have a token.
func (s *Service) entitled(r *http.Request) (code, words string) {
	switch r.FormValue("grant_type") {
	case "refresh_token":
		if s.ended || r.FormValue("refresh_token") != s.good {
			return "invalid_grant", "AADSTS70000: Token has been expired or revoked: " + r.FormValue("refresh_token")
		}
	case "authorization_code":
		challenge, known := s.codes[r.FormValue("code")]
		sum := sha256.Sum256([]byte(r.FormValue("code_verifier")))
		if !known || base64.RawURLEncoding.EncodeToString(sum[:]) != challenge {
			return "invalid_grant", "bad code or verifier"
		}
	default:
		if s.config.Deny {
			return "authorization_declined", "the user declined"
		}
		if s.polls++; s.polls <= s.config.Polls {
			return "authorization_pending", "not yet"
		}
	}
	return "", ""
}

func answer(w http.ResponseWriter, v any) {
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(v)
}

func refuse(w http.ResponseWriter, code, words string) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(http.StatusBadRequest)
	_ = json.NewEncoder(w).Encode(map[string]string{"error": code, "error_description": words})
}
