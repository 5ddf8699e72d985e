package command

import (
	"context"

	"parcelwatch/config"
	"parcelwatch/internal/app"
	"parcelwatch/internal/cli"
	"parcelwatch/internal/status"
	"parcelwatch/parcel"
	"parcelwatch/store"
	"parcelwatch/store/driver"
)

type statusCmd struct {
	Quiet bool `short:"q" help:"${help_status_quiet}"`
	JSON  bool `help:"${help_json}"`
}

// Run prints what works and what does not, whether the daemon runs or not.
func (c *statusCmd) Run(ctx context.Context, e *env) error {
	cfg, err := e.config()
	if err != nil {
		return err
	}
	from, release, err := e.source(ctx, cfg)
	if err != nil {
		return err
	}
	defer release()
	doc, err := from.Status(ctx)
	if err != nil {
		return err
	}
	switch {
	case c.Quiet:
	case c.JSON:
		err = cli.WriteJSON(e.out, doc)
	default:
		err = writeStatus(ctx, e, cfg, doc)
	}
	if err != nil {
		return err
	}
	return verdictOf(e, c.Quiet, doc)
}

// verdictOf returns the error for health checks: the daemon does not run, or cannot read
// or send mail. A carrier without answers is not an error.
func verdictOf(e *env, quiet bool, d status.Status) error {
	text := ""
	switch {
	case !d.Running:
		text = e.say.T("err_not_running")
	case d.Outbox.Error != "":
		text = e.say.T("err_unhealthy")
	}
	for _, m := range d.Mailboxes {
		if d.Running && (m.State == parcel.MailboxBroken || m.State == parcel.MailboxRefused) {
			text = e.say.T("err_unhealthy")
		}
	}
	if text == "" {
		return nil
	}
	if quiet {
		text = ""
	}
	return failed(text)
}

// source returns the inputs of status and carriers. The caller must call release.
func (e *env) source(ctx context.Context, cfg *config.Config) (s status.Source, release func(), err error) {
	release = func() {}
	set, broken, err := app.Carriers(ctx, cfg)
	if err != nil {
		return s, release, err
	}
	s = status.Source{Config: cfg, Carriers: set, Broken: broken, Now: e.now()}
	if !driver.At(cfg.Store.Path).Exists(ctx) {
		return s, release, nil
	}
	db, err := driver.At(cfg.Store.Path).Open(ctx, store.Options{Now: e.now})
	if err != nil {
		return s, release, err
	}
	s.Store = db
	return s, func() { shut(db) }, nil
}
