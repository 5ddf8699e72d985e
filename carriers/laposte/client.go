package laposte

import (
	"context"
	"net/http"
	"net/url"
	"strings"

	"parcelwatch/carriers"
	"parcelwatch/carriers/internal/adapter"
	"parcelwatch/parcel/number"
)

// reply is the answer to one call.
type reply struct {
	adapter.Answer
	items []item
}

// ask makes the call. One number is answered by the HTTP status, several by 207
// and a code for each. A problem with one of several numbers may also fail the
// whole call.
func (c *carrier) ask(ctx context.Context, numbers []number.Number) (reply, error) {
	ans, err := c.Do(ctx, adapter.Request{
		Path:   "/suivi/v2/idships/" + strings.ReplaceAll(url.PathEscape(adapter.List(numbers)), "%2C", ","),
		Query:  url.Values{"lang": {"en_GB"}},
		Header: http.Header{"X-Okapi-Key": {c.Setting("key")}},
		Own:    []int{http.StatusBadRequest, http.StatusNotFound},
	})
	if err != nil {
		return reply{}, err
	}
	var items adapter.Many[item]
	if err := c.JSON(ans, &items); err != nil {
		return reply{}, err
	}
	if len(items) == 0 {
		return reply{}, c.Changed(ans, "no answer for any number")
	}
	for _, it := range items {
		if it.Code == "" && it.Shipment == nil {
			return reply{}, c.Changed(ans, "neither a code nor a shipment, HTTP %d", ans.Status)
		}
	}
	return reply{ans, items}, nil
}

// refused reads the code of an answer without a shipment.
func (c *carrier) refused(ans adapter.Answer, it item) error {
	words := adapter.Line(it.Code+" "+it.Message, 200)
	switch it.Code {
	case "404", "104":
		return c.Fail(carriers.ErrNotFound, "service says %s", words)
	case "400":
		return c.Fail(carriers.ErrNotFound, "the number is refused by its form: %s", words)
	case "401", "403":
		return c.Fail(carriers.ErrDenied, "service says %s", words)
	case "429":
		return c.Throttled(ans, "service says %s", words)
	case "500", "502", "503", "504":
		return c.Fail(carriers.ErrTemporary, "service says %s", words)
	default:
		return c.Changed(ans, "service says %s", words)
	}
}
