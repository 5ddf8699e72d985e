package kazpost

import (
	"context"
	"net/http"
	"strings"

	"parcelwatch/carriers"
	"parcelwatch/carriers/internal/adapter"
	"parcelwatch/parcel/number"
)

// events asks for the history.
func (c *carrier) events(ctx context.Context, n number.Number) (adapter.Answer, []day, error) {
	var h history
	ans, err := c.ask(ctx, adapter.Path(string(n), "events"), &h)
	if err != nil {
		return ans, nil, err
	}
	switch {
	case h.Error != "":
		return ans, nil, c.refused(ans, string(h.Error))
	case ans.Status == http.StatusNotFound:
		return ans, nil, c.client.Changed(ans, "HTTP 404 without an error of the service's")
	case h.TrackID != "" && !adapter.Same(n, string(h.TrackID)):
		return ans, nil, c.client.Changed(ans, "the answer is of another number")
	case h.Days == nil:
		return ans, nil, c.client.Changed(ans, "no events in the answer")
	case len(*h.Days) == 0:
		return ans, nil, c.client.Fail(carriers.ErrNotFound, "no events")
	}
	return ans, *h.Days, nil
}

// details asks for what is known of the item beside its history.
func (c *carrier) details(ctx context.Context, n number.Number) (details, error) {
	var d details
	ans, err := c.ask(ctx, adapter.Path(string(n)), &d)
	switch {
	case err != nil:
		return details{}, err
	case d.Error != "":
		return details{}, c.refused(ans, string(d.Error))
	case !adapter.Same(n, string(d.TrackID)):
		return details{}, c.client.Changed(ans, "the details are of another number")
	}
	return d, nil
}

func (c *carrier) ask(ctx context.Context, path string, into any) (adapter.Answer, error) {
	ans, err := c.client.Do(ctx, adapter.Request{Path: "/api/v2" + path, Own: []int{http.StatusNotFound}})
	if err != nil {
		return ans, err
	}
	return ans, c.client.JSON(ans, into)
}

// refused reads the words of an error, which come with HTTP 200. They are said
// of numbers that are unknown or of no use; what else they may say is told apart
// so that a failure is not taken for that.
func (c *carrier) refused(ans adapter.Answer, words string) error {
	low := strings.ToLower(words)
	holds := func(parts ...string) bool {
		for _, p := range parts {
			if strings.Contains(low, p) {
				return true
			}
		}
		return false
	}
	switch {
	case holds("лимит", "limit", "too many", "слишком част"):
		return c.client.Throttled(ans, "service says: %s", words)
	case holds("запрещ", "denied", "forbidden", "unauthorized"):
		return c.client.Fail(carriers.ErrDenied, "service says: %s", words)
	case holds("недоступ", "unavailable", "timeout", "таймаут", "внутренн", "internal", "exception", "ошибка сервера"):
		return c.client.Fail(carriers.ErrTemporary, "service says: %s", words)
	default:
		return c.client.Fail(carriers.ErrNotFound, "service says: %s", words)
	}
}
