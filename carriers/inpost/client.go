package inpost

import (
	"context"
	"net/http"
	"strings"

	"parcelwatch/carriers"
	"parcelwatch/carriers/internal/adapter"
	"parcelwatch/parcel/number"
)

// ask makes the one call there is. A number that is not known is HTTP 404 with
// an error in JSON.
func (c *carrier) ask(ctx context.Context, n number.Number) (adapter.Answer, answers, error) {
	ans, err := c.client.Do(ctx, adapter.Request{
		Path: "/v1/tracking" + adapter.Path(string(n)),
		Own:  []int{http.StatusNotFound, http.StatusBadRequest, http.StatusUnprocessableEntity},
	})
	if err != nil {
		return ans, nil, err
	}
	if ans.Status >= http.StatusBadRequest {
		return ans, nil, c.refused(ans)
	}
	var all answers
	if err := c.client.JSON(ans, &all); err != nil {
		return ans, nil, err
	}
	if len(all) == 0 {
		return ans, nil, c.client.Changed(ans, "no parcel in the answer")
	}
	return ans, all, nil
}

// refused reads an error. One that is not the service's own (a gateway's, a page)
// says nothing of the number.
func (c *carrier) refused(ans adapter.Answer) error {
	var p problem
	if err := c.client.JSON(ans, &p); err != nil {
		return err
	}
	words := strings.TrimSpace(string(p.Error + " " + p.Message))
	said := strings.ToLower(words)
	for _, own := range []string{"not_found", "not found", "nie znaleziono", "validation", "tracking_number", "invalid"} {
		if strings.Contains(said, own) {
			return c.client.Fail(carriers.ErrNotFound, "service says: %s", words)
		}
	}
	return c.client.Changed(ans, "HTTP %d: %s", ans.Status, words)
}
