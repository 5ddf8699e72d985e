package app

import "parcelwatch/internal/web"

// newPage returns the server of the page in the browser, or nil if none is configured.
func (l *life) newPage() (*web.Server, error) {
	if l.cfg.Web.Listen == "" {
		return nil, nil //nolint:nilnil // there is none
	}
	return web.New(web.Options{Config: l.cfg.Web, Language: l.cfg.Language, Store: l.Store, Log: l.Log, Now: l.Now})
}
