package adapter

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/url"
	"strings"

	"parcelwatch/carriers"
)

const (
	// maxBody bounds an answer after decompression.
	maxBody = 4 << 20
	// userAgent is honest on purpose. Where a service turns such a name away,
	// its adapter says so and sets its own.
	userAgent = "parcelwatch/1 (parcel tracking daemon; few polite requests)"
)

// Client asks one service. It is safe for concurrent use.
type Client struct {
	base    *url.URL
	http    *http.Client
	strike  striker
	missing []string
}

// New makes the client of a carrier from its facts and what the person set. A
// missing credential is no error here: every request then fails with
// [carriers.ErrDenied]. personal are the elements or members of the answer that
// hold names, addresses or phones: they are struck from answers that are kept.
func New(info carriers.Info, cfg carriers.Config, personal ...string) (*Client, error) {
	base := cfg.BaseURL
	if base == "" {
		base = info.BaseURL
	}
	u, err := carriers.ParseEndpoint(base)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", info.Name, err)
	}
	if cfg.HTTP == nil {
		return nil, fmt.Errorf("%s: %w: no HTTP client", info.Name, carriers.ErrEndpoint)
	}
	c := &Client{base: u, strike: newStriker(info.Settings, cfg.Settings, personal)}
	for _, s := range info.Settings {
		if s.Required && cfg.Settings[s.Name] == "" {
			c.missing = append(c.missing, s.Name)
		}
	}
	own := *cfg.HTTP // a copy: the caller's client keeps its own policy
	own.CheckRedirect = sameHost
	c.http = &own
	return c, nil
}

// Request is one call. The zero Method is GET.
type Request struct {
	Method string
	Path   string // unescaped segments are the adapter's to escape: see [Path]
	Query  url.Values
	Header http.Header
	Body   []byte
	// Own lists statuses beside 2xx whose answers the adapter reads itself,
	// because there they mean something.
	Own []int
}

// Answer is what a service sent, whole and bounded.
type Answer struct {
	Status int
	Header http.Header
	Body   []byte
}

// Do makes one call. Any failure is one of the family's errors, or the
// context's.
func (c *Client) Do(ctx context.Context, r Request) (Answer, error) {
	if len(c.missing) > 0 {
		return Answer{}, &carriers.Error{
			Kind: carriers.ErrDenied, Detail: "no " + strings.Join(c.missing, ", ") + " configured",
		}
	}
	req, err := c.request(ctx, r)
	if err != nil {
		return Answer{}, err
	}
	res, err := c.http.Do(req)
	if err != nil {
		return Answer{}, c.broken(ctx, req, err)
	}
	defer func() { _ = res.Body.Close() }()
	body, err := io.ReadAll(io.LimitReader(res.Body, maxBody+1))
	if err != nil {
		return Answer{}, c.broken(ctx, req, err)
	}
	ans := Answer{Status: res.StatusCode, Header: res.Header, Body: body}
	if err := c.judge(ans, r.Own); err != nil {
		return Answer{}, err
	}
	if len(body) > maxBody {
		return Answer{}, c.Changed(ans, "answer is longer than %d MB", maxBody>>20)
	}
	return ans, nil
}

// Path joins a path of the service from segments, each escaped: a number never
// reaches another path of the host.
func Path(segments ...string) string {
	var b strings.Builder
	for _, s := range segments {
		b.WriteByte('/')
		b.WriteString(strings.ReplaceAll(url.PathEscape(s), ".", "%2E"))
	}
	return b.String()
}

func (c *Client) request(ctx context.Context, r Request) (*http.Request, error) {
	method := r.Method
	if method == "" {
		method = http.MethodGet
	}
	target := strings.TrimSuffix(c.base.String(), "/") + r.Path
	if len(r.Query) > 0 {
		target += "?" + r.Query.Encode()
	}
	var body io.Reader
	if r.Body != nil {
		body = bytes.NewReader(r.Body)
	}
	req, err := http.NewRequestWithContext(ctx, method, target, body)
	if err != nil {
		return nil, &carriers.Error{Kind: carriers.ErrChanged, Detail: "request cannot be made", Cause: c.clean(err)}
	}
	maps.Copy(req.Header, r.Header)
	if req.Header.Get("User-Agent") == "" {
		req.Header.Set("User-Agent", userAgent)
	}
	if req.Header.Get("Accept") == "" {
		req.Header.Set("Accept", "application/json")
	}
	return req, nil
}

var errElsewhere = errors.New("the service redirects to another address")

// sameHost lets a redirect stay within the host, and never from https to http.
func sameHost(req *http.Request, via []*http.Request) error {
	first := via[0].URL
	if len(via) >= 5 || req.URL.Host != first.Host || (first.Scheme == "https" && req.URL.Scheme != "https") {
		return errElsewhere
	}
	return nil
}
