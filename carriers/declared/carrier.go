package declared

import (
	"context"
	"regexp"
	"time"

	"parcelwatch/carriers"
	"parcelwatch/carriers/internal/adapter"
	"parcelwatch/parcel/number"
)

// askTime is the longest that a question may take.
const askTime = 20 * time.Second

// itemForm is an international number in an answer.
var itemForm = regexp.MustCompile(`\b[A-Z]{2}\d{9}[A-Z]{2}\b`)

// noCodes is a code table without rows.
const noCodes = "code\tsub\tstatus\tside\tmeaning\n"

// carrier is a defined carrier.
type carrier struct {
	adapter.Base
	*program

	match func(number.Number) carriers.Match
}

// open makes the carrier of a program.
func open(p *program, match func(number.Number) carriers.Match, cfg carriers.Config) (carriers.Carrier, error) {
	if len(p.exec) > 0 {
		return &command{program: p, match: match}, nil
	}
	return adapter.New(p.info, cfg, adapter.Spec{Codes: noCodes, Personal: p.personal}, func(b adapter.Base) carriers.Carrier {
		return adapter.OneByOne(&carrier{b, p, match})
	})
}

// Info returns the facts of the carrier.
func (c *carrier) Info() carriers.Info { return c.Base.Info() }

// Match tells from the form of the number whether the carrier may know it.
func (c *carrier) Match(n number.Number) carriers.Match { return c.match(n) }

// Ask makes the call for one number.
func (c *carrier) Ask(ctx context.Context, n number.Number) (carriers.Result, error) {
	res, _, err := c.ask(ctx, n, nil)
	return res, err
}

func (c *carrier) ask(ctx context.Context, n number.Number, trace *Trace) (carriers.Result, adapter.Answer, error) {
	limited, cancel := context.WithTimeout(ctx, askTime)
	defer cancel()
	ans, err := c.Do(limited, c.request.make(n, c.Setting))
	if err != nil {
		return carriers.Result{}, ans, err
	}
	res, err := c.read(ctx, ans, n, trace)
	return res, ans, err
}
