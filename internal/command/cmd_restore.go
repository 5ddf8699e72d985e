package command

import (
	"context"

	"parcelwatch/store/driver"
)

type restoreCmd struct {
	File string `arg:""`
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
