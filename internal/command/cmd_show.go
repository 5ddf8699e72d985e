package command

import (
	"context"

	"parcelwatch/internal/cli"
	"parcelwatch/parcel"
)

type showCmd struct {
	Number string `arg:""`
	JSON   bool   `help:"${help_json}"`
}

// Run shows a parcel and its timeline as they are remembered.
func (c *showCmd) Run(ctx context.Context, e *env) error {
	n, err := e.number(c.Number)
	if err != nil {
		return err
	}
	db, err := e.openStore(ctx)
	if err != nil {
		return err
	}
	defer shut(db)
	p, err := db.ParcelByNumber(ctx, n)
	if err != nil {
		return e.known(err, n)
	}
	doc := cli.Document(p, n, answers(p), e.now())
	if c.JSON {
		return cli.WriteJSON(e.out, doc)
	}
	if doc.Title == "" {
		doc.Title = cli.Title(p.Title, p.Items)
	}
	return cli.WriteParcel(e.out, e.say, doc, since(p), e.now())
}

// answers is how asking went the last time, by what the parcel remembers.
func answers(p parcel.Parcel) []cli.AskedDoc {
	var out []cli.AskedDoc
	for _, s := range p.Sources {
		if s.Carrier == parcel.SourceMail || s.Result == "" {
			continue
		}
		out = append(out, cli.AskedDoc{Carrier: s.Carrier, Number: s.Number, Result: s.Result, Error: s.Error})
	}
	return out
}
