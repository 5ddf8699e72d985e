// Package sunyou asks SunYou (SYPost), a Chinese consolidator of AliExpress parcels.
// Site: https://www.sypost.net. It takes no key. The protocol is not published; it
// is known from public clients and was not tried against the service. Not published
// are the list of codes and the limits, so the adapter makes few requests. The
// answer is the call of a function in JavaScript; only its argument is read.
package sunyou

import (
	"bytes"
	"context"
	"net/url"
	"time"

	"parcelwatch/carriers"
	"parcelwatch/carriers/internal/adapter"
	"parcelwatch/parcel/number"
)

// Info returns the facts of SunYou.
func Info() carriers.Info {
	return carriers.Info{
		Name:      "sunyou",
		Title:     "SunYou",
		Site:      "https://www.sypost.net",
		Page:      "https://www.sypost.net/search?orderNo=%s",
		Role:      carriers.RoleOrigin,
		Countries: []string{"CN"},
		Language:  "en",
		Covers:    "`SY...`",
		BaseURL:   "https://www.sypost.net",
		Interval:  10 * time.Second,
		PerNumber: 4 * time.Hour,
		Batch:     1,
	}
}

// New returns the carrier.
func New(cfg carriers.Config) (carriers.Carrier, error) {
	return adapter.New(Info(), cfg, adapter.Spec{Personal: []string{"receiver", "signer"}},
		func(b adapter.Base) carriers.Carrier { return adapter.OneByOne(&carrier{b}) })
}

type carrier struct{ adapter.Base }

// Match claims the usual form of SunYou. Longer ones are known from rules of clients
// only, and one is that of Pos Malaysia.
func (*carrier) Match(n number.Number) carriers.Match {
	if n.Family() == number.FamilySunYou && n.Strength() >= number.Medium {
		return carriers.Yes
	}
	return adapter.If(adapter.Is(n, number.FamilySunYou), carriers.Maybe)
}

// Ask makes the call. An unknown number is an item that says so.
func (c *carrier) Ask(ctx context.Context, n number.Number) (res carriers.Result, err error) {
	ans, err := c.Do(ctx, adapter.Request{
		Path: "/queryTrack", Query: url.Values{"trackNumber": {string(n)}, "toLanguage": {"en_US"}},
	})
	if err != nil {
		return res, err
	}
	inner := ans
	inner.Body = argument(ans.Body)
	var e envelope
	if err := c.JSON(inner, &e); err != nil {
		return res, err
	}
	if e.Data == nil || len(*e.Data) == 0 {
		return res, c.Changed(ans, "no data in the answer")
	}
	return c.read(ans, *e.Data, n)
}

// argument returns what the body passes to its function, or the body if it is no
// call.
func argument(body []byte) []byte {
	call, ok := bytes.CutPrefix(bytes.TrimSpace(body), []byte("searchCallback("))
	if !ok {
		return body
	}
	call = bytes.TrimRight(call, "; \r\n\t")
	return bytes.TrimSuffix(call, []byte(")"))
}
