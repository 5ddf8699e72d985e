package laposte

import (
	"context"
	"net/http"
	"net/url"
	"strings"

	"parcelwatch/carriers"
	"parcelwatch/carriers/internal/adapter"
	"parcelwatch/internal/textx"
	"parcelwatch/parcel/number"
)

// reply is one call's answer, kept for what may be found wrong in it later.
type reply struct {
	adapter.Answer
	items []item
}

// ask makes the one call there is. One number is answered by its HTTP status,
// several by 207 and a code for each; what one is wrong with another may also be
// said of the whole call.
func (c *carrier) ask(ctx context.Context, numbers []number.Number) (reply, error) {
	list := make([]string, 0, len(numbers))
	for _, n := range numbers {
		list = append(list, strings.TrimPrefix(adapter.Path(string(n)), "/"))
	}
	ans, err := c.client.Do(ctx, adapter.Request{
		Path:   "/suivi/v2/idships/" + strings.Join(list, ","),
		Query:  url.Values{"lang": {"en_GB"}},
		Header: http.Header{"X-Okapi-Key": {c.key}},
		Own:    []int{http.StatusBadRequest, http.StatusNotFound},
	})
	if err != nil {
		return reply{}, err
	}
	var items items
	if err := c.client.JSON(ans, &items); err != nil {
		return reply{}, err
	}
	if len(items) == 0 {
		return reply{}, c.client.Changed(ans, "no answer for any number")
	}
	for _, it := range items {
		if it.Code == "" && it.Shipment == nil {
			return reply{}, c.client.Changed(ans, "neither a code nor a shipment, HTTP %d", ans.Status)
		}
	}
	return reply{ans, items}, nil
}

// refused reads the code of an answer without a shipment; its words are for
// people and change.
func (c *carrier) refused(ans adapter.Answer, it item) error {
	words := textx.Line(string(it.Code+" "+it.Message), 200)
	switch it.Code {
	case "404", "104":
		return c.client.Fail(carriers.ErrNotFound, "service says %s", words)
	case "400":
		return c.client.Fail(carriers.ErrNotFound, "the number is refused by its form: %s", words)
	case "401", "403":
		return c.client.Fail(carriers.ErrDenied, "service says %s", words)
	case "429":
		return c.client.Throttled(ans, "service says %s", words)
	case "500", "502", "503", "504":
		return c.client.Fail(carriers.ErrTemporary, "service says %s", words)
	default:
		return c.client.Changed(ans, "service says %s", words)
	}
}
