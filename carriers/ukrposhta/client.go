package ukrposhta

import (
	"bytes"
	"context"
	"encoding/json"
	"net/http"
	"regexp"

	"parcelwatch/carriers"
	"parcelwatch/carriers/internal/adapter"
	"parcelwatch/parcel/number"
)

// reply is one call's answer, kept for what may be found wrong in it later.
type reply struct {
	adapter.Answer
	envelope
}

// ask makes the one call there is.
func (c *carrier) ask(ctx context.Context, numbers []number.Number) (reply, error) {
	body, err := json.Marshal(numbers)
	if err != nil {
		return reply{}, c.client.Fail(carriers.ErrChanged, "request cannot be made: %v", err)
	}
	ans, err := c.client.Do(ctx, adapter.Request{
		Method: http.MethodPost,
		Path:   "/status-tracking/0.0.1/statuses/with-not-found",
		Header: http.Header{"Content-Type": {"application/json; charset=UTF-8"}, "Authorization": {"Bearer " + c.token}},
		Body:   body,
		Own:    []int{http.StatusBadRequest, http.StatusNotFound, http.StatusUnprocessableEntity},
	})
	if err != nil {
		return reply{}, err
	}
	if err := c.client.Page(ans); err != nil {
		return reply{}, err
	}
	if ans.Status >= http.StatusBadRequest {
		return c.refused(ans, len(numbers))
	}
	r := reply{Answer: ans}
	if bytes.HasPrefix(bytes.TrimSpace(ans.Body), []byte("[")) { // the form of the service's other methods
		err = c.client.JSON(ans, &r.Found)
	} else {
		err = c.client.JSON(ans, &r.envelope)
	}
	switch {
	case err != nil:
		return reply{}, err
	case len(r.Found) == 0 && r.NotFound == nil:
		return reply{}, c.client.Changed(ans, "neither found nor notFound in the answer")
	}
	return r, nil
}

// family is the code of an error: UPE01, 03 and 07 are of the number's form.
var family = regexp.MustCompile(`UPE\d{2}`)

// refused reads an error. Their bodies are documented by these codes only; where
// one is missing, the status decides. Of a batch it cannot be said which number
// is meant.
func (c *carrier) refused(ans adapter.Answer, asked int) (reply, error) {
	code := string(family.Find(ans.Body))
	switch {
	case code == "UPE05":
		return reply{}, c.client.Fail(carriers.ErrDenied, "service says %s: the token", code)
	case code == "UPE06", code == "UPE08":
		return reply{}, c.client.Fail(carriers.ErrTemporary, "service says %s: not available", code)
	case code == "UPE02", code == "" && ans.Status == http.StatusNotFound:
		return reply{Answer: ans, envelope: envelope{None: true}}, nil
	case code != "" && asked == 1, ans.Status != http.StatusNotFound && asked == 1:
		return reply{}, c.client.Fail(carriers.ErrNotFound, "the number is refused by its form (HTTP %d %s)", ans.Status, code)
	default:
		return reply{}, c.client.Changed(ans, "HTTP %d %s for %d numbers", ans.Status, code, asked)
	}
}
