package app

import (
	"context"

	"parcelwatch/internal/status"
	"parcelwatch/internal/web"
	"parcelwatch/tracker"
)

// newPage returns the server of the page in the browser, or nil if none is configured.
// broken says why the secrets of carriers cannot be read.
func (l *life) newPage(broken map[string]error) (*web.Server, error) {
	if l.cfg.Web.Listen == "" {
		return nil, nil //nolint:nilnil // there is none
	}
	return web.New(web.Options{
		Config: l.cfg.Web, Settings: l.cfg, Language: l.cfg.Language, Store: l.Store, Tracker: l.tracker, Log: l.Log, Now: l.Now,
		Gaps: tracker.Gaps(l.Store.Journeys),
		Status: func(ctx context.Context) (status.Status, error) {
			return status.Source{Store: l.Store, Config: l.cfg, Carriers: l.set, Broken: broken, Now: l.Now()}.Status(ctx)
		},
	})
}
