package web

import (
	"bytes"
	"embed"
	"errors"
	"fmt"
	"html/template"
	"net/http"
	"path"
	"slices"
	"strings"
	"sync"
	"time"
	"unicode"

	"golang.org/x/text/language"

	"parcelwatch/internal/locale"
	"parcelwatch/internal/packed"
)

//go:embed template asset
var files embed.FS

// printers keeps the printers of the languages in use.
type printers struct {
	titles map[string]string // of defined carriers
	mu     sync.Mutex
	known  map[string]*locale.Printer
}

// of returns the printer of a tag, English for an unknown one.
func (p *printers) of(tag string) *locale.Printer {
	p.mu.Lock()
	defer p.mu.Unlock()
	if out := p.known[tag]; out != nil {
		return out
	}
	out, err := locale.New(tag)
	if err != nil {
		out, _ = locale.New("")
	}
	out = out.Titled(p.titles)
	p.known[tag] = out
	return out
}

// say returns the printer for a visitor: of the configured language, else of the browser's.
func (s *Server) say(r *http.Request) *locale.Printer {
	if s.Language != "" {
		return s.words.of(s.Language)
	}
	wanted, _, err := language.ParseAcceptLanguage(r.Header.Get("Accept-Language"))
	if err != nil {
		return s.words.of("")
	}
	tags := locale.Tags()
	have := make([]language.Tag, 0, len(tags))
	for _, t := range tags {
		have = append(have, language.Make(t))
	}
	_, i, sure := language.NewMatcher(have).Match(wanted...)
	if sure == language.No {
		i = 0
	}
	return s.words.of(tags[i])
}

// page is what every template is given.
type page struct {
	Lang, Base, Title string
	Nav               string // the entry of the menu that the page belongs to; empty for no menu
	Out               bool   // the visitor can sign out
	Notice            string // what an action did
	Wrong             bool   // the notice is a failure
	Body              any

	say *locale.Printer
}

// T returns a message of the catalogues.
func (p page) T(id string, data ...any) string { return p.say.T(id, data...) }

// Capital returns a text with a capital letter.
func (p page) Capital(s string) string { return p.say.Capital(s) }

// When returns date and time.
func (p page) When(t time.Time) string { return p.say.DateTime(t) }

// templates returns the parsed templates by name.
func templates() (map[string]*template.Template, error) {
	names, err := files.ReadDir("template")
	if err != nil {
		return nil, fmt.Errorf("web: %w", err)
	}
	out := map[string]*template.Template{}
	for _, n := range names {
		t, err := template.New("layout.html").ParseFS(packed.Files{FS: files}, "template/layout.html", "template/"+n.Name())
		if err != nil {
			return nil, fmt.Errorf("web: %w", err)
		}
		out[n.Name()] = t
	}
	return out, nil
}

