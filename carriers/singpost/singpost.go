// Package singpost asks Singapore Post's tracking API for businesses (v1.0).
// Site: https://www.singpost.com. Its key comes with a business account and is
// not for private persons. Neither its document nor an answer of it could be
// seen: the form is known from three public clients alone, and of its codes only
// one has a known meaning. So whatever differs is reported as changed, and says
// why that may be; what an event means is read from its words.
package singpost

import (
	"context"
	_ "embed" // the code table
	"time"

	"parcelwatch/carriers"
	"parcelwatch/carriers/internal/adapter"
	"parcelwatch/parcel/number"
)

//go:embed codes.tsv
var codes string

// Info is what is known of Singapore Post.
func Info() carriers.Info {
	return carriers.Info{
		Name:      "singpost",
		Title:     "Singapore Post",
		Site:      "https://www.singpost.com",
		Page:      "https://www.singpost.com/track-items",
		Role:      carriers.RoleOrigin,
		Countries: []string{home},
		BaseURL:   "https://apim.singpost.com",
		Interval:  5 * time.Second,
		PerNumber: 4 * time.Hour,
		Batch:     10,
		Settings: []carriers.Setting{
			{Name: "key", Secret: true, Required: true, Help: "API key of the tracking API for businesses"},
		},
		CredentialHelp: "with a business account only, from its manager or SingPost's developer portal; without one upu and seventeentrack answer for ..SG numbers",
		Canary:         "RB328428764SG", // an example of the postal union's
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
	return &carrier{client: client, codes: table, key: cfg.Settings["key"]}, nil
}

type carrier struct {
	client *adapter.Client
	codes  adapter.Table
	key    string
}

// Info is [Info].
func (*carrier) Info() carriers.Info { return Info() }

// Match is sure of the numbers that Singapore Post gave. Whether it answers for
// others is not known.
func (*carrier) Match(n number.Number) carriers.Match {
	return adapter.If(n.Country() == home, carriers.Yes)
}

// Track asks for all numbers in one call.
func (c *carrier) Track(ctx context.Context, numbers []number.Number) ([]carriers.Result, error) {
	answer, err := c.ask(ctx, numbers)
	if err != nil {
		return nil, unclear(err)
	}
	results := make([]carriers.Result, 0, len(numbers))
	for _, n := range numbers {
		res := c.read(answer, n)
		res.Err = unclear(res.Err)
		results = append(results, res)
	}
	return results, nil
}
