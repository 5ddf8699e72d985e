package command

import (
	"context"
	"strings"
	"time"

	"parcelwatch/internal/cli"
	"parcelwatch/parcel"
	"parcelwatch/store/sqlite"
)

type listCmd struct {
	All  bool `help:"${help_list_all}"`
	JSON bool `help:"${help_json}"`
}

// Run lists parcels, and orders that have none yet.
func (c *listCmd) Run(ctx context.Context, e *env) error {
	db, err := e.openStore(ctx)
	if err != nil {
		return err
	}
	defer shut(db)
	docs, err := listed(ctx, db.DB, c.All, e.now())
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
}

// listed is every parcel, then every order without one.
func listed(ctx context.Context, db *sqlite.DB, all bool, now time.Time) ([]cli.ListDoc, error) {
	parcels, err := db.Parcels(ctx, all)
	if err != nil {
		return nil, err
	}
	orders, err := db.Orders(ctx, all)
	if err != nil {
		return nil, err
	}
	docs := make([]cli.ListDoc, 0, len(parcels)+len(orders))
	for _, p := range parcels {
		docs = append(docs, cli.ListParcel(p, now))
	}
	known, err := carried(ctx, db, parcels, all)
	if err != nil {
		return nil, err
	}
	for _, o := range orders {
		if !known[o.ID] {
			docs = append(docs, cli.ListOrder(o))
		}
	}
	return docs, nil
}

// carried is which orders have a parcel, final ones included: an order whose
// parcel has arrived waits for nothing.
func carried(ctx context.Context, db *sqlite.DB, parcels []parcel.Parcel, all bool) (map[string]bool, error) {
	if !all {
		var err error
		if parcels, err = db.Parcels(ctx, true); err != nil {
			return nil, err
		}
	}
	known := map[string]bool{}
	for _, p := range parcels {
		for _, o := range p.Orders {
			known[o] = true
		}
	}
	return known, nil
}

func listRow(e *env, d cli.ListDoc) []string {
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
	return []string{name, status, news, cli.Clean(d.Title, 90)}
}
