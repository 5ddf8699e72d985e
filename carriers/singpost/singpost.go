// Package singpost asks Singapore Post's tracking API for businesses (v1.0). Site:
// https://www.singpost.com. The key comes with a business account and is not given
// to private persons. Neither the documentation nor an answer was available: the
// form is known from three public clients, and only one of its codes has a known
// meaning. So every difference is reported as changed, with a note that this is
// why, and the words of an event decide what it means.
package singpost

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"time"

	"parcelwatch/carriers"
	"parcelwatch/carriers/internal/adapter"
	"parcelwatch/internal/textx"
	"parcelwatch/parcel/number"
)

// Info returns the facts of Singapore Post.
func Info() carriers.Info {
	return carriers.Info{
		Name:      "singpost",
		Title:     "Singapore Post",
		Site:      "https://www.singpost.com",
		Page:      "https://www.singpost.com/track-items",
		Role:      carriers.RoleOrigin,
		Countries: []string{home},
		Country:   home,
		Language:  "en",
		Covers:    "`..SG`",
		Key:       "business key",
		BaseURL:   "https://apim.singpost.com",
		Interval:  5 * time.Second,
		PerNumber: 4 * time.Hour,
		Batch:     10,
		Settings: []carriers.Setting{
			{Name: "key", Secret: true, Required: true, Help: "API key of the tracking API for businesses"},
		},
		Canary: "RB328428764SG", // an example of the postal union's
	}
}

// New returns the carrier.
func New(cfg carriers.Config) (carriers.Carrier, error) {
	return adapter.New(Info(), cfg, adapter.Spec{Zone: "Asia/Singapore"}, func(b adapter.Base) carriers.Carrier { return &carrier{b} })
}

type carrier struct{ adapter.Base }

// Match claims the numbers of Singapore. Whether the service answers for others is
// not known.
func (*carrier) Match(n number.Number) carriers.Match {
	return adapter.If(n.Country() == home, carriers.Yes)
}

// Track asks for all numbers in one call.
func (c *carrier) Track(ctx context.Context, numbers []number.Number) ([]carriers.Result, error) {
	answer, err := c.ask(ctx, numbers)
	if err != nil {
		return nil, unclear(err)
	}
	return adapter.All(numbers, func(n number.Number) (carriers.Result, error) {
		res, err := c.read(answer, n)
		return res, unclear(err)
	}), nil
}

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
	case textx.Mentions(words, "limit", "quota", "too many", "throttl"):
		return c.Throttled(ans, "service says %s", words)
	case textx.Mentions(words, "authori", "authent", "api key", "access denied", "credential"):
		return c.Fail(carriers.ErrCredential, "service says %s", words)
	case textx.Mentions(words, "not found", "no record", "invalid tracking", "invalid item"):
		return c.Fail(carriers.ErrNotFound, "service says %s", words)
	case textx.Mentions(words, "unavailable", "time out", "timeout", "try again", "internal"):
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
