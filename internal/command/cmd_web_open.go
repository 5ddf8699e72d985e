package command

import (
	"context"

	"parcelwatch/config"
	"parcelwatch/internal/app"
	"parcelwatch/internal/web"
)

type webOpenCmd struct{}

// Run prints the address of the page. If the page has a password, the address signs one
// browser in.
func (webOpenCmd) Run(ctx context.Context, e *env) error {
	cfg, err := e.config(config.NeedWeb)
	if err != nil {
		return err
	}
	if cfg.Web.Listen == "" || e.name != "" && cfg.Web.Password.IsZero() && !cfg.Web.Local() {
		return failed(e.say.T("err_no_page"))
	}
	at := app.PageAddress(cfg.Web)
	if e.name != "" {
		at += "/household/" + e.name
	}
	if cfg.Web.Password.IsZero() {
		e.print(at + "/")
		return nil
	}
	db, err := e.store(ctx, cfg)
	if err != nil {
		return err
	}
	defer shut(db)
	token, err := web.NewLink(ctx, db, e.now())
	if err != nil {
		return err
	}
	e.print(at + "/open?token=" + token)
	e.note(e.say.T("web_link_note"))
	return nil
}
