package seventeentrack

import (
	"context"
	"errors"
	"fmt"
	"net/http"

	"parcelwatch/carriers"
	"parcelwatch/carriers/internal/adapter"
	"parcelwatch/parcel/number"
)

// order is one number of a request, with the service's number of its carrier.
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

// reply is the answer to one call.
type reply struct {
	adapter.Answer
	data
}

// call makes one call. Failures of the service come with HTTP 200 and a code.
func (c *carrier) call(ctx context.Context, name string, orders []order) (reply, error) {
	ans, err := c.Do(ctx, adapter.Request{
		Path: "/track/v2.4/" + name, Header: http.Header{"17token": {c.Setting("key")}}, JSON: orders,
	})
	if err != nil {
		return reply{}, err
	}
	var e envelope
	if err := c.JSON(ans, &e); err != nil {
		return reply{}, err
	}
	switch {
	case e.Code == "":
		return reply{}, c.Changed(ans, "no code in the answer")
	case e.Data != nil && len(e.Data.Errors) > 0:
		return reply{}, c.refusal(ans, e.Data.Errors[0])
	case e.Code != "0":
		return reply{}, c.refusal(ans, failure{Code: e.Code})
	case e.Data == nil:
		return reply{}, c.Changed(ans, "no data in the answer")
	}
	return reply{ans, *e.Data}, nil
}

// register registers the results at the given indexes, which stay not found for
// some minutes. A failure of the call is the error of these results only.
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

// registered returns the error of one number that was registered.
func (c *carrier) registered(answer reply, n number.Number) error {
	for _, raw := range answer.Accepted {
		if e, _ := readEntry(raw); adapter.Same(n, e.Number) {
			return c.Fail(carriers.ErrNotFound, "registered now, the service answers after some minutes")
		}
	}
	for _, r := range answer.Rejected {
		switch {
		case !adapter.Same(n, r.Number):
		case r.Error.Code == alreadyRegistered:
			return c.Fail(carriers.ErrNotFound, "registered, no answer yet")
		default:
			return c.rejection(answer.Answer, r.Error)
		}
	}
	return c.Changed(answer.Answer, "nothing is said of the number that was registered")
}

// quota is the remaining quota in words, or "" if the service does not tell.
// Asking costs nothing.
func (c *carrier) quota(ctx context.Context) string {
	answer, err := c.call(ctx, "getquota", []order{})
	if err != nil || answer.Total == nil || answer.Remain == nil {
		return ""
	}
	return fmt.Sprintf("quota: %d of %d numbers left", *answer.Remain, *answer.Total)
}

// refusal returns the error of a call that failed.
func (c *carrier) refusal(ans adapter.Answer, f failure) error {
	if kind := f.kind(); errors.Is(kind, carriers.ErrThrottled) {
		return c.Throttled(ans, "service says %s", f)
	} else if kind != nil {
		return c.Fail(kind, "service says %s", f)
	}
	return c.Changed(ans, "service says %s", f)
}

// rejection returns the error of one rejected number.
func (c *carrier) rejection(ans adapter.Answer, f failure) error {
	if why := f.unknown(); why != "" {
		return c.Fail(carriers.ErrNotFound, "%s", why)
	}
	return c.refusal(ans, f)
}
