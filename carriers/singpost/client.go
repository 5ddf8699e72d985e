package singpost

import (
	"context"
	"errors"
	"net/http"
	"strings"

	"parcelwatch/carriers"
	"parcelwatch/carriers/internal/adapter"
	"parcelwatch/parcel/number"
)

// reply is one call's answer, kept for what may be found wrong in it later.
type reply struct {
	adapter.Answer
	items []item
}

// ask makes the one call there is. The key stands alone in its header.
func (c *carrier) ask(ctx context.Context, numbers []number.Number) (reply, error) {
	var body strings.Builder
	body.WriteString(`<?xml version="1.0" encoding="UTF-8"?>` + "\n" +
		`<ItemTrackingDetailsRequest xmlns="http://singpost.com/paw/ns"><SystemID>-</SystemID><ItemTrackingNumbers>`)
	for _, n := range numbers {
		body.WriteString("<TrackingNumber>" + adapter.EscapeXML(string(n)) + "</TrackingNumber>")
	}
	body.WriteString("</ItemTrackingNumbers></ItemTrackingDetailsRequest>\n")
	ans, err := c.client.Do(ctx, adapter.Request{
		Method: http.MethodPost,
		Path:   "/sp/tracking",
		Header: http.Header{"Authorization": {c.key}, "Content-Type": {"application/xml"}, "Accept": {"application/xml"}},
		Body:   []byte(body.String()),
	})
	if err != nil {
		return reply{}, err
	}
	var e envelope
	if err := c.client.XML(ans, &e); err != nil {
		return reply{}, err
	}
	switch {
	case e.Code == nil:
		return reply{}, c.client.Changed(ans, "no ErrorCode in the answer")
	case said(*e.Code) != "0":
		return reply{}, c.refused(ans, said(*e.Code)+" "+said(e.Words))
	}
	return reply{ans, e.Items}, nil
}

// refused sorts a failure by its words; a list of its codes is not public.
func (c *carrier) refused(ans adapter.Answer, words string) error {
	holds := func(parts ...string) bool {
		for _, p := range parts {
			if strings.Contains(strings.ToLower(words), p) {
				return true
			}
		}
		return false
	}
	switch {
	case holds("limit", "quota", "too many", "throttl"):
		return c.client.Throttled(ans, "service says %s", words)
	case holds("authori", "authent", "api key", "access denied", "credential"):
		return c.client.Fail(carriers.ErrDenied, "service says %s", words)
	case holds("not found", "no record", "invalid tracking", "invalid item"):
		return c.client.Fail(carriers.ErrNotFound, "service says %s", words)
	case holds("unavailable", "time out", "timeout", "try again", "internal"):
		return c.client.Fail(carriers.ErrTemporary, "service says %s", words)
	default:
		return c.client.Changed(ans, "service says %s", words)
	}
}

// unclear tells, where an answer was not understood, that its form was never
// sure.
func unclear(err error) error {
	e, ok := errors.AsType[*carriers.Error](err)
	if !ok || !errors.Is(err, carriers.ErrChanged) {
		return err
	}
	told := *e
	told.Detail += " (this interface is known from other programs only; please report the answer that was kept)"
	return &told
}
