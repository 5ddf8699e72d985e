package carriertest

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"html"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"time"

	"parcelwatch/carriers"
	"parcelwatch/parcel"
)

// requests checks the content and the hosts of requests.
func requests(ctx context.Context, s Suite) error {
	var errs []error
	fail := func(format string, args ...any) { errs = append(errs, fmt.Errorf(format, args...)) }
	b, _, err := s.ask(ctx, s.Known[0].Number, s.replay(s.Known[0]))
	if err != nil {
		return err
	}
	seen := b.requests()
	if len(seen) == 0 || len(seen) > s.Calls {
		fail("%d requests, want 1 to %d", len(seen), s.Calls)
	}
	if b.sent != len(seen) {
		fail("%d requests came, %d of them through the client that was handed in", len(seen), b.sent)
	}
	for _, r := range seen {
		if agent := r.header.Get("User-Agent"); agent == "" || strings.HasPrefix(agent, "Go-http-client") {
			fail("user agent %q", agent)
		}
		if !strings.Contains(r.text(), string(s.Known[0].Number)) && s.Calls == 1 {
			fail("the number is nowhere in %q", r.text())
		}
	}
	return errors.Join(append(errs, s.wicked(ctx), s.astray(ctx))...)
}

// wicked asks for a number that tries to inject other parts of a request.
func (s Suite) wicked(ctx context.Context) error {
	b, _, err := s.ask(ctx, wicked, s.replay(s.Known[0]))
	if b == nil {
		return err
	}
	var errs []error
	for _, r := range b.requests() {
		path, _, _ := strings.Cut(r.target, "?")
		_, asKey := r.query["planted"]
		switch {
		case asKey, strings.Contains(path, "/planted"), strings.Contains(path, "/../"):
			errs = append(errs, fmt.Errorf("a number is not escaped in the address: %s", r.target))
		case strings.Contains(r.body, "<planted"), strings.Contains(r.body, `a="b"`), strings.Contains(r.body, "&planted=1"):
			errs = append(errs, fmt.Errorf("a number is not escaped in the body: %s", r.body))
		}
	}
	return errors.Join(errs...)
}

// astray sends a redirect to another host.
func (s Suite) astray(ctx context.Context) error {
	other := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	defer other.Close()
	b, _, err := s.ask(ctx, s.Known[0].Number, func(w http.ResponseWriter, r *http.Request, _ string) {
		http.Redirect(w, r, other.URL, http.StatusTemporaryRedirect)
	})
	if b == nil {
		return err
	}
	if len(b.elsewhere) > 0 {
		return fmt.Errorf("a redirect is followed to another host: %v", b.elsewhere)
	}
	if err == nil {
		return errors.New("a redirect to another host is taken for an answer")
	}
	return nil
}

// secrets plants values in the settings and searches all output for them.
func secrets(ctx context.Context, s Suite) error {
	var errs []error
	for _, c := range s.Known {
		_, res, err := s.ask(ctx, c.Number, s.replay(c))
		errs = append(errs, s.leaks("recording "+c.name(), res, err))
		_, res, err = s.ask(ctx, s.Other, s.replay(c)) // an answer that is kept for a report
		errs = append(errs, s.leaks("recording "+c.name()+" for another number", res, err))
	}
	for _, status := range []int{200, 400, 401, 403, 404, 422, 429, 500, 503} {
		for _, form := range []string{"%s", "<html><body>%s</body></html>", `{"error":"%s"}`} {
			_, res, err := s.ask(ctx, s.Known[0].Number, echo(status, form))
			errs = append(errs, s.leaks(fmt.Sprintf("echo with HTTP %d", status), res, err))
		}
	}
	_, res, err := s.ask(ctx, s.Known[0].Number, reset)
	errs = append(errs, s.leaks("reset connection", res, err))
	b, err := open(s, time.Second, fixed(200, nil, "{}"))
	if err != nil {
		return err
	}
	b.close() // nothing listens there now
	res, err = track(ctx, b.carrier, s.Known[0].Number)
	errs = append(errs, s.leaks("refused connection", res, err))
	for _, f := range s.Faults {
		_, res, err := s.ask(ctx, f.Number, s.replay(f.Case))
		errs = append(errs, s.leaks("fault "+f.name(), res, err))
	}
	return errors.Join(errs...)
}

// echo returns the whole request in the answer, as careless services do.
func echo(status int, form string) func(http.ResponseWriter, *http.Request, string) {
	return func(w http.ResponseWriter, r *http.Request, body string) {
		header, _ := json.Marshal(r.Header)
		plain, _ := url.QueryUnescape(r.RequestURI)
		text := strings.Join([]string{r.RequestURI, plain, string(header), body, html.UnescapeString(body)}, "\n")
		w.WriteHeader(status)
		_, _ = io.WriteString(w, strings.Replace(form, "%s", text, 1))
	}
}

// leaks searches a result, its error and the kept answer for planted values.
func (s Suite) leaks(where string, res carriers.Result, err error) error {
	text := fmt.Sprintf("%v\n%+v\n%#v", err, err, err)
	if e, ok := errors.AsType[*carriers.Error](err); ok {
		text += fmt.Sprintf("\n%s\n%s\n%v", e.Raw, e.Detail, e.Cause)
	}
	kept, jsonErr := json.Marshal(struct {
		parcel.Tracking
		Unmapped []string
	}{res.Tracking, res.Unmapped})
	if jsonErr != nil {
		return fmt.Errorf("%s: %w", where, jsonErr)
	}
	text += "\n" + string(kept)
	values := planted(s.Info)
	secret := slices.Clone(s.Private)
	for _, set := range s.Info.Settings {
		v := values[set.Name]
		secret = append(secret, v, url.QueryEscape(v), url.PathEscape(v), "planted-"+set.Name)
	}
	for _, v := range secret {
		if strings.Contains(text, v) {
			return fmt.Errorf("%s: %q comes out", where, v)
		}
	}
	return nil
}
