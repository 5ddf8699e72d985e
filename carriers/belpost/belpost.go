// Package belpost asks Belpost, the post of Belarus. Site: https://belpost.by.
// It takes no key. The protocol is not published; it is known from five public
// clients (BelpostTracker_bot, parcel-tracker, parcel and others). Clients that
// do not wait a minute between two calls are blocked for a while. The service
// answers for S10 numbers of any country. There is no list of codes: some answers
// contain numbers, most only words, and both are read.
package belpost

import (
	"context"
	"net/http"
	"time"

	"parcelwatch/carriers"
	"parcelwatch/carriers/internal/adapter"
	"parcelwatch/parcel/number"
)

// Info returns the facts of Belpost.
func Info() carriers.Info {
	return carriers.Info{
		Name:      "belpost",
		Title:     "Belpost",
		Site:      "https://belpost.by",
		Role:      carriers.RoleDestination,
		Countries: []string{home},
		Country:   home,
		Language:  "ru",
		Covers:    "Belarus",
		BaseURL:   "https://api.belpost.by",
		Interval:  time.Minute,
		PerNumber: 4 * time.Hour,
		Batch:     1,
	}
}

// New returns the carrier.
func New(cfg carriers.Config) (carriers.Carrier, error) {
	return adapter.New(Info(), cfg, adapter.Spec{Zone: "Europe/Minsk", NewestFirst: true}, func(b adapter.Base) carriers.Carrier { return adapter.OneByOne(&carrier{b}) })
}

type carrier struct{ adapter.Base }

// Match claims the numbers of Belarus. Items of other posts may be on their way
// there.
func (*carrier) Match(n number.Number) carriers.Match { return adapter.National(n, home) }

// Ask makes the call. A refusal, as JSON or as a web page, means that requests
// came too fast.
func (c *carrier) Ask(ctx context.Context, n number.Number) (res carriers.Result, err error) {
	ans, err := c.Do(ctx, adapter.Request{
		Path:   "/api/v1/tracking",
		Header: http.Header{"User-Agent": {adapter.BrowserAgent}},
		JSON:   question{Number: string(n)},
		Own:    []int{http.StatusForbidden, http.StatusNotFound, http.StatusUnprocessableEntity},
	})
	if err != nil {
		return res, err
	}
	switch {
	case ans.Status == http.StatusForbidden:
		return res, c.Throttled(ans, "HTTP 403, its way to say slow down")
	case c.Page(ans) != nil:
		return res, c.Throttled(ans, "a web page came instead of data, its way to say slow down")
	case ans.Status == http.StatusNotFound:
		return res, c.Fail(carriers.ErrNotFound, "HTTP 404")
	}
	var e envelope
	if err := c.JSON(ans, &e); err != nil {
		return res, err
	}
	switch {
	case ans.Status == http.StatusUnprocessableEntity && e.badNumber():
		return res, c.Fail(carriers.ErrNotFound, "the number is refused by its form")
	case ans.Status == http.StatusUnprocessableEntity:
		return res, c.Changed(ans, "request refused: %s", e.Message)
	case e.Data == nil:
		return res, c.Changed(ans, "no data in the answer")
	case len(*e.Data) == 0:
		return res, c.Fail(carriers.ErrNotFound, "empty data")
	}
	return c.read(ans, *e.Data, n)
}
