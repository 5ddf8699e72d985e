package kazpost

import (
	"context"
	"net/http"

	"parcelwatch/carriers"
	"parcelwatch/carriers/internal/adapter"
	"parcelwatch/parcel/number"
)

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
	case adapter.Mentions(words, "лимит", "limit", "too many", "слишком част"):
		return c.Throttled(ans, "service says: %s", words)
	case adapter.Mentions(words, "запрещ", "denied", "forbidden", "unauthorized"):
		kind = carriers.ErrDenied
	case adapter.Mentions(words, "недоступ", "unavailable", "timeout", "таймаут", "внутренн", "internal", "exception", "ошибка сервера"):
		kind = carriers.ErrTemporary
	}
	return c.Fail(kind, "service says: %s", words)
}
