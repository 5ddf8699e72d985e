package adapter

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"

	"parcelwatch/carriers"
	"parcelwatch/internal/textx"
)

const (
	maxRaw   = 16 << 10       // of an answer kept for a bug report
	maxAfter = 24 * time.Hour // no service may silence us for longer
)

// Changed is the error for an answer that was not understood, with the start of
// it kept.
func (c *Client) Changed(ans Answer, format string, args ...any) error {
	return &carriers.Error{
		Kind: carriers.ErrChanged, Detail: c.Text(fmt.Sprintf(format, args...)), Raw: c.raw(ans.Body),
	}
}

// Fail is an error of the given kind for what the service itself said.
func (c *Client) Fail(kind error, format string, args ...any) error {
	return &carriers.Error{Kind: kind, Detail: c.Text(fmt.Sprintf(format, args...))}
}

// Throttled is a request to wait, as long as the answer's header says.
func (c *Client) Throttled(ans Answer, format string, args ...any) error {
	return &carriers.Error{
		Kind: carriers.ErrThrottled, Detail: c.Text(fmt.Sprintf(format, args...)), After: retryAfter(ans.Header),
	}
}

// Text is t in one line, without secrets and names of persons, at most 300
// characters: fit for an error.
func (c *Client) Text(t string) string { return NoNames(textx.Line(c.strike.text(t), 300)) }

// JSON reads an answer that must be JSON. What is a page instead is told apart:
// a captcha is [carriers.ErrDenied], anything else [carriers.ErrChanged].
func (c *Client) JSON(ans Answer, into any) error {
	if err := c.Page(ans); err != nil {
		return err
	}
	if len(strings.TrimSpace(string(ans.Body))) == 0 {
		return c.Changed(ans, "answer is empty")
	}
	if err := json.Unmarshal(ans.Body, into); err != nil {
		return c.Changed(ans, "not the JSON that was expected: %v", err)
	}
	return nil
}

// Page is the error for an answer that is a page for people, nil for any other.
// Adapters that read HTML call [Client.Captcha] alone.
func (c *Client) Page(ans Answer) error {
	if err := c.Captcha(ans); err != nil {
		return err
	}
	start := strings.ToLower(string(ans.Body[:min(len(ans.Body), 512)]))
	start = strings.TrimLeft(start, " \t\r\n\ufeff")
	if strings.HasPrefix(start, "<!doctype html") || strings.HasPrefix(start, "<html") {
		return c.Changed(ans, "a web page came instead of data")
	}
	return nil
}

// Captcha is the error for a page that asks for a human being, nil otherwise.
func (c *Client) Captcha(ans Answer) error {
	if mark := captchaMark(ans.Body); mark != "" {
		return &carriers.Error{
			Kind: carriers.ErrDenied, Detail: "captcha or bot check (" + mark + ")", Raw: c.raw(ans.Body),
		}
	}
	return nil
}

// captchaMark finds what the bot walls of this field write in their pages. Only
// pages are searched: data may hold any word.
func captchaMark(body []byte) string {
	text := strings.ToLower(string(body[:min(len(body), 64<<10)]))
	trimmed := strings.TrimLeft(text, " \t\r\n\ufeff")
	// Alibaba's wall also answers in JSON that names its page.
	for _, m := range []string{"rgv587_flag", "punish-component", "/_____tmd_____/"} {
		if strings.Contains(text, m) {
			return m
		}
	}
	if !strings.HasPrefix(trimmed, "<") || strings.HasPrefix(trimmed, "<?xml") {
		return ""
	}
	for _, m := range []string{
		"captcha", "cf-challenge", "cf-chl-", "challenge-platform", "ddos-guard", "are you a robot", "are you human",
		"access denied", "verify you are human", "request unsuccessful. incapsula", "qrator",
	} {
		if strings.Contains(text, m) {
			return m
		}
	}
	return ""
}

// judge sorts a status that the adapter does not read itself.
func (c *Client) judge(ans Answer, own []int) error {
	s := ans.Status
	if s >= 200 && s < 300 || slices.Contains(own, s) {
		return nil
	}
	said := fmt.Sprintf("HTTP %d %s", s, http.StatusText(s))
	switch {
	case s == http.StatusTooManyRequests:
		return c.Throttled(ans, "%s", said)
	case s == http.StatusServiceUnavailable && ans.Header.Get("Retry-After") != "":
		return &carriers.Error{Kind: carriers.ErrTemporary, Detail: said, After: retryAfter(ans.Header)}
	case s == http.StatusUnauthorized, s == http.StatusForbidden, s == http.StatusProxyAuthRequired,
		s == http.StatusUnavailableForLegalReasons, s == http.StatusPaymentRequired:
		return &carriers.Error{Kind: carriers.ErrDenied, Detail: said}
	case s >= 500, s == http.StatusRequestTimeout, s == http.StatusTooEarly:
		return &carriers.Error{Kind: carriers.ErrTemporary, Detail: said}
	}
	if err := c.Captcha(ans); err != nil {
		return err
	}
	return c.Changed(ans, "%s", said)
}

// broken sorts a call that gave no whole answer.
func (c *Client) broken(ctx context.Context, req *http.Request, err error) error {
	if cause := ctx.Err(); errors.Is(cause, context.Canceled) {
		return cause
	}
	if errors.Is(err, errElsewhere) {
		return &carriers.Error{Kind: carriers.ErrChanged, Detail: "redirected to another address", Cause: errElsewhere}
	}
	e := &carriers.Error{Kind: carriers.ErrTemporary, Cause: c.clean(err), Host: req.URL.Hostname()}
	var timeout net.Error
	switch {
	case errors.As(err, &timeout) && timeout.Timeout():
		e.Detail = "no answer in time"
	case reset(err), errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, io.EOF):
		e.Detail = "connection broke"
		e.Again = req.Method == http.MethodGet || req.Method == http.MethodHead
	}
	return e
}

// reset reports whether the other side cut the connection; Windows has numbers
// of its own for that.
func reset(err error) bool {
	const aborted, cut = syscall.Errno(10053), syscall.Errno(10054)
	return errors.Is(err, syscall.ECONNRESET) ||
		runtime.GOOS == "windows" && (errors.Is(err, aborted) || errors.Is(err, cut))
}

// clean takes the address out of a transport error, and secrets out of the
// rest. The chain is kept where its text is harmless.
func (c *Client) clean(err error) error {
	if u, ok := errors.AsType[*url.Error](err); ok {
		err = u.Err
	}
	if t := err.Error(); c.strike.text(t) != t {
		return errors.New(c.strike.text(t))
	}
	return err
}

func (c *Client) raw(body []byte) []byte {
	// More than is kept is struck, so that no secret is cut in two and half of
	// it survives.
	text := c.strike.answer(string(body[:min(len(body), 2*maxRaw)]))
	return []byte(text[:min(len(text), maxRaw)])
}

// retryAfter reads the header in both of its forms. A date counts from the
// service's own clock where it tells it.
func retryAfter(h http.Header) time.Duration {
	v := strings.TrimSpace(h.Get("Retry-After"))
	var d time.Duration
	if n, err := strconv.ParseInt(v, 10, 64); err == nil {
		d = time.Duration(min(max(n, 0), int64(maxAfter/time.Second))) * time.Second
	} else if at, err := http.ParseTime(v); err == nil {
		now, err := http.ParseTime(h.Get("Date"))
		if err != nil {
			now = time.Now()
		}
		d = at.Sub(now)
	}
	return min(max(d, 0), maxAfter)
}
