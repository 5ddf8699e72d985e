// Package hermes asks Hermes in Germany. Site: https://www.myhermes.de. It takes no
// key. The protocol is not published; it is known from the service's own page and
// public clients, and was not tried against the service. Not published are the list
// of codes, the limits, how long a number is known, and the fields of a parcel shop.
// The company in Britain, Evri, has nothing to do with it. The adapter makes few
// requests.
package hermes

import (
	"context"
	"net/http"
	"regexp"
	"time"

	"parcelwatch/carriers"
	"parcelwatch/carriers/internal/adapter"
	"parcelwatch/parcel/number"
)

// Info returns the facts of Hermes.
func Info() carriers.Info {
	return carriers.Info{
		Name:      "hermes",
		Title:     "Hermes",
		Site:      "https://www.myhermes.de",
		Page:      "https://www.myhermes.de/empfangen/sendungsverfolgung/sendungsinformation/#%s",
		Role:      carriers.RoleDestination,
		Countries: []string{home},
		Language:  "de",
		Covers:    "Germany",
		BaseURL:   "https://api.my-deliveries.de",
		Interval:  5 * time.Second,
		PerNumber: 2 * time.Hour,
		Batch:     1,
	}
}

// New returns the carrier.
func New(cfg carriers.Config) (carriers.Carrier, error) {
	return adapter.New(Info(), cfg, adapter.Spec{Zone: "Europe/Berlin", NewestFirst: true, Personal: []string{
		"companyName", "name", "firstName", "lastName", "street", "city", "zipCode", "recipientName",
	}}, func(b adapter.Base) carriers.Carrier { return adapter.OneByOne(&carrier{b}) })
}

type carrier struct{ adapter.Base }

// digits is the form that others use as well.
var digits = regexp.MustCompile(`^(\d{14}|\d{16})$`)

// Match claims H and 19 digits. 14 and 16 digits may be anybody's.
func (*carrier) Match(n number.Number) carriers.Match {
	if adapter.Is(n, number.FamilyHermes) {
		return carriers.Yes
	}
	other := n.Family() == number.FamilyNovaPoshta || n.Family() == number.FamilyRussianPost && n.Check() == number.CheckOK
	return adapter.If(digits.MatchString(string(n)) && !other, carriers.Maybe)
}

// Ask makes the call. An unknown number is HTTP 404, one of another form HTTP 400.
func (c *carrier) Ask(ctx context.Context, n number.Number) (res carriers.Result, err error) {
	ans, err := c.Do(ctx, adapter.Request{
		Path:   "/tnt/v2/shipments/search" + adapter.Path(string(n)),
		Header: http.Header{"X-Language": {"de"}, "User-Agent": {adapter.BrowserAgent}, "Referer": {"https://www.myhermes.de/"}},
		Own:    []int{http.StatusNotFound, http.StatusBadRequest},
	})
	if err != nil {
		return res, err
	}
	if err := c.Page(ans); err != nil {
		return res, err
	}
	switch ans.Status {
	case http.StatusNotFound:
		return res, c.Fail(carriers.ErrNotFound, "HTTP 404")
	case http.StatusBadRequest:
		return res, c.Fail(carriers.ErrNotFound, "the number is refused by its form")
	}
	var list *[]shipment
	if err := c.JSON(ans, &list); err != nil {
		return res, err
	}
	switch {
	case list == nil:
		return res, c.Changed(ans, "the answer is no list")
	case len(*list) == 0:
		return res, c.Fail(carriers.ErrNotFound, "empty list")
	}
	return c.read(ans, *list, n)
}