// render answers with a page.
func (s *Server) render(w http.ResponseWriter, r *http.Request, status int, name string, p page) {
	p.say = s.say(r)
	p.Lang, p.Base = p.say.Language(), visitOf(r.Context()).base
	p.Out = !s.Config.Password.IsZero()
	var out bytes.Buffer
	if err := s.templates[name].Execute(&out, p); err != nil {
		s.Log.ErrorContext(r.Context(), "page is not rendered", "page", name, "err", err.Error())
		http.Error(w, p.T("web_error"), http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Content-Language", p.Lang)
	w.WriteHeader(status)
	_, _ = w.Write(withoutAddresses(out.Bytes()))
}

// withoutAddresses masks every email address that a page shows, wherever it came from. It
// may mask more, such as a login in a URL. What a browser sends back stays as it is: the
// values of fields and addresses of pages.
func withoutAddresses(html []byte) []byte {
	if bytes.IndexByte(html, '@') < 0 {
		return html
	}
	out := make([]byte, 0, len(html))
	for {
		// A quote in a text is escaped, so this is an attribute.
		name, rest, attribute := bytes.Cut(html, []byte(`="`))
		out = masked(out, name)
		if !attribute {
			return out
		}
		value, after, _ := bytes.Cut(rest, []byte(`"`))
		if out = append(out, `="`...); sentBack(name) {
			out = append(out, value...)
		} else {
			out = masked(out, value)
		}
		out, html = append(out, '"'), after
	}
}

// sentBack reports whether the text before a value ends with the name of an attribute that
// browsers send back or follow.
func sentBack(before []byte) bool {
	name := before[bytes.LastIndexByte(before, ' ')+1:]
	return slices.Contains([]string{"value", "href", "action"}, string(name))
}

// masked appends a text without its addresses.
func masked(out, text []byte) []byte {
	for {
		at := bytes.IndexByte(text, '@')
		if at < 0 {
			return append(out, text...)
		}
		name := bytes.TrimRightFunc(text[:at], ofAddress)
		domain := bytes.TrimLeftFunc(text[at+1:], ofAddress)
		if len(name) == at || len(domain) == len(text)-at-1 {
			out, text = append(out, text[:at+1]...), text[at+1:]
			continue
		}
		out = append(append(out, name...), "…@…"...)
		text = domain
	}
}

// ofAddress reports whether a rune may be part of an email address, also escaped in HTML.
func ofAddress(r rune) bool {
	return unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.IsMark(r) || strings.ContainsRune("._%+-&#;'@", r)
}

// fail answers with the page about an error, which is logged unless the visitor left.
func (s *Server) fail(w http.ResponseWriter, r *http.Request, doing string, err error) {
	if r.Context().Err() == nil {
		s.Log.WarnContext(r.Context(), "page cannot be shown", "doing", doing, "err", err.Error())
	}
	s.message(w, r, http.StatusInternalServerError, "web_error")
}

// message answers with a page that says what is wrong and leads to where it goes on.
func (s *Server) message(w http.ResponseWriter, r *http.Request, status int, id string, data ...any) {
	say, next := s.say(r), ""
	switch status {
	case http.StatusMisdirectedRequest: // the links of this page have the wrong name
	case http.StatusUnauthorized:
		next = "web_sign_in"
	default:
		next = "web_parcels"
	}
	s.render(w, r, status, "message.html", page{Title: say.T("web_not_done"), Notice: say.T(id, data...), Wrong: true, Body: next})
}

// unknown answers a request for which there is no handler.
func (s *Server) unknown(w http.ResponseWriter, r *http.Request, h http.Handler) {
	refusal := refusal{header: http.Header{}}
	h.ServeHTTP(&refusal, r)
	if allow := refusal.header.Get("Allow"); allow != "" {
		w.Header().Set("Allow", allow)
		s.message(w, r, http.StatusMethodNotAllowed, "web_method")
		return
	}
	s.NotFound(w, r)
}

// refusal keeps the header of an answer.
type refusal struct{ header http.Header }

func (a *refusal) Header() http.Header            { return a.header }
func (a *refusal) WriteHeader(int)                {}
func (a *refusal) Write(text []byte) (int, error) { return len(text), nil }

// goTo answers a form with another page.
func goTo(w http.ResponseWriter, r *http.Request, address string) {
	http.Redirect(w, r, visitOf(r.Context()).base+address, http.StatusSeeOther) //nolint:gosec // the prefix is checked, the address begins with one of ours
}

// form reads a form of bounded size, or answers why it cannot.
func (s *Server) form(w http.ResponseWriter, r *http.Request) bool {
	err := r.ParseForm()
	if err == nil {
		return true
	}
	if _, large := errors.AsType[*http.MaxBytesError](err); large {
		s.message(w, r, http.StatusRequestEntityTooLarge, "web_too_large")
		return false
	}
	s.message(w, r, http.StatusBadRequest, "web_bad_request")
	return false
}

// serveAssets registers the files that pages refer to.
func (s *Server) serveAssets() error {
	for name, kind := range map[string]string{"style.css": "text/css; charset=utf-8", "icon.svg": "image/svg+xml"} {
		body, err := packed.Files{FS: files}.ReadFile(path.Join("asset", name))
		if err != nil {
			return fmt.Errorf("web: %w", err)
		}
		s.HandleOpen("GET /"+name, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Type", kind)
			w.Header().Set("Cache-Control", "public, max-age=3600")
			_, _ = w.Write(body)
		}))
	}
	return nil
}
