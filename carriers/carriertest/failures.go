package carriertest

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"slices"
	"strings"
	"time"

	"parcelwatch/carriers"
	"parcelwatch/parcel/number"
)

// Pages as sent by bot walls, load balancers and portals.
const (
	captchaPage = `<!DOCTYPE html><html><head><title>Captcha Interception</title></head><body><div class="captcha">Slide to verify</div></body></html>`
	loginPage   = `<!DOCTYPE html><html><head><title>Sign in</title></head><body><form action="/login"><input type="password" name="password"></form></body></html>`
	plainPage   = `<!DOCTYPE html><html><head><title>Maintenance</title></head><body><p>We will be back.</p></body></html>`
)

// kinds returns the five errors.
func kinds() []error {
	return []error{
		carriers.ErrNotFound, carriers.ErrTemporary, carriers.ErrThrottled, carriers.ErrDenied, carriers.ErrChanged,
	}
}

// wants checks that err is of this kind and of no other.
func wants(err, kind error) error {
	if err == nil {
		return fmt.Errorf("no error, want: %w", kind)
	}
	if !errors.Is(err, kind) {
		return fmt.Errorf("%w, want: %s", err, kind.Error())
	}
	for _, other := range kinds() {
		if !errors.Is(kind, other) && errors.Is(err, other) {
			return fmt.Errorf("%w: that is also: %s", err, other.Error())
		}
	}
	return nil
}

// expected returns the error that a case means for this service: the general rule
// or its exception. The second result is false if it is undefined.
func (s Suite) expected(name string, rule error) (error, bool) {
	for _, e := range s.Exceptions {
		if e.Case == name {
			return e.Want, e.Want != nil
		}
	}
	return rule, true
}

func (s Suite) excepted(name string) bool {
	return slices.ContainsFunc(s.Exceptions, func(e Exception) bool { return e.Case == name })
}

// situation is one answer and the error it means.
type situation struct {
	name   string
	want   error
	number number.Number // asked for; the first known one if empty
	answer func(http.ResponseWriter, *http.Request, string)
	after  time.Duration // wait that the answer asks for
}

// meet checks each situation.
func (s Suite) meet(ctx context.Context, all []situation) error {
	var errs []error
	for _, x := range all {
		want, told := s.expected(x.name, x.want)
		if !told {
			continue
		}
		n := x.number
		if n == "" {
			n = s.Known[0].Number
		}
		b, res, err := s.ask(ctx, n, x.answer)
		if wrong := wants(err, want); wrong != nil {
			errs = append(errs, fmt.Errorf("%s: %w", x.name, wrong))
			continue
		}
		if got := carriers.RetryAfter(err); x.after > 0 && got != x.after {
			errs = append(errs, fmt.Errorf("%s: asked to wait %s, understood %s", x.name, x.after, got))
		}
		if len(res.Tracking.Events) > 0 {
			errs = append(errs, fmt.Errorf("%s: an error, and %d events", x.name, len(res.Tracking.Events)))
		}
		if got := len(b.requests()); got > s.Calls {
			errs = append(errs, fmt.Errorf("%s: %d requests where %d are enough: adapters do not retry", x.name, got, s.Calls))
		}
	}
	return errors.Join(errs...)
}

// failures checks the failures that HTTP and the service can report.
func failures(ctx context.Context, s Suite) error {
	date := time.Date(2026, 3, 1, 8, 0, 0, 0, time.UTC)
	dated := map[string]string{
		"Date": date.Format(http.TimeFormat), "Retry-After": date.Add(90 * time.Second).Format(http.TimeFormat),
	}
	all := []situation{
		{name: "HTTP 429", want: carriers.ErrThrottled, answer: fixed(429, nil, "{}")},
		{name: "HTTP 429 in seconds", want: carriers.ErrThrottled, after: 2 * time.Minute, answer: fixed(429, map[string]string{"Retry-After": "120"}, "{}")},
		{name: "HTTP 429 with a date", want: carriers.ErrThrottled, after: 90 * time.Second, answer: fixed(429, dated, "{}")},
		{name: "HTTP 429 for a year", want: carriers.ErrThrottled, after: 24 * time.Hour, answer: fixed(429, map[string]string{"Retry-After": "31536000"}, "{}")},
		{name: "HTTP 401", want: carriers.ErrDenied, answer: fixed(401, nil, "{}")},
		{name: "HTTP 403", want: carriers.ErrDenied, answer: fixed(403, nil, plainPage)},
		{name: "captcha page", want: carriers.ErrDenied, answer: fixed(200, nil, captchaPage)},
		{name: "reset connection", want: carriers.ErrTemporary, answer: reset},
	}
	for _, status := range []int{500, 502, 503, 504} {
		all = append(all, situation{
			name: fmt.Sprintf("HTTP %d", status), want: carriers.ErrTemporary, answer: fixed(status, nil, plainPage),
		})
	}
	for _, f := range s.Faults {
		all = append(all, situation{name: f.name(), want: f.Want, number: f.Number, answer: s.replay(f.Case)})
	}
	return errors.Join(s.meet(ctx, all), s.exceptions())
}

// changed checks answers that cannot be understood.
func changed(ctx context.Context, s Suite) error {
	body, err := s.body()
	if err != nil {
		return err
	}
	text := string(body)
	all := []situation{
		{name: "empty body", want: carriers.ErrChanged, answer: fixed(200, nil, "")},
		{name: "web page", want: carriers.ErrChanged, answer: fixed(200, nil, plainPage)},
		{name: "login page", want: carriers.ErrChanged, answer: fixed(200, nil, loginPage)},
		{name: "cut answer", want: carriers.ErrChanged, answer: fixed(200, nil, text[:len(text)/2])},
		{name: "HTTP 418", want: carriers.ErrChanged, answer: fixed(418, nil, "{}")},
	}
	for _, odd := range []string{"null", "{}", "[]", `"ok"`, "7", `{"success":true}`} {
		all = append(all, situation{name: "odd answer " + odd, want: carriers.ErrChanged, answer: fixed(200, nil, odd)})
	}
	if s.Other == "" {
		return errors.New("no other number to ask for: two known ones with different recordings are needed, or Other")
	}
	all = append(all, situation{
		name: "other parcel's number", want: carriers.ErrChanged, number: s.Other, answer: s.replay(s.Known[0]),
	})
	return s.meet(ctx, all)
}

// exceptions checks that each exception has a source and is needed.
func (s Suite) exceptions() error {
	var errs []error
	for _, e := range s.Exceptions {
		if e.Case == "" || strings.TrimSpace(e.Source) == "" {
			errs = append(errs, fmt.Errorf("exception %q: its source is missing", e.Case))
		}
	}
	return errors.Join(errs...)
}

// reset breaks the connection as a peer does that disappeared.
func reset(w http.ResponseWriter, _ *http.Request, _ string) {
	hijacker, ok := w.(http.Hijacker)
	if !ok {
		return
	}
	conn, _, err := hijacker.Hijack()
	if err != nil {
		return
	}
	if tcp, ok := conn.(*net.TCPConn); ok {
		_ = tcp.SetLinger(0)
	}
	_ = conn.Close()
}
