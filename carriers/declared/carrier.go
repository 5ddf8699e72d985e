package declared

import (
	"context"
	"net/http"
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

	readTime time.Duration // to read one answer
}

// open makes the carrier of a program.
func open(p *program, cfg carriers.Config) (carriers.Carrier, error) {
	if len(p.exec) > 0 {
		return adapter.OneByOne(&command{p}), nil
	}
	return adapter.New(p.info, cfg, adapter.Spec{Codes: noCodes, Personal: p.personal}, func(b adapter.Base) carriers.Carrier {
		return adapter.OneByOne(&carrier{b, p, readTime})
	})
}

// Ask makes the call for one number.
func (c *carrier) Ask(ctx context.Context, n number.Number) (carriers.Result, error) {
	res, err := c.ask(ctx, n, nil)
	if err != nil {
		return carriers.Result{}, err
	}
	return *res, nil
}

func (c *carrier) ask(ctx context.Context, n number.Number, trace *Trace) (*carriers.Result, error) {
	ans := adapter.Answer{Status: http.StatusOK, Body: trace.given()}
	if ans.Body == nil {
		limited, cancel := context.WithTimeout(ctx, askTime)
		defer cancel()
		var err error
		if ans, err = c.Do(limited, c.request.make(n, c.Setting)); err != nil {
			return nil, err
		}
		trace.received(ans.Body, ans.Status)
	}
	return c.read(ctx, ans, n, trace)
}
