package command

import (
	"context"
	"encoding/csv"
	"fmt"
	"strconv"
	"strings"

	"parcelwatch/internal/cli"
	"parcelwatch/parcel"
)

type exportCmd struct {
	CSV bool `help:"${help_export_csv}"`
}

// exportDoc is everything the person might want to keep.
type exportDoc struct {
	Schema  int            `json:"schema"`
	Parcels []cli.TrackDoc `json:"parcels"`
	Orders  []parcel.Order `json:"orders"`
}

// Run writes all parcels and orders.
func (c *exportCmd) Run(ctx context.Context, e *env) error {
	db, err := e.openStore(ctx)
	if err != nil {
		return err
	}
	defer shut(db)
	parcels, err := db.Parcels(ctx, true)
	if err != nil {
		return err
	}
	orders, err := db.Orders(ctx, true)
	if err != nil {
		return err
	}
	if c.CSV {
		return exportCSV(e, parcels, orders)
	}
	doc := exportDoc{Schema: cli.Schema, Parcels: []cli.TrackDoc{}, Orders: append([]parcel.Order{}, orders...)}
	for _, p := range parcels {
		doc.Parcels = append(doc.Parcels, cli.Document(p, "", answers(p), e.now()))
	}
	return cli.WriteJSON(e.out, doc)
}

// exportCSV is one row a parcel, and one an order that has none.
func exportCSV(e *env, parcels []parcel.Parcel, orders []parcel.Order) error {
	w := csv.NewWriter(e.out)
	rows := [][]string{{"number", "numbers", "orders", "title", "status", "phase", "origin", "destination", "days", "eta", "last_event"}}
	known := map[string]bool{}
	for _, p := range parcels {
		rows = append(rows, csvRow(cli.ListParcel(p, e.now())))
		for _, o := range p.Orders {
			known[o] = true
		}
	}
	for _, o := range orders {
		if !known[o.ID] {
			rows = append(rows, csvRow(cli.ListOrder(o)))
		}
	}
	if err := w.WriteAll(rows); err != nil {
		return fmt.Errorf("write CSV: %w", err)
	}
	return nil
}

func csvRow(d cli.ListDoc) []string {
	numbers := make([]string, 0, len(d.Numbers))
	for _, n := range d.Numbers {
		numbers = append(numbers, string(n))
	}
	eta, last := "", ""
	if d.ETA != nil {
		eta = string(*d.ETA)
	}
	if d.LastEvent != nil {
		last = d.LastEvent.UTC().Format("2006-01-02T15:04:05Z")
	}
	return []string{
		string(d.Number), strings.Join(numbers, " "), strings.Join(d.Orders, " "), cell(d.Title), string(d.Status), string(d.Phase),
		d.Origin, d.Destination, strconv.Itoa(d.Days), eta, last,
	}
}

// cell keeps a text from outside from being a formula to a spreadsheet.
func cell(s string) string {
	s = cli.Clean(s, 200)
	if s != "" && strings.ContainsRune("=+-@", rune(s[0])) {
		return "'" + s
	}
	return s
}
