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
	maxRaw   = 16 << 10       // bytes of an answer kept for a bug report
	maxAfter = 24 * time.Hour // upper limit of the wait that a service may ask for
)

// Changed returns the error for an answer that was not understood, with the start
// of the answer.
func (c *Client) Changed(ans Answer, format string, args ...any) error {
	return &carriers.Error{
		Kind: carriers.ErrChanged, Detail: c.Text(fmt.Sprintf(format, args...)), Raw: c.raw(ans.Body),
	}
}

// Fail returns an error of the given kind for a failure that the service reported.
func (c *Client) Fail(kind error, format string, args ...any) error {
	return &carriers.Error{Kind: kind, Detail: c.Text(fmt.Sprintf(format, args...))}
}

// Throttled returns a [carriers.ErrThrottled] with the wait from the answer's
// header.
func (c *Client) Throttled(ans Answer, format string, args ...any) error {
	return &carriers.Error{
		Kind: carriers.ErrThrottled, Detail: c.Text(fmt.Sprintf(format, args...)), After: retryAfter(ans.Header),
	}
}

// Text returns t as one line for an error, without secrets and personal names, at
// most 300 characters long.
func (c *Client) Text(t string) string { return NoNames(textx.Line(c.strike.text(t), 300)) }

// JSON decodes an answer that must be JSON. If it is an HTML page instead, the
// error is [carriers.ErrCaptcha] for a captcha, else [carriers.ErrChanged].
func (c *Client) JSON(ans Answer, into any) error {
	if err := c.Page(ans); err != nil {
		return err
	}
	if len(strings.TrimSpace(string(ans.Body))) == 0 {
		return c.Changed(ans, "answer is empty")
	}
	err := json.Unmarshal(ans.Body, into)
	if wrong, ok := errors.AsType[*json.UnmarshalTypeError](err); ok && wrong.Field != "" {
		return c.Changed(ans, "field %q is a JSON %s", wrong.Field, wrong.Value)
	}
	if err != nil {
		return c.Changed(ans, "not the JSON that was expected: %v", err)
	}
	return nil
}

// Page returns an error if the answer is an HTML page, else nil. Adapters that read
// HTML call only [Client.Captcha].
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

// Captcha returns an error if the answer is a captcha page, else nil.
func (c *Client) Captcha(ans Answer) error {
	if mark := captchaMark(ans.Body); mark != "" {
		return &carriers.Error{
			Kind: carriers.ErrCaptcha, Detail: "captcha or bot check (" + mark + ")", Raw: c.raw(ans.Body),
		}
	}
	return nil
}

// captchaMark returns the mark of a common bot wall in a page, or "". Only pages
// are searched, because data may hold any word.
func captchaMark(body []byte) string {
	text := strings.ToLower(string(body[:min(len(body), 64<<10)]))
	trimmed := strings.TrimLeft(text, " \t\r\n\ufeff")
	// Alibaba's wall also answers in JSON that contains the name of its page.
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

// statusError classifies a status that the adapter does not handle itself.
func (c *Client) statusError(ans Answer, own []int) error {
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
	case s == http.StatusUnauthorized, s == http.StatusForbidden, s == http.StatusUnavailableForLegalReasons:
		return c.refused(ans, said)
	case s == http.StatusProxyAuthRequired, s == http.StatusPaymentRequired:
		return &carriers.Error{Kind: carriers.ErrDenied, Detail: said}
	case s >= 500, s == http.StatusRequestTimeout, s == http.StatusTooEarly:
		return &carriers.Error{Kind: carriers.ErrTemporary, Detail: said}
	}
	if err := c.Captcha(ans); err != nil {
		return err
	}
	return c.Changed(ans, "%s", said)
}

// refused returns why access was refused: a captcha, the credential where one was
// sent, else a block.
func (c *Client) refused(ans Answer, said string) error {
	if err := c.Captcha(ans); err != nil {
		return err
	}
	kind := carriers.ErrBlocked
	if c.secret && ans.Status != http.StatusUnavailableForLegalReasons {
		kind = carriers.ErrCredential
	}
	return &carriers.Error{Kind: kind, Detail: said}
}

// broken classifies a call that gave no complete answer.
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

// reset reports whether the peer reset the connection; Windows has different error
// numbers for it.
func reset(err error) bool {
	const aborted, cut = syscall.Errno(10053), syscall.Errno(10054)
	return errors.Is(err, syscall.ECONNRESET) ||
		runtime.GOOS == "windows" && (errors.Is(err, aborted) || errors.Is(err, cut))
}

// clean removes the address and secrets from a transport error. The chain is kept
// if its text is harmless.
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
	// Mask more than is kept, so that no secret is cut in two and half of it
	// survives.
	text := c.strike.answer(string(body[:min(len(body), 2*maxRaw)]))
	return []byte(text[:min(len(text), maxRaw)])
}

// retryAfter parses the Retry-After header in both forms. A date is relative to the
// service's clock if the answer has a Date header.
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
