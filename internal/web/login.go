package web

import (
	"errors"
	"net/http"
)

// cookieName is the name of the cookie with the session's token.
const cookieName = "parcelwatch"

// signedIn lets only visitors with a session through, if there is a password.
func (s *Server) signedIn(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if s.Config.Password.IsZero() {
			next.ServeHTTP(w, r)
			return
		}
		switch ok, err := s.sessions.valid(r.Context(), tokenOf(r)); {
		case err != nil:
			s.fail(w, r, "sign in", err)
		case ok:
			next.ServeHTTP(w, r)
		case r.Method == http.MethodGet:
			goTo(w, r, "/login")
		default:
			s.message(w, r, http.StatusUnauthorized, "web_signed_out")
		}
	})
}

func tokenOf(r *http.Request) string {
	c, err := r.Cookie(cookieName)
	if err != nil {
		return ""
	}
	return c.Value
}

// signIn gives the browser a session. The token is new, whatever cookie came.
func signIn(w http.ResponseWriter, r *http.Request, token string) {
	http.SetCookie(w, cookie(r, token, int(sessionAge.Seconds())))
	goTo(w, r, "/")
}

func cookie(r *http.Request, token string, age int) *http.Cookie {
	v := visitOf(r.Context())
	return &http.Cookie{ //nolint:gosec // Secure where the visitor has TLS
		Name: cookieName, Value: token, Path: v.base + "/", MaxAge: age, Secure: v.secure, HttpOnly: true, SameSite: http.SameSiteStrictMode,
	}
}

func (s *Server) showLogin(w http.ResponseWriter, r *http.Request) {
	if s.Config.Password.IsZero() {
		goTo(w, r, "/")
		return
	}
	s.render(w, r, http.StatusOK, "login.html", page{Title: s.say(r).T("web_sign_in")})
}

func (s *Server) login(w http.ResponseWriter, r *http.Request) {
	if s.Config.Password.IsZero() {
		goTo(w, r, "/")
		return
	}
	if !s.form(w, r) {
		return
	}
	token, err := s.sessions.signIn(r.Context(), visitOf(r.Context()).client, r.PostForm.Get("password"))
	if err != nil {
		s.refuse(w, r, "login.html", err)
		return
	}
	signIn(w, r, token)
}

// openLink is the body of the page of a link that signs in.
type openLink struct{ Token string }

// showOpen asks for a click, because some programs open links to look at them.
func (s *Server) showOpen(w http.ResponseWriter, r *http.Request) {
	s.render(w, r, http.StatusOK, "open.html", page{Title: s.say(r).T("web_sign_in"), Body: openLink{r.URL.Query().Get("token")}})
}

func (s *Server) open(w http.ResponseWriter, r *http.Request) {
	if !s.form(w, r) {
		return
	}
	token, err := s.sessions.redeem(r.Context(), visitOf(r.Context()).client, r.PostForm.Get("token"))
	if err != nil {
		s.refuse(w, r, "open.html", err)
		return
	}
	signIn(w, r, token)
}

// refuse answers a sign-in that failed.
func (s *Server) refuse(w http.ResponseWriter, r *http.Request, name string, err error) {
	for _, known := range []struct {
		err    error
		id     string
		status int
	}{
		{errWrong, "web_password_wrong", http.StatusForbidden},
		{errLink, "web_link_used", http.StatusForbidden},
		{errLocked, "web_locked", http.StatusTooManyRequests},
	} {
		if errors.Is(err, known.err) {
			s.Log.WarnContext(r.Context(), "sign-in is refused", "client", visitOf(r.Context()).client, "reason", known.err.Error())
			say := s.say(r)
			s.render(w, r, known.status, name, page{Title: say.T("web_sign_in"), Notice: say.T(known.id), Wrong: true, Body: openLink{}})
			return
		}
	}
	s.fail(w, r, "sign in", err)
}

func (s *Server) logout(w http.ResponseWriter, r *http.Request) {
	if err := s.sessions.end(r.Context(), tokenOf(r)); err != nil {
		s.fail(w, r, "sign out", err)
		return
	}
	http.SetCookie(w, cookie(r, "", -1))
	goTo(w, r, "/login")
}
