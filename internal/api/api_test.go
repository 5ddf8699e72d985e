package api_test

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers"
	"github.com/getkin/kin-openapi/routers/gorillamux"

	"parcelwatch/carriers"
	"parcelwatch/carriers/all"
	"parcelwatch/config"
	"parcelwatch/internal/api"
	"parcelwatch/internal/status"
	"parcelwatch/notify"
	"parcelwatch/parcel"
	"parcelwatch/store"
	"parcelwatch/store/sqlite"
	"parcelwatch/tracker"
)

type server struct {
	*http.ServeMux

	db          *sqlite.DB
	api         *api.API
	routes      routers.Router
	described   *openapi3.T
	asked       map[string]bool // operations
	read, write string
}

// HandleOpen registers a handler.
func (s *server) HandleOpen(pattern string, h http.Handler) { s.Handle(pattern, h) }

var now = time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC)

func newServer(t *testing.T) *server {
	t.Helper()
	db, err := sqlite.Open(t.Context(), filepath.Join(t.TempDir(), "x.db"), sqlite.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	set, err := carriers.NewSet(all.Factories(), map[string]carriers.Options{"dhl": {Settings: map[string]string{"key": "x"}}}) // one with a budget
	if err != nil {
		t.Fatal(err)
	}
	clock := func() time.Time { return now }
	cfg := config.Default()
	cfg.Mailboxes = []config.Mailbox{{Name: "home", Folders: []string{"INBOX"}}}
	quiet := slog.New(slog.DiscardHandler)
	m := api.NewMetrics()
	m.Asked("upu", parcel.ResultOK)
	m.Told(3)
	m.Held(1, 2)
	a := &api.API{
		Store: db, Now: clock, Log: quiet, Metrics: m, Protection: notify.Protection{Days: 60, Remind: 7},
		Audiences: []notify.Audience{{Name: "digest", Language: "ru", Zone: time.UTC}},
		Editor:    tracker.New(tracker.Config{Zone: time.UTC, Log: quiet, Now: clock, Engine: tracker.NewEngine(set, "", db, clock, quiet)}, db),
		Source: func(now time.Time) status.Source {
			return status.Source{Store: db, Config: cfg, Carriers: set, Now: now}
		},
	}
	s := &server{ServeMux: http.NewServeMux(), db: db, api: a}
	a.Register(s)
	if s.read, err = api.AddToken(t.Context(), db, "reader", api.Read, now); err != nil {
		t.Fatal(err)
	}
	if s.write, err = api.AddToken(t.Context(), db, "writer", api.Write, now); err != nil {
		t.Fatal(err)
	}
	raw, err := os.ReadFile("openapi.json")
	if err != nil {
		t.Fatal(err)
	}
	doc, err := openapi3.NewLoader().LoadFromData(raw)
	if err != nil {
		t.Fatal(err)
	}
	s.described, s.asked = doc, map[string]bool{}
	if s.routes, err = gorillamux.NewRouter(doc); err != nil {
		t.Fatal(err)
	}
	return s
}

// answer is a response whose body was read.
type answer struct {
	StatusCode int
	Header     http.Header
}

// ask sends a request and checks request and answer against the description.
func (s *server) ask(t *testing.T, token, method, path, body string, header ...string) (answer, string) { //nolint:revive // reads as a request
	t.Helper()
	r := httptest.NewRequestWithContext(t.Context(), method, path, strings.NewReader(body))
	if token != "" {
		r.Header.Set("Authorization", "Bearer "+token)
	}
	if body != "" {
		r.Header.Set("Content-Type", "application/json")
	}
	for i := 0; i+1 < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	r.Body = http.MaxBytesReader(nil, r.Body, 64<<10)
	w := httptest.NewRecorder()
	s.ServeHTTP(w, r)
	res := w.Result()
	raw, err := io.ReadAll(res.Body)
	_ = res.Body.Close()
	if err != nil {
		t.Fatal(err)
	}
	route, params, err := s.routes.FindRoute(r)
	if err != nil {
		return answer{res.StatusCode, res.Header}, string(raw)
	}
	s.asked[route.Operation.OperationID] = true
	in := &openapi3filter.RequestValidationInput{
		Request: r, PathParams: params, Route: route,
		Options: &openapi3filter.Options{AuthenticationFunc: openapi3filter.NoopAuthenticationFunc},
	}
	out := &openapi3filter.ResponseValidationInput{RequestValidationInput: in, Status: res.StatusCode, Header: res.Header, Options: in.Options}
	out.SetBodyBytes(raw)
	if err := openapi3filter.ValidateResponse(context.WithoutCancel(t.Context()), out); err != nil {
		t.Errorf("%s %s: %d does not fit its description: %v\n%.2000s", method, path, res.StatusCode, err, raw)
	}
	return answer{res.StatusCode, res.Header}, string(raw)
}

func (s *server) put(t *testing.T, numbers ...string) {
	t.Helper()
	for _, n := range numbers {
		if res, body := s.ask(t, s.write, http.MethodPost, "/api/v1/parcels", `{"number":"`+n+`","title":"Лампа <b>"}`); res.StatusCode != http.StatusCreated {
			t.Fatalf("add %s: %d %s", n, res.StatusCode, body)
		}
	}
}

// enrich gives the first parcel what posts and mail report.
func (s *server) enrich(t *testing.T) {
	t.Helper()
	err := s.db.Apply(t.Context(), store.Scope{Parcels: []int64{1}, Now: now}, func(st *store.State) error {
		p := st.Parcels[0]
		p.Sources = []parcel.Source{{Carrier: "upu", Number: p.Number(), Result: parcel.ResultOK, Asked: now, Events: []parcel.Event{
			{Time: now.Add(-time.Hour), ZoneKnown: true, Status: parcel.ReadyForPickup, Country: "RU", Place: "Москва", Text: "Arrived", Code: "I"},
		}}}
		p.Status, p.ETA, p.Pickup = parcel.ReadyForPickup, "2026-03-04", parcel.Pickup{Place: "Office; 1, x", Until: "2026-03-10"}
		p.Shipped = now.AddDate(0, 0, -20)
		p.Items, p.Mailboxes, p.Orders = []parcel.Item{{Title: "Lamp"}}, parcel.Mailboxes{"home"}, []string{"8190000000000001"}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestEveryOperationAnswersAsItIsDescribed(t *testing.T) {
	t.Parallel()
	s := newServer(t)
	s.put(t, "RB123456785CN", "LA900000257CN")
	s.enrich(t)
	for _, tt := range []struct {
		token, method, path, body string
		want                      int
	}{
		{s.read, http.MethodGet, "/api/v1/parcels", "", 200},
		{s.read, http.MethodGet, "/api/v1/parcels?all=true&limit=1", "", 200},
		{s.read, http.MethodGet, "/api/v1/parcels?limit=0", "", 400},
		{s.read, http.MethodGet, "/api/v1/parcels?limit=99999999999999999999", "", 400},
		{s.read, http.MethodGet, "/api/v1/parcels?all=maybe", "", 400},
		{s.read, http.MethodGet, "/api/v1/parcels?cursor=%00", "", 400},
		{s.read, http.MethodGet, "/api/v1/parcels?cursor=QUFB", "", 410},
		{s.read, http.MethodGet, "/api/v1/parcels/RB123456785CN", "", 200},
		{s.read, http.MethodGet, "/api/v1/parcels/rb123456785cn", "", 200},
		{s.read, http.MethodGet, "/api/v1/parcels/RR900000416CN", "", 404},
		{s.read, http.MethodGet, "/api/v1/parcels/%27%20OR%201=1", "", 400},
		{s.read, http.MethodGet, "/api/v1/status", "", 200},
		{s.read, http.MethodGet, "/api/v1/carriers", "", 200},
		{s.read, http.MethodGet, "/calendar.ics", "", 200},
		{s.read, http.MethodGet, "/calendar.ics?digest=nobody", "", 404},
		{s.read, http.MethodGet, "/metrics", "", 200},
		{"", http.MethodGet, "/api/v1/openapi.json", "", 200},
		{"", http.MethodGet, "/healthz", "", 503},
		{s.write, http.MethodPatch, "/api/v1/parcels/RB123456785CN", `{"title":"Другая","muted":true,"done":false}`, 200},
		{s.write, http.MethodPatch, "/api/v1/parcels/RB123456785CN", `{"status":"delivered"}`, 400},
		{s.write, http.MethodPatch, "/api/v1/parcels/RB123456785CN", `{"title":"a"}{"title":"b"}`, 400},
		{s.write, http.MethodPatch, "/api/v1/parcels/RR900000416CN", `{}`, 404},
		{s.write, http.MethodPost, "/api/v1/parcels", `{"number":"x"}`, 400},
		{s.write, http.MethodPost, "/api/v1/parcels", `[]`, 400},
		{s.write, http.MethodPost, "/api/v1/parcels", `{"number":"` + strings.Repeat("9", 100<<10) + `"}`, 413},
		{s.write, http.MethodPost, "/api/v1/parcels/RB123456785CN/check", "", 202},
		{s.write, http.MethodPost, "/api/v1/parcels/RR900000416CN/check", "", 404},
		{s.write, http.MethodPost, "/api/v1/parcels/RB123456785CN/split", "", 409},
		{s.write, http.MethodPost, "/api/v1/parcels/RR900000416CN/split", "", 404},
		{s.write, http.MethodPost, "/api/v1/parcels/RB123456785CN/merge", `{"number":"la900000257cn"}`, 200},
		{s.write, http.MethodPost, "/api/v1/parcels/RB123456785CN/merge", `{"number":"LA900000257CN"}`, 409},
		{s.write, http.MethodPost, "/api/v1/parcels/RB123456785CN/merge", `{"number":"RR900000416CN"}`, 404},
		{s.write, http.MethodPost, "/api/v1/parcels/RB123456785CN/merge", `{"number":"x"}`, 400},
		{s.write, http.MethodPost, "/api/v1/parcels/RB123456785CN/merge", `{}`, 400},
		{s.read, http.MethodPost, "/api/v1/parcels/RB123456785CN/merge", `{"number":"LA900000257CN"}`, 403},
		{s.read, http.MethodPost, "/api/v1/parcels/LA900000257CN/split", "", 403},
		{s.write, http.MethodPost, "/api/v1/parcels/LA900000257CN/split", "", 200},
		{s.read, http.MethodGet, "/api/v1/changes", "", 200},
		{s.read, http.MethodGet, "/api/v1/changes?limit=501", "", 400},
		{"", http.MethodGet, "/api/v1/changes", "", 401},
		{s.write, http.MethodDelete, "/api/v1/parcels/LA900000257CN?purge=x", "", 400},
		{s.write, http.MethodDelete, "/api/v1/parcels/LA900000257CN", "", 204},
		{s.write, http.MethodDelete, "/api/v1/parcels/LA900000257CN", "", 404},
		{s.read, http.MethodPost, "/api/v1/parcels", `{"number":"RR900000416CN"}`, 403},
		{s.read, http.MethodDelete, "/api/v1/parcels/RB123456785CN", "", 403},
		{"", http.MethodGet, "/api/v1/parcels", "", 401},
		{"pw_guess", http.MethodGet, "/api/v1/parcels", "", 401},
		{"", http.MethodGet, "/api/v1/parcels?token=" + s.read, "", 401},
		{"", http.MethodGet, "/metrics", "", 401},
		{"", http.MethodGet, "/calendar.ics", "", 401},
		{"", http.MethodGet, "/calendar.ics?token=" + s.read, "", 200},
		{"", http.MethodGet, "/api/v2/parcels", "", 404},
	} {
		res, body := s.ask(t, tt.token, tt.method, tt.path, tt.body)
		if res.StatusCode != tt.want {
			t.Errorf("%s %s: %d, want %d: %.300s", tt.method, tt.path, res.StatusCode, tt.want, body)
		}
		problem := strings.HasPrefix(res.Header.Get("Content-Type"), "application/problem+json")
		if problem != (tt.want >= 400 && tt.path != "/healthz") {
			t.Errorf("%s %s: %d as %s", tt.method, tt.path, res.StatusCode, res.Header.Get("Content-Type"))
		}
	}
	for path, item := range s.described.Paths.Map() {
		for method, operation := range item.Operations() {
			if !s.asked[operation.OperationID] {
				t.Errorf("%s %s was not asked", method, path)
			}
		}
	}
}

// TestMain teaches the checker a kind of answer that it does not read by itself.
func TestMain(m *testing.M) {
	openapi3filter.RegisterBodyDecoder("text/calendar", openapi3filter.FileBodyDecoder)
	os.Exit(m.Run())
}

func TestPagesHaveEveryRowOnce(t *testing.T) {
	t.Parallel()
	s := newServer(t)
	s.put(t, "RB123456785CN", "LA900000257CN", "RR900000416CN")
	path, seen := "/api/v1/parcels?limit=1", []string{}
	for range 5 {
		res, body := s.ask(t, s.read, http.MethodGet, path, "")
		var rows []struct{ Number string }
		if err := json.Unmarshal([]byte(body), &rows); err != nil {
			t.Fatal(err)
		}
		for _, row := range rows {
			seen = append(seen, row.Number)
		}
		next, _, more := strings.Cut(strings.TrimPrefix(res.Header.Get("Link"), "<"), ">")
		if !more {
			break
		}
		path = "/api/v1/parcels" + next
	}
	if strings.Join(seen, " ") != "RB123456785CN LA900000257CN RR900000416CN" {
		t.Errorf("pages: %v", seen)
	}
}

func TestWhatACallerHasIsNotSentAgain(t *testing.T) {
	t.Parallel()
	s := newServer(t)
	s.put(t, "RB123456785CN")
	res, _ := s.ask(t, s.read, http.MethodGet, "/api/v1/parcels", "")
	tag := res.Header.Get("ETag")
	if res, body := s.ask(t, s.read, http.MethodGet, "/api/v1/parcels", "", "If-None-Match", `"other", W/`+tag); res.StatusCode != http.StatusNotModified || body != "" {
		t.Errorf("the same: %d %q", res.StatusCode, body)
	}
	s.put(t, "LA900000257CN")
	if res, _ := s.ask(t, s.read, http.MethodGet, "/api/v1/parcels", "", "If-None-Match", tag); res.StatusCode != http.StatusOK {
		t.Errorf("changed: %d", res.StatusCode)
	}
}

func TestNoParcelStandsInAMetric(t *testing.T) {
	t.Parallel()
	s := newServer(t)
	s.put(t, "RB123456785CN")
	s.enrich(t)
	if err := s.db.SetMailboxHealth(t.Context(), parcel.MailboxHealth{Name: "home", Folder: "INBOX", State: parcel.MailboxIdle, LastMail: now}); err != nil {
		t.Fatal(err)
	}
	if err := s.db.SaveHeartbeat(t.Context(), store.Heartbeat{Started: now, At: now}); err != nil {
		t.Fatal(err)
	}
	_, body := s.ask(t, s.read, http.MethodGet, "/metrics", "")
	for _, want := range []string{
		`parcelwatch_mailbox_up{mailbox="home",folder="INBOX"} 1`, "parcelwatch_mailbox_last_mail_timestamp_seconds{", `parcelwatch_parcels{status="ready_for_pickup"} 1`,
		`parcelwatch_carrier_requests_total{carrier="upu",result="ok"} 1`, "parcelwatch_changes_told_total 3", "parcelwatch_outbox_waiting 0",
		"parcelwatch_build_info{version=", "parcelwatch_carrier_budget_used{carrier=", "process_cpu_seconds_total",
	} {
		if !strings.Contains(body, want) {
			t.Errorf("no %s", want)
		}
	}
	line := regexp.MustCompile(`^(#.*|[a-zA-Z_:][a-zA-Z0-9_:]*(\{[a-zA-Z_]+="([^"\\\n]|\\.)*"(, ?[a-zA-Z_]+="([^"\\\n]|\\.)*")*\})? [-+0-9.eE]+)$`)
	for l := range strings.Lines(body) {
		if strings.Contains(l, "RB123456785CN") || strings.Contains(l, "Lamp") || !line.MatchString(strings.TrimSpace(l)) {
			t.Errorf("line %q", l)
		}
	}
	if res, body := s.ask(t, "", http.MethodGet, "/healthz", ""); res.StatusCode != http.StatusOK || body != "ok\n" {
		t.Errorf("healthz: %d %s", res.StatusCode, body)
	}
}

func TestTokensAreKeptAsHashes(t *testing.T) {
	t.Parallel()
	s := newServer(t)
	kept, err := s.db.Secret(t.Context(), "api/tokens")
	if err != nil || strings.Contains(kept, s.read) || strings.Contains(kept, s.write) {
		t.Errorf("%s: %v", kept, err)
	}
	if _, err := api.AddToken(t.Context(), s.db, "reader", api.Read, now); err == nil {
		t.Error("two tokens have one name")
	}
	if err := api.RemoveToken(t.Context(), s.db, "reader"); err != nil {
		t.Fatal(err)
	}
	if res, _ := s.ask(t, s.read, http.MethodGet, "/api/v1/status", ""); res.StatusCode != http.StatusUnauthorized {
		t.Errorf("a removed token: %d", res.StatusCode)
	}
	if res, _ := s.ask(t, s.write, http.MethodGet, "/api/v1/status", ""); res.StatusCode != http.StatusOK {
		t.Errorf("the other token: %d", res.StatusCode)
	}
	if err := api.RemoveToken(t.Context(), s.db, "reader"); err == nil {
		t.Error("a removed token is removed again")
	}
}

func FuzzNoRequestIsAnInternalError(f *testing.F) {
	f.Add("/api/v1/parcels?cursor=x", "GET", "")
	f.Add("/api/v1/parcels/%ff%00/check", "POST", "{}")
	f.Add("/calendar.ics?digest=%0d%0a", "GET", "")
	f.Add("/api/v1/parcels", "POST", `{"number":"RB123456785CN","title":"\u202e"}`)
	f.Fuzz(func(t *testing.T, path, method, body string) {
		r, err := http.NewRequestWithContext(t.Context(), method, "http://localhost"+path, bytes.NewBufferString(body))
		if err != nil {
			t.Skip()
		}
		s := newServer(t)
		r.Header.Set("Authorization", "Bearer "+s.write)
		w := httptest.NewRecorder()
		s.ServeHTTP(w, r)
		if w.Code == http.StatusInternalServerError {
			t.Errorf("%s %q: %s", method, path, w.Body)
		}
	})
}
