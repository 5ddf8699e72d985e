// Package cainiao asks Cainiao Global, the logistics network behind nearly every
// AliExpress parcel. Site: https://global.cainiao.com. It takes no key and no
// login. The protocol is not published; it is known from public clients
// (ha-cainiao, parcel and others). Alibaba blocks addresses that ask often, for
// all its services, so the adapter makes few calls with several numbers, hours
// apart. A web page instead of data, with or without a captcha, means "slow
// down".
package cainiao

import (
	"context"
	"net/url"
	"strings"
	"time"

	"parcelwatch/carriers"
	"parcelwatch/carriers/internal/adapter"
	"parcelwatch/internal/textx"
	"parcelwatch/parcel/number"
)

// Info returns the facts of Cainiao.
func Info() carriers.Info {
	return carriers.Info{
		Name:      "cainiao",
		Title:     "Cainiao Global",
		Called:    "Cainiao",
		Site:      "https://global.cainiao.com",
		Page:      "https://global.cainiao.com/newDetail.htm?mailNoList=%s&otherMailNoList=",
		Role:      carriers.RoleOrigin,
		Language:  "en",
		Covers:    "nearly all AliExpress numbers, until the local post takes over",
		BaseURL:   "https://global.cainiao.com",
		Interval:  20 * time.Second,
		PerNumber: 4 * time.Hour,
		Batch:     10,
		Canary:    "LP00000000000", // the answer for an unknown number is recorded
	}
}

// New returns the carrier.
func New(cfg carriers.Config) (carriers.Carrier, error) {
	return adapter.New(Info(), cfg, adapter.Spec{NewestFirst: true}, func(b adapter.Base) carriers.Carrier { return &carrier{b} })
}

type carrier struct{ adapter.Base }

// Match claims the numbers of Cainiao and of the shop. Those of other posts may
// belong to AliExpress parcels, which only asking can tell.
func (*carrier) Match(n number.Number) carriers.Match {
	if adapter.Is(n, number.FamilyCainiao, number.FamilyAliExpress, number.FamilyCainiaoLine) {
		return carriers.Yes
	}
	return adapter.If(adapter.Is(n, number.FamilyS10, number.FamilyYanwen, number.FamilyFourPX, number.FamilyYunExpress,
		number.FamilySunYou, number.FamilyUBI, number.FamilyYQ, number.FamilyPartner), carriers.Maybe)
}

// Track asks for all numbers in one call.
func (c *carrier) Track(ctx context.Context, numbers []number.Number) ([]carriers.Result, error) {
	ans, entries, err := c.ask(ctx, numbers)
	if err != nil {
		return nil, err
	}
	return adapter.All(numbers, func(n number.Number) (carriers.Result, error) { return c.read(ans, entries, n) }), nil
}

// ask makes the call.
func (c *carrier) ask(ctx context.Context, numbers []number.Number) (adapter.Answer, []entry, error) {
	ans, err := c.Do(ctx, adapter.Request{
		Path:  "/global/detail.json",
		Query: url.Values{"mailNos": {adapter.List(numbers)}, "lang": {"en-US"}, "language": {"en-US"}},
	})
	if err != nil {
		return ans, nil, err
	}
	var e envelope
	if c.Page(ans) != nil {
		return ans, nil, c.Throttled(ans, "a web page came instead of data, its way to say slow down")
	}
	if err := c.JSON(ans, &e); err != nil {
		return ans, nil, err
	}
	if err := c.refused(ans, e); err != nil {
		return ans, nil, err
	}
	return ans, e.Module, nil
}

// refused reads an envelope without success. The codes are those of Alibaba's
// gateway: apart from the limits, all are taken for temporary failures.
func (c *carrier) refused(ans adapter.Answer, e envelope) error {
	switch {
	case e.Success == nil:
		return c.Changed(ans, "no success in the answer")
	case bool(*e.Success) && e.Module == nil:
		return c.Changed(ans, "no module in the answer")
	case bool(*e.Success):
		return nil
	}
	code := strings.ToUpper(string(e.ErrorCode + " " + e.ErrorMsg))
	if textx.Mentions(code, "limit", "traffic", "validate", "rgv587", "frequen", "too many") {
		return c.Throttled(ans, "service says %s", code)
	}
	return c.Fail(carriers.ErrTemporary, "service says %s", code)
}
