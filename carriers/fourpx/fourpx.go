// Package fourpx asks 4PX, a Chinese consolidator whose parcels are delivered by a
// local post or courier. Site: https://track.4px.com. It takes no key. The
// protocol is not published; it is known from several public clients
// (mcp-parceltrack, parcel and others). Only the first number of a call is
// answered. No limit is published; clients keep an answer for up to an hour. The
// answer contains the number at the last carrier.
package fourpx

import (
	"context"
	"slices"
	"time"

	"parcelwatch/carriers"
	"parcelwatch/carriers/internal/adapter"
	"parcelwatch/internal/textx"
	"parcelwatch/parcel/number"
)

// Info returns the facts of 4PX.
func Info() carriers.Info {
	return carriers.Info{
		Name:      "fourpx",
		Title:     "4PX",
		Site:      "https://track.4px.com",
		Page:      number.FamilyFourPX.Page(),
		Role:      carriers.RoleOrigin,
		Countries: []string{"CN"},
		Language:  "en",
		Covers:    "`4PX...`",
		BaseURL:   "https://track.4px.com",
		Interval:  3 * time.Second,
		PerNumber: time.Hour,
		Batch:     1,
	}
}

// New returns the carrier.
func New(cfg carriers.Config) (carriers.Carrier, error) {
	return adapter.New(Info(), cfg, adapter.Spec{NewestFirst: true, Personal: []string{
		"consigneePostcode", "sigPicUrl",
	}}, func(b adapter.Base) carriers.Carrier { return adapter.OneByOne(&carrier{b}) })
}

type carrier struct{ adapter.Base }

// Match claims the forms of 4PX. It also uses LP and 14 digits, but nearly all of
// those are Cainiao's.
func (*carrier) Match(n number.Number) carriers.Match {
	if n.Family() == number.FamilyFourPX {
		return carriers.Yes
	}
	return adapter.If(adapter.Is(n, number.FamilyFourPX), carriers.Maybe)
}

// Ask makes the call.
func (c *carrier) Ask(ctx context.Context, n number.Number) (res carriers.Result, err error) {
	var e envelope
	ans, err := c.Fetch(ctx, adapter.Request{
		Path: "/track/v2/front/listTrackV3", JSON: question{Codes: []string{string(n)}, Language: "en-us"},
	}, &e)
	if err != nil {
		return res, err
	}
	if err := c.refused(ans, e); err != nil {
		return res, err
	}
	i := slices.IndexFunc(*e.Data, func(it item) bool { return adapter.Same(n, it.Query) })
	if i < 0 {
		return res, c.Changed(ans, "no item of the number asked")
	}
	return c.read(ans, (*e.Data)[i], n)
}

// refused reads an envelope that reports a failure, in English or in Chinese.
func (c *carrier) refused(ans adapter.Answer, e envelope) error {
	switch {
	case e.Result == "1" && e.Data != nil:
		return nil
	case e.Result == "1":
		return c.Changed(ans, "no data in the answer")
	case e.Result != "0":
		return c.Changed(ans, "no result in the answer")
	case textx.Mentions(e.Message, "limit", "frequen", "too many", "频繁", "限流", "过多"):
		return c.Throttled(ans, "service says: %s", e.Message)
	default:
		return c.Fail(carriers.ErrTemporary, "service says: %s", e.Message)
	}
}
