package adapter

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
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
	// maxBody bounds an answer after decompression, in bytes.
	maxBody   = 4 << 20
	userAgent = "parcelwatch/1 (parcel tracking daemon; few polite requests)"
	// BrowserAgent is for services that refuse [userAgent]: it starts like a
	// browser's and still names the program.
	BrowserAgent = "Mozilla/5.0 (compatible; parcelwatch/1; parcel tracking daemon, few polite requests)"
)

// Client calls one service. It is safe for concurrent use.
type Client struct {
	base    *url.URL
	http    *http.Client
	strike  striker
	missing []string
	secret  bool // calls carry a credential
}

// NewClient returns a client for the carrier's service. A missing credential is not
// an error here: every request then fails with [carriers.ErrCredential]. For personal
// see [Spec].
func NewClient(info carriers.Info, cfg carriers.Config, personal ...string) (*Client, error) {
	u, err := carriers.ParseEndpoint(cmp.Or(cfg.BaseURL, info.BaseURL))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", info.Name, err)
	}
	if cfg.HTTP == nil {
		return nil, fmt.Errorf("%s: %w: no HTTP client", info.Name, carriers.ErrEndpoint)
	}
	c := &Client{base: u, strike: newStriker(info.Settings, cfg.Settings, personal)}
	for _, s := range info.Settings {
		c.secret = c.secret || s.Secret && cfg.Settings[s.Name] != ""
		if s.Required && cfg.Settings[s.Name] == "" {
			c.missing = append(c.missing, s.Name)
		}
	}
	own := *cfg.HTTP // a copy, whose redirects are restricted
	own.CheckRedirect = sameHost
	c.http = &own
	return c, nil
}

// Request is one call: GET, or POST if it has a body.
type Request struct {
	Path   string // already escaped, see [Path]
	Query  url.Values
	Header http.Header
	Body   []byte
	JSON   any // sent as the body, with its content type
	// Own lists the statuses besides 2xx that the adapter handles itself.
	Own []int
}

// Answer is a complete answer of bounded length.
type Answer struct {
	Status int
	Header http.Header
	Body   []byte
}

// Do makes one request, for which it waits if it is not the first of a call. Every error
// wraps one of the five of package carriers, or is a [carriers.NotNowError] or the context's.
func (c *Client) Do(ctx context.Context, r Request) (Answer, error) {
	if len(c.missing) > 0 {
		return Answer{}, &carriers.Error{
			Kind: carriers.ErrCredential, Detail: "no " + strings.Join(c.missing, ", ") + " configured",
		}
	}
	req, err := c.request(ctx, r)
	if err != nil {
		return Answer{}, err
	}
	if err := carriers.AwaitRequest(ctx); err != nil {
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
	if err := c.statusError(ans, r.Own); err != nil {
		return Answer{}, err
	}
	if len(body) > maxBody {
		return Answer{}, c.Changed(ans, "answer is longer than %d MB", maxBody>>20)
	}
	return ans, nil
}

// Fetch makes one request whose answer must be JSON, and decodes it.
func (c *Client) Fetch(ctx context.Context, r Request, into any) (Answer, error) {
	ans, err := c.Do(ctx, r)
	if err == nil {
		err = c.JSON(ans, into)
	}
	return ans, err
}

// Path joins escaped segments, so that a number cannot lead to another path of
// the host.
func Path(segments ...string) string {
	var b strings.Builder
	for _, s := range segments {
		b.WriteByte('/')
		b.WriteString(strings.ReplaceAll(url.PathEscape(s), ".", "%2E"))
	}
	return b.String()
}

func (c *Client) request(ctx context.Context, r Request) (*http.Request, error) {
	target := strings.TrimSuffix(c.base.String(), "/") + r.Path
	if len(r.Query) > 0 {
		target += "?" + r.Query.Encode()
	}
	content := r.Body
	if r.JSON != nil {
		var err error
		if content, err = json.Marshal(r.JSON); err != nil {
			return nil, c.Fail(carriers.ErrChanged, "request cannot be made: %v", err)
		}
	}
	method, body := http.MethodGet, io.Reader(http.NoBody)
	if content != nil {
		method, body = http.MethodPost, bytes.NewReader(content)
	}
	req, err := http.NewRequestWithContext(ctx, method, target, body)
	if err != nil {
		return nil, &carriers.Error{Kind: carriers.ErrChanged, Detail: "request cannot be made", Cause: c.clean(err)}
	}
	req.Header.Set("User-Agent", userAgent)
	req.Header.Set("Accept", "application/json")
	if r.JSON != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	maps.Copy(req.Header, r.Header)
	return req, nil
}

var errElsewhere = errors.New("the service redirects to another address")

// sameHost allows redirects within the host only, and never from https to http.
func sameHost(req *http.Request, via []*http.Request) error {
	first := via[0].URL
	if len(via) >= 5 || req.URL.Host != first.Host || (first.Scheme == "https" && req.URL.Scheme != "https") {
		return errElsewhere
	}
	return nil
}
