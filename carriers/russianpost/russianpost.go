// Package russianpost asks Russian Post's single access (rtm34, SOAP 1.2). Site:
// https://www.pochta.ru. It takes the login and password that
// https://tracking.pochta.ru gives to anyone with an ordinary account, free of
// charge, for 100 requests a day; the protocol is documented there. A used-up
// limit comes as an authorization error and is told apart here. Every answer names
// sender and addressee, who are not read.
package russianpost

import (
	"context"
	"fmt"
	"net/http"
	"time"

	"parcelwatch/carriers"
	"parcelwatch/carriers/internal/adapter"
	"parcelwatch/internal/textx"
	"parcelwatch/parcel/number"
)

// Info returns the facts of Russian Post.
func Info() carriers.Info {
	return carriers.Info{
		Name:      "russianpost",
		Title:     "Russian Post",
		Site:      "https://www.pochta.ru",
		Role:      carriers.RoleDestination,
		Countries: []string{home},
		Country:   home,
		Language:  "ru",
		Standard:  true,
		Covers:    "Russia",
		Key:       "free for everybody",
		BaseURL:   "https://tracking.russianpost.ru",
		Interval:  2 * time.Second,
		PerNumber: 2 * time.Hour,
		Budget:    100,
		Day:       adapter.Fixed(3 * 3600), // Moscow; the portal does not say when the day turns
		Batch:     1,
		Settings: []carriers.Setting{
			{Name: "login", Required: true, Help: "login of the tracking portal's API, not of pochta.ru itself"},
			{Name: "password", Secret: true, Required: true, Help: "password of the tracking portal's API"},
		},
		Canary: "RA644000001RU",
	}
}

// New returns the carrier.
func New(cfg carriers.Config) (carriers.Carrier, error) {
	return adapter.New(Info(), cfg, adapter.Spec{Personal: []string{"Sndr", "Rcpn"}}, func(b adapter.Base) carriers.Carrier { return adapter.OneByOne(&carrier{b}) })
}

type carrier struct{ adapter.Base }

// Match claims the S10 numbers of Russia and the domestic 14 digits with a right
// check digit. Items of other posts may be on their way there.
func (*carrier) Match(n number.Number) carriers.Match {
	switch {
	case n.Country() == home, n.Family() == number.FamilyRussianPost && n.Check() == number.CheckOK:
		return carriers.Yes
	default:
		return adapter.If(adapter.Is(n, number.FamilyS10, number.FamilyYanwen, number.FamilyRussianPost), carriers.Maybe)
	}
}

// request is getOperationHistory for the item itself (MessageType 0). The
// authorization header is a part of the body, with an attribute of SOAP 1.1.
const request = `<?xml version="1.0" encoding="UTF-8"?>
<soap:Envelope xmlns:soap="http://www.w3.org/2003/05/soap-envelope" xmlns:oper="http://russianpost.org/operationhistory"` +
	` xmlns:data="http://russianpost.org/operationhistory/data" xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/">` +
	`<soap:Header/><soap:Body><oper:getOperationHistory>` +
	`<data:OperationHistoryRequest><data:Barcode>%s</data:Barcode><data:MessageType>0</data:MessageType>` +
	`<data:Language>RUS</data:Language></data:OperationHistoryRequest>` +
	`<data:AuthorizationHeader soapenv:mustUnderstand="1"><data:login>%s</data:login><data:password>%s</data:password>` +
	`</data:AuthorizationHeader></oper:getOperationHistory></soap:Body></soap:Envelope>`

// Ask makes the call. Faults come with HTTP 500.
func (c *carrier) Ask(ctx context.Context, n number.Number) (res carriers.Result, err error) {
	body := fmt.Sprintf(request, adapter.EscapeXML(string(n)), adapter.EscapeXML(c.Setting("login")), adapter.EscapeXML(c.Setting("password")))
	ans, err := c.Do(ctx, adapter.Request{
		Path: "/rtm34",
		Header: http.Header{
			"Content-Type": {"application/soap+xml;charset=UTF-8"}, "Accept": {"application/soap+xml, text/xml"},
		},
		Body: []byte(body),
		Own:  []int{http.StatusInternalServerError},
	})
	if err != nil {
		return res, err
	}
	var e envelope
	if err := c.XML(ans, &e); err != nil {
		if ans.Status == http.StatusInternalServerError {
			return res, c.Fail(carriers.ErrTemporary, "HTTP 500 without a fault")
		}
		return res, err
	}
	switch {
	case e.Fault != nil:
		return res, c.fault(ans, *e.Fault)
	case ans.Status == http.StatusInternalServerError:
		return res, c.Fail(carriers.ErrTemporary, "HTTP 500 without a fault")
	case e.History == nil:
		return res, c.Changed(ans, "no OperationHistoryData in the answer")
	case len(e.History.Records) == 0:
		return res, c.Fail(carriers.ErrNotFound, "empty history")
	}
	return c.read(ans, e.History.Records, n)
}

// fault reads a refusal. The words of an authorization fault may contain the
// login, so they are not passed on. A used-up limit comes as an authorization
// fault too and must not be taken for a wrong password.
func (c *carrier) fault(ans adapter.Answer, f fault) error {
	words := f.Reason + " " + f.Authorization + " " + f.History + " " + f.Language
	switch {
	case textx.Mentions(words, "лимит", "limit"):
		return c.Throttled(ans, "the day's limit of requests is used up")
	case f.Authorization != "", textx.Mentions(words, "авториз", "authoriz"):
		return c.Fail(carriers.ErrCredential, "login or password of the tracking API is wrong")
	case f.Language != "":
		return c.Changed(ans, "language refused: %s", f.Language)
	case f.History != "" && textx.Mentions(words, "формат данных", "format of the request"):
		return c.Fail(carriers.ErrNotFound, "the number is refused by its form")
	default:
		return c.Fail(carriers.ErrTemporary, "service says: %s %s", f.Reason, f.History)
	}
}
