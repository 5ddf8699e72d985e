// Package ukrposhta asks Ukrposhta's status tracking, documented at
// https://dev.ukrposhta.ua. Site: https://www.ukrposhta.ua. It takes a bearer
// token that the post gives to customers with a contract and to nobody else; who
// has none follows the link to its page, which stands behind a captcha. No limit
// is published. Fifty numbers go into one call, and those not known are listed
// apart. Times are those of Kyiv, without a zone.
package ukrposhta

import (
	"context"
	_ "embed" // the code table
	"fmt"
	"time"

	"parcelwatch/carriers"
	"parcelwatch/carriers/internal/adapter"
	"parcelwatch/parcel/number"
)

//go:embed codes.tsv
var codes string

// Info is what is known of Ukrposhta.
func Info() carriers.Info {
	return carriers.Info{
		Name:      "ukrposhta",
		Title:     "Ukrposhta",
		Site:      "https://www.ukrposhta.ua",
		Page:      "https://track.ukrposhta.ua/tracking_UA.html?barcode=%s",
		Role:      carriers.RoleDestination,
		Countries: []string{home},
		BaseURL:   "https://www.ukrposhta.ua",
		Interval:  3 * time.Second,
		PerNumber: 2 * time.Hour,
		Batch:     50,
		Settings: []carriers.Setting{
			{Name: "token", Secret: true, Required: true, Help: "production bearer of StatusTracking, not the one of eCom"},
		},
		CredentialHelp: "only with a business contract: the manager or api-support@ukrposhta.ua gives the StatusTracking bearer",
	}
}

// New makes the carrier.
func New(cfg carriers.Config) (carriers.Carrier, error) {
	client, err := adapter.New(Info(), cfg)
	if err != nil {
		return nil, err
	}
	table, err := adapter.ParseTable(codes)
	if err != nil {
		return nil, err
	}
	kyiv, err := time.LoadLocation("Europe/Kyiv")
	if err != nil {
		return nil, fmt.Errorf("ukrposhta: zone of Kyiv: %w", err)
	}
	return &carrier{client: client, codes: table, token: cfg.Settings["token"], kyiv: kyiv}, nil
}

type carrier struct {
	client *adapter.Client
	codes  adapter.Table
	token  string
	kyiv   *time.Location
}

// Info is [Info].
func (*carrier) Info() carriers.Info { return Info() }

// Match is sure of its own numbers: the postal union's ..UA, and 13 digits that
// begin as all seen ones do. It answers for other posts' items on the way to
// Ukraine too, though not for letters with customs barcode (U?) of any, nor for
// L? of most.
func (*carrier) Match(n number.Number) carriers.Match {
	country := n.Country()
	switch {
	case country == home, adapter.Is(n, number.FamilyUkrposhta) && n[:2] == "05":
		return carriers.Yes
	case country != "" && (n[0] == 'U' || n[0] == 'L' && country != "CN"):
		return carriers.No
	default:
		return adapter.If(country != "" || adapter.Is(n, number.FamilyUkrposhta), carriers.Maybe)
	}
}

// Track asks for all numbers in one call. Those with a wrong check digit are
// asked for alone, since one number refused may fail the others.
func (c *carrier) Track(ctx context.Context, numbers []number.Number) ([]carriers.Result, error) {
	var sound, odd []number.Number
	for _, n := range numbers {
		if n.Check() == number.CheckWrong {
			odd = append(odd, n)
		} else {
			sound = append(sound, n)
		}
	}
	known := make(map[number.Number]carriers.Result, len(numbers))
	if len(sound) > 0 {
		results, err := c.batch(ctx, sound)
		if err != nil {
			return nil, err
		}
		for _, r := range results {
			known[r.Number] = r
		}
	}
	alone, err := adapter.Each(ctx, odd, c.one)
	if err != nil {
		return nil, err
	}
	for _, r := range alone {
		known[r.Number] = r
	}
	results := make([]carriers.Result, 0, len(numbers))
	for _, n := range numbers {
		results = append(results, known[n])
	}
	return results, nil
}

func (c *carrier) one(ctx context.Context, n number.Number) (carriers.Result, error) {
	results, err := c.batch(ctx, []number.Number{n})
	if err != nil {
		return carriers.Result{}, err
	}
	return results[0], results[0].Err
}

func (c *carrier) batch(ctx context.Context, numbers []number.Number) ([]carriers.Result, error) {
	answer, err := c.ask(ctx, numbers)
	if err != nil {
		return nil, err
	}
	results := make([]carriers.Result, 0, len(numbers))
	for _, n := range numbers {
		results = append(results, c.read(answer, n))
	}
	return results, nil
}
