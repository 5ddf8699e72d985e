package ukrposhta

import (
	"bytes"
	"context"
	"net/http"
	"regexp"

	"parcelwatch/carriers"
	"parcelwatch/carriers/internal/adapter"
	"parcelwatch/parcel/number"
)

// reply is the answer to one call.
type reply struct {
	adapter.Answer
	envelope
}

// ask makes one call.
func (c *carrier) ask(ctx context.Context, numbers []number.Number) (reply, error) {
	ans, err := c.Do(ctx, adapter.Request{
		Path:   "/status-tracking/0.0.1/statuses/with-not-found",
		Header: http.Header{"Authorization": {"Bearer " + c.Setting("token")}},
		JSON:   numbers,
		Own:    []int{http.StatusBadRequest, http.StatusNotFound, http.StatusUnprocessableEntity},
	})
	if err != nil {
		return reply{}, err
	}
	if err := c.Page(ans); err != nil {
		return reply{}, err
	}
	if ans.Status >= http.StatusBadRequest {
		return c.refused(ans, len(numbers))
	}
	r := reply{Answer: ans}
	if bytes.HasPrefix(bytes.TrimSpace(ans.Body), []byte("[")) { // the form of the service's other methods
		err = c.JSON(ans, &r.Found)
	} else {
		err = c.JSON(ans, &r.envelope)
	}
	switch {
	case err != nil:
		return reply{}, err
	case len(r.Found) == 0 && r.NotFound == nil:
		return reply{}, c.Changed(ans, "neither found nor notFound in the answer")
	}
	return r, nil
}

// family is the code of an error. UPE01, 03 and 07 concern the form of a number.
var family = regexp.MustCompile(`UPE\d{2}`)

// refused reads an error. Only the codes are documented; without one, the HTTP
// status decides. With several numbers it is not known which one is refused.
func (c *carrier) refused(ans adapter.Answer, asked int) (reply, error) {
	code := string(family.Find(ans.Body))
	switch {
	case code == "UPE05":
		return reply{}, c.Fail(carriers.ErrDenied, "service says %s: the token", code)
	case code == "UPE06", code == "UPE08":
		return reply{}, c.Fail(carriers.ErrTemporary, "service says %s: not available", code)
	case code == "UPE02", code == "" && ans.Status == http.StatusNotFound:
		return reply{Answer: ans, envelope: envelope{None: true}}, nil
	case code != "" && asked == 1, ans.Status != http.StatusNotFound && asked == 1:
		return reply{}, c.Fail(carriers.ErrNotFound, "the number is refused by its form (HTTP %d %s)", ans.Status, code)
	default:
		return reply{}, c.Changed(ans, "HTTP %d %s for %d numbers", ans.Status, code, asked)
	}
}
