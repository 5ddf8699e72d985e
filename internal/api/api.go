package api

import (
	"context"
	_ "embed"
	"log/slog"
	"net/http"
	"strings"
	"time"

	"parcelwatch/internal/packed"
	"parcelwatch/internal/status"
	"parcelwatch/notify"
	"parcelwatch/parcel"
	"parcelwatch/parcel/number"
	"parcelwatch/store"
)

//go:embed openapi.json
var description []byte

// Store is what the API reads.
type Store interface {
	status.Parcels
	status.Store
	store.Listing
	store.Secrets
	ParcelByNumber(ctx context.Context, n number.Number) (parcel.Parcel, error)
	Ended(ctx context.Context, parcels func(*parcel.Parcel), orders func(*parcel.Order)) error
}

// Editor changes parcels, as commands do.
type Editor interface {
	Add(ctx context.Context, n number.Number, title string) (parcel.Parcel, error)
	Edit(ctx context.Context, n number.Number, edit func(*parcel.Parcel)) (parcel.Parcel, error)
	Forget(ctx context.Context, n number.Number, purge bool) error
	CheckNow(ctx context.Context, ids []int64) error
	Merge(ctx context.Context, a, b number.Number) (parcel.Parcel, error)
	Split(ctx context.Context, n number.Number) (parcel.Parcel, error)
}

// API answers other programs.
type API struct {
	Store      Store
	Editor     Editor
	Source     func(now time.Time) status.Source // of the documents about the program itself
	Audiences  []notify.Audience                 // whose days the calendar shows; the first is the default
	Protection notify.Protection
	Metrics    *Metrics
	Log        *slog.Logger
	Now        func() time.Time
}

// Server is where handlers are registered that check their callers themselves.
type Server interface {
	HandleOpen(pattern string, h http.Handler)
}

// route is one operation.
type route struct {
	pattern string
	scope   Scope
	answer  func(w http.ResponseWriter, r *http.Request) error
}

// Register registers all handlers.
func (a *API) Register(s Server) {
	for _, one := range a.routes() {
		s.HandleOpen(one.pattern, a.guarded(one))
	}
	s.HandleOpen("GET /api/v1/openapi.json", http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		text, err := packed.Text(description)
		if err != nil {
			writeProblem(w, problemOf(err))
			return
		}
		writeBody(w, r, http.StatusOK, "application/json", text)
	}))
	s.HandleOpen("/api/", http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		writeProblem(w, problemOf(fail(http.StatusNotFound, "there is no such operation; /api/v1/openapi.json lists all")))
	}))
	s.HandleOpen("GET /healthz", http.HandlerFunc(a.health))
}

func (a *API) routes() []route {
	return []route{
		{"GET /api/v1/parcels", Read, a.list},
		{"POST /api/v1/parcels", Write, a.add},
		{"GET /api/v1/parcels/{number}", Read, a.show},
		{"PATCH /api/v1/parcels/{number}", Write, a.edit},
		{"DELETE /api/v1/parcels/{number}", Write, a.forget},
		{"POST /api/v1/parcels/{number}/check", Write, a.check},
		{"POST /api/v1/parcels/{number}/merge", Write, a.merge},
		{"POST /api/v1/parcels/{number}/split", Write, a.split},
		{"GET /api/v1/changes", Read, a.changes},
		{"GET /api/v1/status", Read, a.status},
		{"GET /api/v1/carriers", Read, a.carriers},
		{"GET /calendar.ics", Read, a.calendar},
		{"GET /metrics", Read, a.metrics},
	}
}

// guarded checks the token before the answer is made.
func (a *API) guarded(one route) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if err := a.permit(r, one); err != nil {
			writeProblem(w, problemOf(err))
			return
		}
		err := one.answer(w, r)
		if err == nil {
			return
		}
		p := problemOf(err)
		if p.Status == http.StatusInternalServerError && r.Context().Err() == nil {
			a.Log.WarnContext(r.Context(), "a request to the API fails", "path", one.pattern, "err", err.Error())
		}
		writeProblem(w, p)
	})
}

// permit checks the token. A calendar program cannot send a header, so that the calendar
// alone takes the token from its address.
func (a *API) permit(r *http.Request, one route) error {
	token, ok := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	if !ok && one.pattern == "GET /calendar.ics" {
		token = r.URL.Query().Get("token")
	}
	if token == "" {
		return fail(http.StatusUnauthorized, "a token is needed: parcelwatch web token add NAME")
	}
	all, err := Tokens(r.Context(), a.Store)
	if err != nil {
		return err
	}
	switch known, allowed := allows(all, strings.TrimSpace(token), one.scope); {
	case !known:
		return fail(http.StatusUnauthorized, "the token is not known")
	case !allowed:
		return fail(http.StatusForbidden, "the token may only read")
	}
	return nil
}

// health answers whether the daemon works: its loops write their sign of life into the
// store. A post or mailbox that fails is no reason to restart it.
func (a *API) health(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	now := a.Now()
	beat, err := a.Store.Heartbeat(r.Context())
	switch {
	case err != nil:
		w.WriteHeader(http.StatusServiceUnavailable)
		_, _ = w.Write([]byte("the store cannot be read\n"))
	case !beat.Alive(now):
		w.WriteHeader(http.StatusServiceUnavailable)
		_, _ = w.Write([]byte("no sign of life since " + beat.LastAlive().UTC().Format(time.RFC3339) + "\n"))
	default:
		_, _ = w.Write([]byte("ok\n"))
	}
}
