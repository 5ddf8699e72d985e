// Package ems asks the public tracker of the EMS Cooperative, which the posts
// share for their express items (E? numbers): China EMS and all others. Site:
// https://www.ems.post. It takes no key. The answer is a part of a web page, known
// from public clients. Programs whose name does not look like a browser's are
// refused. No limits are published, so the adapter asks a few times a day. The
// tracker prints wall clocks without a zone and may lack domestic scans.
package ems

import (
	"bytes"
	"context"
	"net/http"
	"net/url"
	"time"

	"github.com/PuerkitoBio/goquery"

	"parcelwatch/carriers"
	"parcelwatch/carriers/internal/adapter"
	"parcelwatch/internal/textx"
	"parcelwatch/parcel/number"
)

// Info returns the facts of the service.
func Info() carriers.Info {
	return carriers.Info{
		Name:      "ems",
		Title:     "EMS (China EMS and others)",
		Called:    "EMS",
		Site:      "https://www.ems.post",
		Page:      "https://items.ems.post/api/publicTracking/track?language=EN&itemId=%s",
		Role:      carriers.RoleOrigin,
		Language:  "en",
		Standard:  true,
		Covers:    "`E?.........` of EMS posts",
		BaseURL:   "https://items.ems.post",
		Interval:  5 * time.Second,
		PerNumber: 4 * time.Hour,
		Batch:     1,
		Canary:    "EB000000005CN", // the answer for an unknown number is recorded
	}
}

// New returns the carrier.
func New(cfg carriers.Config) (carriers.Carrier, error) {
	return adapter.New(Info(), cfg, adapter.Spec{}, func(b adapter.Base) carriers.Carrier { return adapter.OneByOne(&carrier{b}) })
}

type carrier struct{ adapter.Base }

// Match claims express items with an S10 number. For those of China no other
// service can be asked.
func (*carrier) Match(n number.Number) carriers.Match {
	switch {
	case !n.S10() || n[0] != 'E':
		return carriers.No
	case n.Country() == "CN" && n.Check() == number.CheckOK:
		return carriers.Yes
	default:
		return carriers.Maybe
	}
}

// Ask makes the call. An unknown number, and one that is no express item, are
// HTTP 200 with a sentence.
func (c *carrier) Ask(ctx context.Context, n number.Number) (res carriers.Result, err error) {
	ans, err := c.Do(ctx, adapter.Request{
		Path:   "/api/publicTracking/track",
		Query:  url.Values{"language": {"EN"}, "itemId": {string(n)}},
		Header: http.Header{"User-Agent": {adapter.BrowserAgent}, "Accept": {"text/html"}},
	})
	if err != nil {
		return res, err
	}
	if err := c.Captcha(ans); err != nil {
		return res, err
	}
	page, err := goquery.NewDocumentFromReader(bytes.NewReader(ans.Body))
	if err != nil {
		return res, c.Changed(ans, "not the page that was expected: %v", err)
	}
	if refusal := adapter.Line(page.Find("ul.error").Text(), 200); refusal != "" {
		return res, c.refused(ans, refusal)
	}
	table, why := find(page, n)
	if table == nil {
		return res, c.Changed(ans, "%s", why)
	}
	rows := rows(table)
	switch empty := table.Find("td.no-results-found").Length() > 0; {
	case empty && len(rows) == 0:
		return res, c.Fail(carriers.ErrNotFound, "no results")
	case empty:
		return res, c.Changed(ans, "events, and that there are none")
	case len(rows) == 0:
		return res, c.Changed(ans, "the table is empty")
	case !bytes.Contains(bytes.ToLower(ans.Body), []byte("</tbody>")):
		return res, c.Changed(ans, "the table has no end")
	}
	return c.read(ans, rows, n)
}

// refused reads the sentence that refuses a number.
func (c *carrier) refused(ans adapter.Answer, words string) error {
	if textx.Mentions(words, "does not denote", "invalid", "not valid", "format", "check digit") {
		return c.Fail(carriers.ErrNotFound, "service says: %s", words)
	}
	return c.Changed(ans, "service says: %s", words)
}
