package command

import (
	"context"
	"strings"

	"parcelwatch/config"
	"parcelwatch/internal/cli"
	"parcelwatch/internal/status"
	"parcelwatch/internal/textx"
	"parcelwatch/parcel"
	"parcelwatch/store"
)

// The commands that print what is in the store.
type (
	listCmd struct {
		All  bool `help:"${help_list_all}"`
		JSON bool `help:"${help_json}"`
	}
	showCmd struct {
		Number string `arg:""`
		JSON   bool   `help:"${help_json}"`
	}
)

// Run prints a parcel and its timeline.
func (c *showCmd) Run(ctx context.Context, e *env) error {
	n, err := e.number(c.Number)
	if err != nil {
		return err
	}
	return e.stored(ctx, func(_ *config.Config, db store.Store) error {
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
	})
}

// Run lists parcels and orders without a parcel.
func (c *listCmd) Run(ctx context.Context, e *env) error {
	return e.stored(ctx, func(_ *config.Config, db store.Store) error {
		docs, err := status.List(ctx, db, c.All, e.now())
		if err != nil {
			return err
		}
		if c.JSON {
			return cli.WriteJSON(e.out, docs)
		}
		if len(docs) == 0 {
			e.print(e.say.T("list_empty"))
			return nil
		}
		t := cli.NewTable(64)
		for _, d := range docs {
			t.Row(listRow(e, d)...)
		}
		return t.Write(e.out)
	})
}

func listRow(e *env, d status.Row) []string {
	name, status := string(d.Number), e.say.Standing(d.Status, d.LastEvent != nil)
	if d.Number == "" {
		name = e.say.T("list_order", "Order", strings.Join(d.Orders, ", "))
		status = e.say.T("list_waiting")
		switch d.Step {
		case parcel.StepConfirmed, parcel.StepReadyToShip:
		default:
			status = e.say.T("list_unnumbered")
		}
	}
	if d.Done {
		status += " (" + e.say.T("list_done") + ")"
	}
	if d.Muted {
		status += " (" + e.say.T("list_muted") + ")"
	}
	news := ""
	if d.LastEvent != nil {
		news = e.say.Ago(e.now().Sub(*d.LastEvent))
	}
	return []string{name, status, news, textx.Line(d.Title, 90)}
}
