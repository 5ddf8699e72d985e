package command

import (
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"parcelwatch/config"
	"parcelwatch/internal/cli"
	"parcelwatch/internal/status"
	"parcelwatch/internal/textx"
	"parcelwatch/store"
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
	cfg, err := e.config()
	if err != nil {
		return err
	}
	// The target is opened while still root: the owner of the store may not be allowed to write there.
	out, err := os.OpenFile(c.File, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return fmt.Errorf("back up the store: %w", err)
	}
	if err := c.into(ctx, e, cfg, out); err != nil {
		return errors.Join(err, out.Close(), os.Remove(c.File))
	}
	if err := out.Close(); err != nil {
		return fmt.Errorf("back up the store: %w", err)
	}
	e.print(e.say.T("backup_done", "Path", c.File))
	return nil
}

// into writes the copy beside the store first, because SQLite writes to names only.
func (c *backupCmd) into(ctx context.Context, e *env, cfg *config.Config, out *os.File) error {
	db, err := e.store(ctx, cfg)
	if err != nil {
		return err
	}
	defer shut(db)
	copied := fmt.Sprintf("%s.backup-%d", cfg.Store.Path, os.Getpid())
	if cfg.Store.URL != "" { // there may be no folder of a store
		dir, err := os.MkdirTemp("", "parcelwatch")
		if err != nil {
			return fmt.Errorf("back up the store: %w", err)
		}
		defer func() { _ = os.RemoveAll(dir) }()
		copied = filepath.Join(dir, "backup.db")
	}
	if err := db.Backup(ctx, copied); err != nil {
		return err
	}
	in, err := os.Open(copied) //nolint:gosec // made above
	if err != nil {
		return errors.Join(fmt.Errorf("back up the store: %w", err), os.Remove(copied))
	}
	_, err = io.Copy(out, in)
	if err = errors.Join(err, out.Sync(), in.Close(), os.Remove(copied)); err != nil {
		return fmt.Errorf("back up the store: %w", err)
	}
	return nil
}

// Run replaces the store with a backup.
func (c *restoreCmd) Run(ctx context.Context, e *env) error {
	cfg, err := e.config()
	if err != nil {
		return err
	}
	if cfg.Store.URL != "" {
		return failed(e.say.T("restore_database", "Path", c.File, "URL", cfg.Store.URL))
	}
	backup, release, err := c.reachable(cfg.Store.Path)
	if err != nil {
		return err
	}
	defer release()
	if err := storeAt(cfg).Restore(ctx, backup); err != nil {
		return err
	}
	e.print(e.say.T("restore_done", "Path", c.File, "Before", cfg.Store.Path+".before-restore"))
	return nil
}

// reachable continues as the owner of the store's folder and returns the backup, or a copy
// in that folder if the owner cannot read it. release removes the copy.
func (c *restoreCmd) reachable(store string) (backup string, release func(), err error) {
	in, err := os.Open(c.File)
	if err != nil {
		return "", nil, fmt.Errorf("restore: %w", err)
	}
	defer shut(in)
	other, err := continueAsOwner(store)
	if err != nil || !other {
		return c.File, func() {}, err
	}
	if f, err := os.Open(c.File); err == nil {
		return c.File, func() {}, f.Close()
	}
	backup = fmt.Sprintf("%s.restore-%d", store, os.Getpid())
	out, err := os.OpenFile(backup, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600) //nolint:gosec // beside the store
	if err != nil {
		return "", nil, fmt.Errorf("restore: %w", err)
	}
	_, err = io.Copy(out, in)
	if err = errors.Join(err, out.Close()); err != nil {
		return "", nil, errors.Join(fmt.Errorf("restore: %w", err), os.Remove(backup))
	}
	return backup, func() { _ = os.Remove(backup) }, nil
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
