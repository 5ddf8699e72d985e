// Package kazpost asks Kazpost, the post of Kazakhstan. Site: https://post.kz. It
// takes no key. The protocol is known from the post's own help page, as public
// clients quote it, and from answers of 2020. The service keeps an answer for an
// hour, so asking more often is useless. Events have codes and no words; for a
// parcel that waits, a second call tells how long. The details contain the names
// and addresses of sender and addressee, which are not read.
package kazpost

import (
	"context"
	"errors"
	"net/http"
	"time"

	"parcelwatch/carriers"
	"parcelwatch/carriers/internal/adapter"
	"parcelwatch/internal/textx"
	"parcelwatch/parcel/number"
)

// Info returns the facts of Kazpost.
func Info() carriers.Info {
	return carriers.Info{
		Name:      "kazpost",
		Title:     "Kazpost",
		Site:      "https://post.kz",
		Role:      carriers.RoleDestination,
		Countries: []string{home},
		Country:   home,
		Language:  "en",
		Standard:  true,
		Covers:    "Kazakhstan",
		BaseURL:   "https://track.post.kz",
		Interval:  5 * time.Second,
		PerNumber: 2 * time.Hour,
		Batch:     1,
		Canary:    "RK070333447CN", // the help page's example
	}
}

// New returns the carrier.
func New(cfg carriers.Config) (carriers.Carrier, error) {
	return adapter.New(Info(), cfg, adapter.Spec{Personal: []string{
		"name", "name_fact", "address", "phone",
	}}, func(b adapter.Base) carriers.Carrier { return adapter.OneByOne(&carrier{b}) })
}

type carrier struct{ adapter.Base }

// Match claims the numbers of Kazakhstan. Items of other posts may be on their
// way there.
func (*carrier) Match(n number.Number) carriers.Match { return adapter.National(n, home) }

// Ask asks for the history and, if the item waits, for its details. If the
// details fail, the history is still good.
func (c *carrier) Ask(ctx context.Context, n number.Number) (carriers.Result, error) {
	res, err := c.history(ctx, n)
	last, waits := adapter.Waiting(res.Tracking.Events)
	if err != nil || !waits {
		return res, err
	}
	d, err := c.details(ctx, n)
	switch {
	case errors.Is(err, context.Canceled):
		return carriers.Result{}, err
	case err == nil:
		d.addTo(&res.Tracking, last)
	}
	return res, nil
}

// history asks for the events.
func (c *carrier) history(ctx context.Context, n number.Number) (res carriers.Result, err error) {
	var h history
	ans, err := c.ask(ctx, adapter.Path(string(n), "events"), &h)
	if err != nil {
		return res, err
	}
	switch {
	case h.Error != "":
		return res, c.refused(ans, h.Error)
	case ans.Status == http.StatusNotFound:
		return res, c.Changed(ans, "HTTP 404 without an error of the service's")
	case h.TrackID != "" && !adapter.Same(n, h.TrackID):
		return res, c.Changed(ans, "the answer is of another number")
	case h.Days == nil:
		return res, c.Changed(ans, "no events in the answer")
	case len(*h.Days) == 0:
		return res, c.Fail(carriers.ErrNotFound, "no events")
	}
	return c.read(ans, *h.Days, n)
}

// details asks for the countries and the storage period of the item.
func (c *carrier) details(ctx context.Context, n number.Number) (details, error) {
	var d details
	ans, err := c.ask(ctx, adapter.Path(string(n)), &d)
	switch {
	case err != nil:
		return details{}, err
	case d.Error != "":
		return details{}, c.refused(ans, d.Error)
	case !adapter.Same(n, d.TrackID):
		return details{}, c.Changed(ans, "the details are of another number")
	}
	return d, nil
}

func (c *carrier) ask(ctx context.Context, path string, into any) (adapter.Answer, error) {
	ans, err := c.Do(ctx, adapter.Request{Path: "/api/v2" + path, Own: []int{http.StatusNotFound}})
	if err != nil {
		return ans, err
	}
	return ans, c.JSON(ans, into)
}

// refused reads the words of an error, which comes with HTTP 200. Most are about
// an unknown or unusable number; failures of the service are told apart.
func (c *carrier) refused(ans adapter.Answer, words adapter.Lax) error {
	kind := carriers.ErrNotFound
	switch {
	case textx.Mentions(words, "лимит", "limit", "too many", "слишком част"):
		return c.Throttled(ans, "service says: %s", words)
	case textx.Mentions(words, "запрещ", "denied", "forbidden", "unauthorized"):
		kind = carriers.ErrBlocked
	case textx.Mentions(words, "недоступ", "unavailable", "timeout", "таймаут", "внутренн", "internal", "exception", "ошибка сервера"):
		kind = carriers.ErrTemporary
	}
	return c.Fail(kind, "service says: %s", words)
}
