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

// reply is the answer to one call.
type reply struct {
	adapter.Answer
	items []item
}

// ask makes the call. The header holds nothing but the key.
func (c *carrier) ask(ctx context.Context, numbers []number.Number) (reply, error) {
	var body strings.Builder
	body.WriteString(`<?xml version="1.0" encoding="UTF-8"?>` + "\n" +
		`<ItemTrackingDetailsRequest xmlns="http://singpost.com/paw/ns"><SystemID>-</SystemID><ItemTrackingNumbers>`)
	for _, n := range numbers {
		body.WriteString("<TrackingNumber>" + adapter.EscapeXML(string(n)) + "</TrackingNumber>")
	}
	body.WriteString("</ItemTrackingNumbers></ItemTrackingDetailsRequest>\n")
	ans, err := c.Do(ctx, adapter.Request{
		Path:   "/sp/tracking",
		Header: http.Header{"Authorization": {c.Setting("key")}, "Content-Type": {"application/xml"}, "Accept": {"application/xml"}},
		Body:   []byte(body.String()),
	})
	if err != nil {
		return reply{}, err
	}
	var e envelope
	if err := c.XML(ans, &e); err != nil {
		return reply{}, err
	}
	switch {
	case e.Code == nil:
		return reply{}, c.Changed(ans, "no ErrorCode in the answer")
	case said(*e.Code) != "0":
		return reply{}, c.refused(ans, said(*e.Code)+" "+said(e.Words))
	}
	return reply{ans, e.Items}, nil
}

// refused sorts a failure by its words, since no list of its codes is public.
func (c *carrier) refused(ans adapter.Answer, words string) error {
	switch {
	case adapter.Mentions(words, "limit", "quota", "too many", "throttl"):
		return c.Throttled(ans, "service says %s", words)
	case adapter.Mentions(words, "authori", "authent", "api key", "access denied", "credential"):
		return c.Fail(carriers.ErrDenied, "service says %s", words)
	case adapter.Mentions(words, "not found", "no record", "invalid tracking", "invalid item"):
		return c.Fail(carriers.ErrNotFound, "service says %s", words)
	case adapter.Mentions(words, "unavailable", "time out", "timeout", "try again", "internal"):
		return c.Fail(carriers.ErrTemporary, "service says %s", words)
	default:
		return c.Changed(ans, "service says %s", words)
	}
}

// unclear adds to [carriers.ErrChanged] that the form of the answer was never
// certain.
func unclear(err error) error {
	e, ok := errors.AsType[*carriers.Error](err)
	if !ok || !errors.Is(err, carriers.ErrChanged) {
		return err
	}
	told := *e
	told.Detail += " (this interface is known from other programs only; please report the answer that was kept)"
	return &told
}
