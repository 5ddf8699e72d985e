package command

import (
	"context"
	"strconv"
	"strings"
	"time"

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
		Page int  `help:"${help_list_page}" placeholder:"N"`
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
		n, order, err := e.subject(ctx, db, n)
		if err != nil {
			return err
		}
		if order != nil {
			return e.showOrder(*order, c.JSON)
		}
		p, err := db.ParcelByNumber(ctx, n)
		if err != nil {
			return e.notFound(err, n)
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

// showOrder prints an order without a parcel.
func (e *env) showOrder(o parcel.Order, json bool) error {
	row := status.OrderRow(o, e.now())
	if json {
		return cli.WriteJSON(e.out, row)
	}
	t := cli.NewTable(90)
	t.Row(listRow(e, row)...)
	for _, it := range o.Items[min(1, len(o.Items)):] {
		t.Row("", "", "", "", textx.Line(it.Title, 90))
	}
	return t.Write(e.out)
}

// Run lists parcels and orders without a parcel.
func (c *listCmd) Run(ctx context.Context, e *env) error {
	return e.stored(ctx, func(_ *config.Config, db store.Store) error {
		docs, pages, err := c.rows(ctx, db, e.now())
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
		if err := t.Write(e.out); err != nil {
			return err
		}
		if page := max(c.Page, 1); page < pages {
			e.print("\n" + e.say.T("list_more", "Page", page, "Pages", pages, "Next", page+1))
		}
		return nil
	})
}

// rows returns the rows of the page, and how many pages there are. JSON has all rows
// unless a page is asked for.
func (c *listCmd) rows(ctx context.Context, db store.Store, now time.Time) (docs []status.Row, pages int, err error) {
	if c.Page < 0 {
		return nil, 0, usage("--page: " + strconv.Itoa(c.Page))
	}
	if c.JSON && c.Page == 0 {
		docs, err = status.List(ctx, db, c.All, now)
		return docs, 1, err
	}
	return status.Page(ctx, db, c.All, max(c.Page, 1), now)
}

func listRow(e *env, d status.Row) []string {
	name, status := string(d.Number), e.say.Standing(d.Status, d.Reported, d.LastEvent != nil)
	if d.Number == "" {
		name = e.say.T("list_order", "Order", strings.Join(d.Orders, ", "))
		status = orderWords(e, d)
	}
	if d.Done {
		status += " (" + e.say.T("list_done") + ")"
	}
	if d.Muted {
		status += " (" + e.say.T("list_muted") + ")"
	}
	since := ""
	if d.StatusSince != nil && (d.Number == "" || d.LastEvent != nil) {
		since = e.say.Ago(e.now().Sub(*d.StatusSince))
	}
	return []string{name, status, since, listPlace(e, d), textx.Line(d.Title, 90)}
}

// listPlace returns where a parcel is and until when it can be picked up.
func listPlace(e *env, d status.Row) string {
	place := textx.Line(d.Place, 40)
	if d.PickupUntil == nil {
		return place
	}
	until := e.say.T("list_until", "Day", e.say.ShortDate(d.PickupUntil.Time(time.UTC)))
	if place == "" {
		return until
	}
	return place + ", " + until
}

// orderWords returns the state of an order without a parcel in words.
func orderWords(e *env, d status.Row) string {
	switch d.State {
	case parcel.OrderWaiting:
		return e.say.T("list_waiting")
	case parcel.OrderUnnumbered:
		return e.say.T("list_unnumbered")
	default:
		return e.say.Step(d.Step)
	}
}
