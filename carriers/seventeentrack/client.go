package seventeentrack

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"

	"parcelwatch/carriers"
	"parcelwatch/carriers/internal/adapter"
	"parcelwatch/parcel/number"
)

// order is one number of a request. Carrier is the service's number of a carrier.
type order struct {
	Number  string `json:"number"`
	Carrier int    `json:"carrier,omitempty"`
}

func plain(numbers []number.Number) []order {
	orders := make([]order, 0, len(numbers))
	for _, n := range numbers {
		orders = append(orders, order{Number: string(n)})
	}
	return orders
}

// reply is one call's answer, kept for what may be found wrong in it later.
type reply struct {
	adapter.Answer
	data
}

// call makes one call. Its own failures come with HTTP 200 and a code.
func (c *carrier) call(ctx context.Context, name string, orders []order) (reply, error) {
	body, err := json.Marshal(orders)
	if err != nil {
		return reply{}, fmt.Errorf("write the request: %w", err)
	}
	ans, err := c.client.Do(ctx, adapter.Request{
		Method: http.MethodPost,
		Path:   "/track/v2.4/" + name,
		Header: http.Header{"17token": {c.key}, "Content-Type": {"application/json"}},
		Body:   body,
	})
	if err != nil {
		return reply{}, err
	}
	var e envelope
	if err := c.client.JSON(ans, &e); err != nil {
		return reply{}, err
	}
	switch {
	case e.Code == "":
		return reply{}, c.client.Changed(ans, "no code in the answer")
	case e.Data != nil && len(e.Data.Errors) > 0:
		return reply{}, c.refusal(ans, e.Data.Errors[0])
	case e.Code != "0":
		return reply{}, c.refusal(ans, failure{Code: e.Code})
	case e.Data == nil:
		return reply{}, c.client.Changed(ans, "no data in the answer")
	}
	return reply{ans, *e.Data}, nil
}

// register makes the service follow numbers that it was never told of, and says
// so in their results: that they are not found is true for some minutes more. A
// failure of the call is theirs alone, the others have their answer.
func (c *carrier) register(ctx context.Context, results []carriers.Result, at []int) error {
	var orders []order
	for _, i := range at {
		if n := results[i].Number; n != canary {
			orders = append(orders, order{Number: string(n), Carrier: operator(n)})
		}
	}
	if len(orders) == 0 {
		return nil
	}
	answer, err := c.call(ctx, "register", orders)
	for _, i := range at {
		switch {
		case results[i].Number == canary:
		case err != nil:
			results[i].Err = err
		default:
			results[i].Err = c.registered(answer, results[i].Number)
		}
	}
	return err
}

// registered is what registering means for one number.
func (c *carrier) registered(answer reply, n number.Number) error {
	for _, raw := range answer.Accepted {
		if e, _ := readEntry(raw); adapter.Same(n, string(e.Number)) {
			return c.client.Fail(carriers.ErrNotFound, "registered now, the service answers after some minutes")
		}
	}
	for _, r := range answer.Rejected {
		switch {
		case !adapter.Same(n, string(r.Number)):
		case r.Error.Code == alreadyRegistered:
			return c.client.Fail(carriers.ErrNotFound, "registered, no answer yet")
		default:
			return c.rejection(answer.Answer, r.Error)
		}
	}
	return c.client.Changed(answer.Answer, "nothing is said of the number that was registered")
}

// quota is what is left, in words; empty where the service does not tell now.
// To ask costs nothing, and a failure here is none of the numbers'.
func (c *carrier) quota(ctx context.Context) string {
	answer, err := c.call(ctx, "getquota", []order{})
	if err != nil || answer.Total == nil || answer.Remain == nil {
		return ""
	}
	return fmt.Sprintf("quota: %d of %d numbers left", *answer.Remain, *answer.Total)
}

// refusal sorts a failure of a whole call.
func (c *carrier) refusal(ans adapter.Answer, f failure) error {
	if kind := f.kind(); errors.Is(kind, carriers.ErrThrottled) {
		return c.client.Throttled(ans, "service says %s", f)
	} else if kind != nil {
		return c.client.Fail(kind, "service says %s", f)
	}
	return c.client.Changed(ans, "service says %s", f)
}

// rejection sorts what is said against one number.
func (c *carrier) rejection(ans adapter.Answer, f failure) error {
	if why := f.unknown(); why != "" {
		return c.client.Fail(carriers.ErrNotFound, "%s", why)
	}
	return c.refusal(ans, f)
}
