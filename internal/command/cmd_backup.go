package command

import (
	"context"
)

type backupCmd struct {
	File string `arg:""`
}

// Run writes a consistent copy of the store, even while the daemon runs.
func (c *backupCmd) Run(ctx context.Context, e *env) error {
	db, err := e.openStore(ctx)
	if err != nil {
		return err
	}
	defer shut(db)
	if err := db.Backup(ctx, c.File); err != nil {
		return err
	}
	e.print(e.say.T("backup_done", "Path", c.File))
	return nil
}
