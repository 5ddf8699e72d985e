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
		Interval:  3 * time.Second, // one lookup is up to three calls
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
	base, err := adapter.New(Info(), cfg, adapter.Spec{NewestFirst: true, Personal: []string{
		"street", "postal_code", "shipper", "consignee", "phone_number", "phone_number_last_4",
		"email", "cpf_or_cnpj", "customer_number", "reference_number",
	}})
	if err != nil {
		return nil, err
	}
	return &carrier{base}, nil
}

type carrier struct{ adapter.Base }

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
