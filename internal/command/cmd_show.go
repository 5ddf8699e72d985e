package command

import (
	"context"

	"parcelwatch/internal/cli"
	"parcelwatch/internal/status"
)

type showCmd struct {
	Number string `arg:""`
	JSON   bool   `help:"${help_json}"`
}

// Run prints a parcel and its timeline from the store.
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
	doc := status.Document(p, n, status.Answers(p), e.now())
	if c.JSON {
		return cli.WriteJSON(e.out, doc)
	}
	if doc.Title == "" {
		doc.Title = status.Title(p.Title, p.Items)
	}
	return cli.WriteParcel(e.out, e.say, doc, since(p), e.now())
}
