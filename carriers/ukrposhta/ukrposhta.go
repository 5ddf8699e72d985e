// Package ukrposhta asks Ukrposhta's status tracking, documented at
// https://dev.ukrposhta.ua. Site: https://www.ukrposhta.ua. It takes a bearer
// token that the post gives only to customers with a contract; without one there
// is the tracking page, which is behind a captcha. No limit is published. A call
// takes 50 numbers, and unknown ones are listed separately. Times are wall clocks
// of Kyiv without a zone.
package ukrposhta

import (
	"bytes"
	"context"
	"net/http"
	"regexp"
	"time"

	"parcelwatch/carriers"
	"parcelwatch/carriers/internal/adapter"
	"parcelwatch/parcel/number"
)

// Info returns the facts of Ukrposhta.
func Info() carriers.Info {
	return carriers.Info{
		Name:      "ukrposhta",
		Title:     "Ukrposhta",
		Site:      "https://www.ukrposhta.ua",
		Role:      carriers.RoleDestination,
		Countries: []string{home},
		Country:   home,
		Language:  "uk",
		Covers:    "Ukraine",
		Key:       "with a business contract only; the digest links otherwise",
		BaseURL:   "https://www.ukrposhta.ua",
		Interval:  3 * time.Second,
		PerNumber: 2 * time.Hour,
		Batch:     50,
		Settings: []carriers.Setting{
			{Name: "token", Secret: true, Required: true, Help: "production bearer of StatusTracking, not the one of eCom"},
		},
	}
}

// New returns the carrier.
func New(cfg carriers.Config) (carriers.Carrier, error) {
	return adapter.New(Info(), cfg, adapter.Spec{Zone: "Europe/Kyiv"}, func(b adapter.Base) carriers.Carrier { return &carrier{b} })
}

type carrier struct{ adapter.Base }

// Match claims the S10 numbers of Ukraine, and 13 digits that begin as all known
// ones do. 12 digits may lack the zero before them. Items of other posts may be on
// their way to Ukraine, except letters with a customs barcode (U?) and most with
// L?.
func (*carrier) Match(n number.Number) carriers.Match {
	country := n.Country()
	switch {
	case country == home, adapter.Is(n, number.FamilyUkrposhta) && n[:2] == "05":
		return carriers.Yes
	case country != "" && (n[0] == 'U' || n[0] == 'L' && country != "CN"):
		return carriers.No
	default:
		return adapter.If(country != "" || adapter.Is(whole(n), number.FamilyUkrposhta), carriers.Maybe)
	}
}

// whole adds the leading zero that 12 digits lack.
func whole(n number.Number) number.Number {
	if len(n) == 12 && n[0] == '5' {
		return "0" + n
	}
	return n
}

// Track asks for all numbers in one call, and alone for each whose check digit is
// wrong, since one refused number may fail the others.
func (c *carrier) Track(ctx context.Context, numbers []number.Number) ([]carriers.Result, error) {
	var sound []number.Number
	for _, n := range numbers {
		if n = whole(n); n.Check() != number.CheckWrong {
			sound = append(sound, n)
		}
	}
	var answer reply
	if len(sound) > 0 {
		var err error
		if answer, err = c.ask(ctx, sound); err != nil {
			return nil, err
		}
	}
	return adapter.Each(ctx, numbers, func(ctx context.Context, n number.Number) (carriers.Result, error) {
		if n = whole(n); n.Check() != number.CheckWrong {
			return c.read(answer, n)
		}
		alone, err := c.ask(ctx, []number.Number{n})
		if err != nil {
			return carriers.Result{}, err
		}
		return c.read(alone, n)
	})
}

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
		return reply{}, c.Fail(carriers.ErrCredential, "service says %s: the token", code)
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
