// Package upu asks the Global Track & Trace of the Universal Postal Union, which
// collects the scans that posts exchange. Site: https://globaltracktrace.ptc.post.
// It takes no key; the protocol is documented at https://upu.api.post/gtt/. It
// knows only what posts publish there, and no time zones: the offset in its
// answers is that of its own server. No limits are published, so the adapter asks
// a few times a day. An unknown number is an answer of zero bytes.
package upu

import (
	"bytes"
	"context"
	"time"

	"parcelwatch/carriers"
	"parcelwatch/carriers/internal/adapter"
	"parcelwatch/parcel/number"
)

// Info returns the facts of the service.
func Info() carriers.Info {
	return carriers.Info{
		Name:      "upu",
		Title:     "UPU Global Track & Trace",
		Called:    "UPU",
		Site:      "https://globaltracktrace.ptc.post",
		Page:      "https://globaltracktrace.ptc.post/gtt.web/Search.aspx",
		Role:      carriers.RoleOrigin,
		Language:  "en",
		Standard:  true,
		Covers:    "international numbers (`RB123456785CN`) of posts that report there",
		BaseURL:   "https://globaltracktrace.ptc.post",
		Interval:  5 * time.Second,
		PerNumber: 6 * time.Hour,
		Batch:     1,
		Canary:    "RB328428764SG", // an example of the UPU's documentation
	}
}

// New returns the carrier.
func New(cfg carriers.Config) (carriers.Carrier, error) {
	return adapter.New(Info(), cfg, adapter.Spec{Personal: []string{"Signature"}}, func(b adapter.Base) carriers.Carrier { return adapter.OneByOne(&carrier{b}) })
}

type carrier struct{ adapter.Base }

// Match accepts every S10 number. Only asking tells whether its post publishes
// there.
func (*carrier) Match(n number.Number) carriers.Match { return adapter.If(n.S10(), carriers.Maybe) }

// Ask makes the call. An unknown number is an answer of zero bytes.
func (c *carrier) Ask(ctx context.Context, n number.Number) (res carriers.Result, err error) {
	ans, err := c.Do(ctx, adapter.Request{
		Path: "/gtt.api/service.svc/rest/ItemTTWithTrans" + adapter.Path(string(n), "EN"),
	})
	if err != nil {
		return res, err
	}
	if len(bytes.TrimSpace(ans.Body)) == 0 {
		return res, c.Fail(carriers.ErrNotFound, "empty answer")
	}
	var items []item
	if err := c.JSON(ans, &items); err != nil {
		return res, err
	}
	switch {
	case items == nil:
		return res, c.Changed(ans, "the answer is no list")
	case len(items) == 0:
		return res, c.Fail(carriers.ErrNotFound, "empty list")
	}
	return c.read(ans, items, n)
}
