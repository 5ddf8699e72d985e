package command

import (
	"context"
	"encoding/csv"
	"fmt"
	"strconv"
	"strings"

	"parcelwatch/config"
	"parcelwatch/internal/cli"
	"parcelwatch/internal/status"
	"parcelwatch/internal/textx"
	"parcelwatch/store"
	"parcelwatch/store/driver"
)

// The commands for the store as a whole.
type (
	backupCmd struct {
		File string `arg:""`
	}
	restoreCmd struct {
		File string `arg:""`
	}
	exportCmd struct {
		CSV bool `help:"${help_export_csv}"`
	}
)

// Run writes a consistent copy of the store, even while the daemon runs.
func (c *backupCmd) Run(ctx context.Context, e *env) error {
	return e.stored(ctx, func(_ *config.Config, db store.Store) error {
		if err := db.Backup(ctx, c.File); err != nil {
			return err
		}
		e.print(e.say.T("backup_done", "Path", c.File))
		return nil
	})
}

// Run replaces the store with a backup.
func (c *restoreCmd) Run(ctx context.Context, e *env) error {
	cfg, err := e.config()
	if err != nil {
		return err
	}
	if err := driver.At(cfg.Store.Path).Restore(ctx, c.File); err != nil {
		return err
	}
	e.print(e.say.T("restore_done", "Path", c.File, "Before", cfg.Store.Path+".before-restore"))
	return nil
}

// Run writes all parcels and orders.
func (c *exportCmd) Run(ctx context.Context, e *env) error {
	return e.stored(ctx, func(_ *config.Config, db store.Store) error {
		if c.CSV {
			return exportCSV(ctx, e, db)
		}
		doc, err := status.Everything(ctx, db, e.now())
		if err != nil {
			return err
		}
		return cli.WriteJSON(e.out, doc)
	})
}

// exportCSV writes one row for each parcel, and one for each order without a
// parcel.
func exportCSV(ctx context.Context, e *env, from status.Parcels) error {
	list, err := status.List(ctx, from, true, e.now())
	if err != nil {
		return err
	}
	rows := [][]string{{"number", "numbers", "orders", "title", "status", "phase", "origin", "destination", "days", "eta", "last_event"}}
	for _, r := range list {
		rows = append(rows, csvRow(r))
	}
	if err := csv.NewWriter(e.out).WriteAll(rows); err != nil {
		return fmt.Errorf("write CSV: %w", err)
	}
	return nil
}

func csvRow(d status.Row) []string {
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

// cell quotes a text that a spreadsheet would take for a formula.
func cell(s string) string {
	s = textx.Line(s, 200)
	if s != "" && strings.ContainsRune("=+-@", rune(s[0])) {
		return "'" + s
	}
	return s
}
