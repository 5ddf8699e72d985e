// Package laposte asks La Poste's Suivi v2, which covers letters, Colissimo and
// Chronopost. Site: https://www.laposte.fr. It takes a key that
// https://developer.laposte.fr gives free of charge, since recently on request;
// the protocol is documented there. Ten numbers a call and ten calls a second are
// allowed. Keys of the sandbox know sample numbers only.
package laposte

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"time"

	"parcelwatch/carriers"
	"parcelwatch/carriers/internal/adapter"
	"parcelwatch/parcel/number"
)

// Info returns the facts of La Poste.
func Info() carriers.Info {
	return carriers.Info{
		Name:      "laposte",
		Title:     "La Poste",
		Site:      "https://www.laposte.fr",
		Role:      carriers.RoleDestination,
		Countries: []string{home, "MC", "GP", "MQ", "GF", "RE", "YT"},
		Country:   home,
		Language:  "en",
		Covers:    "France",
		Key:       "free",
		BaseURL:   "https://api.laposte.fr",
		Interval:  2 * time.Second,
		PerNumber: 2 * time.Hour,
		Batch:     10,
		Settings: []carriers.Setting{
			{Name: "key", Secret: true, Required: true, Help: "Okapi key of the API Suivi v2, for production"},
		},
		Canary: "LL123456789CN",
	}
}

// New returns the carrier.
func New(cfg carriers.Config) (carriers.Carrier, error) {
	return adapter.New(Info(), cfg, adapter.Spec{NewestFirst: true, Personal: []string{
		"name", "companyName", "firstName", "lastName", "adr1", "adr2", "adr3", "adr4", "phone",
		"phoneNumber", "email",
	}}, func(b adapter.Base) carriers.Carrier { return &carrier{b} })
}

type carrier struct{ adapter.Base }

// Match claims the numbers of France. Items of other posts may be on their way
// there, and domestic parcels have a form of their own.
func (*carrier) Match(n number.Number) carriers.Match {
	if n.Country() == home {
		return carriers.Yes
	}
	return adapter.If(n.S10() || colissimo.MatchString(string(n)), carriers.Maybe)
}

// Track asks for all numbers in one call.
func (c *carrier) Track(ctx context.Context, numbers []number.Number) ([]carriers.Result, error) {
	answer, err := c.ask(ctx, numbers)
	if err != nil {
		return nil, err
	}
	return adapter.All(numbers, func(n number.Number) (carriers.Result, error) {
		return c.read(answer, n, len(numbers) == 1)
	}), nil
}

// reply is the answer to one call.
type reply struct {
	adapter.Answer
	items []item
}

// ask makes the call. One number is answered by the HTTP status, several by 207
// and a code for each. A problem with one of several numbers may also fail the
// whole call.
func (c *carrier) ask(ctx context.Context, numbers []number.Number) (reply, error) {
	var items adapter.Many[item]
	ans, err := c.Fetch(ctx, adapter.Request{
		Path:   "/suivi/v2/idships/" + strings.ReplaceAll(url.PathEscape(adapter.List(numbers)), "%2C", ","),
		Query:  url.Values{"lang": {"en_GB"}},
		Header: http.Header{"X-Okapi-Key": {c.Setting("key")}},
		Own:    []int{http.StatusBadRequest, http.StatusNotFound},
	}, &items)
	if err != nil {
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
		return c.Fail(carriers.ErrCredential, "service says %s", words)
	case "429":
		return c.Throttled(ans, "service says %s", words)
	case "500", "502", "503", "504":
		return c.Fail(carriers.ErrTemporary, "service says %s", words)
	default:
		return c.Changed(ans, "service says %s", words)
	}
}
