// Package seventeentrack asks 17TRACK, which asks more than a thousand carriers in
// turn. Site: https://www.17track.net. It takes a key; the protocol (v2.4) is
// documented at https://api.17track.net/en/doc. A number is registered once, which
// uses one of a small quota, and is then read free of charge: 40 numbers a call, 3
// calls a second. The service asks the carriers every 6 to 12 hours, for the first
// time some minutes after a number was registered.
package seventeentrack

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	"parcelwatch/carriers"
	"parcelwatch/carriers/internal/adapter"
	"parcelwatch/parcel/number"
)

// Info returns the facts of 17TRACK.
func Info() carriers.Info {
	return carriers.Info{
		Name:      "seventeentrack",
		Title:     "17TRACK",
		Site:      "https://www.17track.net",
		Page:      "https://t.17track.net/en#nums=%s",
		Role:      carriers.RoleAggregator,
		Covers:    "whatever nobody else answers, Yanwen and YunExpress too",
		Key:       "a key, small free quota",
		BaseURL:   "https://api.17track.net",
		Interval:  time.Second,
		PerNumber: 3 * time.Hour,
		Batch:     40,
		Settings: []carriers.Setting{
			{Name: "key", Secret: true, Required: true, Help: "access key of the 17TRACK API"},
		},
		Canary: canary,
	}
}

// canary is never registered, so asking for it costs nothing.
const canary number.Number = "LP00000000000"

// New returns the carrier.
func New(cfg carriers.Config) (carriers.Carrier, error) {
	return adapter.New(Info(), cfg, adapter.Spec{NewestFirst: true, Personal: []string{
		"street", "postal_code", "shipper", "consignee", "phone_number", "phone_number_last_4",
		"email", "cpf_or_cnpj", "customer_number", "reference_number",
	}}, func(b adapter.Base) carriers.Carrier { return &carrier{b, cfg.Destination} })
}

type carrier struct {
	adapter.Base
	destination string // ISO country, or ""
}

// Match accepts every number, also of forms that are not known here. A number with
// a wrong check digit would waste a part of the quota.
func (*carrier) Match(n number.Number) carriers.Match {
	if n.Family() == number.FamilyUnknown {
		return adapter.If(plausible(string(n)), carriers.Maybe)
	}
	return adapter.If(n.Check() != number.CheckWrong, carriers.Maybe)
}

// plausible reports whether a text of unknown form can be a number.
func plausible(s string) bool {
	digits := 0
	for i := range len(s) {
		switch {
		case s[i] >= '0' && s[i] <= '9':
			digits++
		case s[i] < 'A' || s[i] > 'Z':
			return false
		}
	}
	return digits >= 6 && len(s) >= 8 && len(s) <= 40
}

// Track reads all numbers in one call, and registers the new ones.
func (c *carrier) Track(ctx context.Context, numbers []number.Number) ([]carriers.Result, error) {
	answer, err := c.call(ctx, "gettrackinfo", plain(numbers))
	if err != nil {
		return nil, err
	}
	results, unregistered := c.read(answer, numbers)
	if err := c.register(ctx, results, unregistered); errors.Is(err, context.Canceled) {
		return nil, err
	}
	if len(results) > 0 {
		results[0].Note = c.quota(ctx)
	}
	return results, nil
}

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
	var e envelope
	ans, err := c.Fetch(ctx, adapter.Request{
		Path: "/track/v2.4/" + name, Header: http.Header{"17token": {c.Setting("key")}}, JSON: orders,
	}, &e)
	if err != nil {
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
			orders = append(orders, order{Number: string(n), Carrier: operator(n, c.destination)})
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
