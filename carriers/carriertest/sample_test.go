package carriertest_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"parcelwatch/carriers"
	"parcelwatch/carriers/carriertest"
	"parcelwatch/carriers/internal/adapter"
	"parcelwatch/internal/textx"
	"parcelwatch/parcel"
	"parcelwatch/parcel/number"
)

// sample is a carrier that passes every check. It does not use package adapter, so
// that each field can break one thing that adapters get wrong.
type sample struct {
	cfg carriers.Config

	info     carriers.Info
	match    func(number.Number) carriers.Match
	address  func(base string, n number.Number) string
	agent    string
	client   func(*http.Client) *http.Client
	context  func(context.Context) context.Context
	limit    int64
	attempts int
	status   func(*http.Response) error
	body     func([]byte) error // for bodies that are not an answer at all
	failed   func(s *sample, err error) error
	read     func(s *sample, n number.Number, body []byte) (parcel.Tracking, error)
	finish   func(*carriers.Result)
}

func good(cfg carriers.Config) *sample {
	return &sample{
		cfg: cfg, info: sampleInfo(), agent: "sample/1", limit: 4 << 20, attempts: 1,
		match: func(n number.Number) carriers.Match {
			if n.S10() {
				return carriers.Maybe
			}
			return carriers.No
		},
		address: func(base string, n number.Number) string { return base + "/v1?n=" + url.QueryEscape(string(n)) },
		client: func(c *http.Client) *http.Client {
			own := *c
			own.CheckRedirect = func(*http.Request, []*http.Request) error { return errors.New("redirected") }
			return &own
		},
		context: func(ctx context.Context) context.Context { return ctx },
		status:  sampleStatus,
		body:    sampleBody,
		failed: func(_ *sample, err error) error {
			if u, ok := errors.AsType[*url.Error](err); ok {
				err = u.Err
			}
			return &carriers.Error{Kind: carriers.ErrTemporary, Cause: err}
		},
		read:   sampleRead,
		finish: func(*carriers.Result) {},
	}
}

func sampleInfo() carriers.Info {
	return carriers.Info{
		Name: "sample", Title: "Sample", Site: "https://sample.example", Role: carriers.RoleOrigin,
		BaseURL: "https://sample.example", Interval: time.Second, PerNumber: time.Hour, Batch: 1,
		Settings: []carriers.Setting{{Name: "key", Secret: true}},
	}
}

func (s *sample) Info() carriers.Info                  { return s.info }
func (s *sample) Match(n number.Number) carriers.Match { return s.match(n) }

func (s *sample) Track(ctx context.Context, numbers []number.Number) ([]carriers.Result, error) {
	results := make([]carriers.Result, 0, len(numbers))
	for _, n := range numbers {
		var t parcel.Tracking
		body, err := s.get(s.context(ctx), n)
		if err == nil {
			t, err = s.read(s, n, body)
		}
		if ctx.Err() != nil && s.context(ctx).Err() != nil {
			return nil, ctx.Err()
		}
		res := carriers.Result{Number: n, Tracking: t, Err: err}
		s.finish(&res)
		results = append(results, res)
	}
	return results, nil
}

func (s *sample) get(ctx context.Context, n number.Number) (body []byte, err error) {
	for range s.attempts {
		if body, err = s.once(ctx, n); err == nil {
			return body, nil
		}
	}
	return nil, err
}

func (s *sample) once(ctx context.Context, n number.Number) ([]byte, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, s.address(s.cfg.BaseURL, n), nil)
	if err != nil {
		return nil, &carriers.Error{Kind: carriers.ErrChanged, Cause: errors.New("address")}
	}
	req.Header.Set("User-Agent", s.agent)
	req.Header.Set("X-Key", strings.Map(printable, s.cfg.Settings["key"]))
	res, err := s.client(s.cfg.HTTP).Do(req)
	if err != nil {
		return nil, s.failed(s, err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(io.LimitReader(res.Body, s.limit+1))
	if err != nil {
		return nil, s.failed(s, err)
	}
	if err := s.status(res); err != nil {
		return nil, err
	}
	if int64(len(body)) > s.limit {
		return nil, carriers.ErrChanged
	}
	return body, s.body(body)
}

func printable(r rune) rune {
	if r > '~' {
		return '?'
	}
	return r
}

func sampleStatus(res *http.Response) error {
	switch {
	case res.StatusCode < 300:
		return nil
	case res.StatusCode == http.StatusTooManyRequests:
		return &carriers.Error{Kind: carriers.ErrThrottled, After: wait(res.Header)}
	case res.StatusCode == http.StatusUnauthorized, res.StatusCode == http.StatusForbidden:
		return carriers.ErrDenied
	case res.StatusCode >= 500:
		return carriers.ErrTemporary
	default:
		return carriers.ErrChanged
	}
}

func wait(h http.Header) time.Duration {
	v := h.Get("Retry-After")
	if n, err := strconv.Atoi(v); err == nil {
		return min(time.Duration(n)*time.Second, 24*time.Hour)
	}
	at, _ := http.ParseTime(v)
	now, _ := http.ParseTime(h.Get("Date"))
	return max(0, at.Sub(now))
}

func sampleBody(body []byte) error {
	if text := string(body); strings.HasPrefix(text, "<") {
		if strings.Contains(text, "captcha") {
			return carriers.ErrDenied
		}
		return carriers.ErrChanged
	}
	return nil
}

type sampleAnswer struct {
	Number    string
	From, To  string
	Signatory string
	Events    *[]struct {
		At         time.Time
		Code, Text string
	}
}

func sampleRead(_ *sample, n number.Number, body []byte) (parcel.Tracking, error) {
	var a sampleAnswer
	if err := json.Unmarshal(body, &a); err != nil {
		return parcel.Tracking{}, fmt.Errorf("%w: not JSON", carriers.ErrChanged)
	}
	if a.Number != string(n) || a.Events == nil {
		return parcel.Tracking{}, carriers.ErrChanged
	}
	if len(*a.Events) == 0 {
		return parcel.Tracking{}, carriers.ErrNotFound
	}
	t := parcel.Tracking{Origin: adapter.Country(a.From), Destination: adapter.Country(a.To)}
	for _, e := range *a.Events {
		text := textx.Line(e.Text, 400)
		if text == "" || !adapter.Plausible(e.At) {
			return parcel.Tracking{}, carriers.ErrChanged
		}
		_, offset := e.At.Zone()
		status := parcel.Accepted
		if e.Code == "D" {
			status = parcel.Delivered
		}
		t.Events = append(t.Events, parcel.Event{
			Time: e.At.In(time.FixedZone("", offset)), ZoneKnown: true, Status: status, Text: text, Code: e.Code,
		})
	}
	return t, nil
}

// sampleSuite returns the suite of a sample changed by broken; nil breaks nothing.
func sampleSuite(broken func(*sample)) carriertest.Suite {
	return carriertest.Suite{
		New: func(cfg carriers.Config) (carriers.Carrier, error) {
			if cfg.BaseURL != "" {
				if _, err := carriers.ParseEndpoint(cfg.BaseURL); err != nil {
					return nil, err
				}
			}
			s := good(cfg)
			if broken != nil {
				broken(s)
			}
			return s, nil
		},
		Info: sampleInfo(), Dir: "testdata/sample",
		Known: []carriertest.Case{
			{Number: "LB999900015CN", Recording: "delivered.json"},
			{Number: "RB123456785CN", Recording: "accepted.json"},
		},
		NotFound: []carriertest.Case{{Number: "RB123456785CN", Recording: "not_found.json"}},
		Private:  []string{"PLANTED PERSON"},
	}
}
