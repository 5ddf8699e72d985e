package command

import (
	"context"
	"net"
	"net/netip"

	"parcelwatch/config"
	"parcelwatch/internal/web"
	"parcelwatch/store"
)

type webOpenCmd struct{}

// Run prints the address of the page. If the page has a password, the address signs one
// browser in.
func (webOpenCmd) Run(ctx context.Context, e *env) error {
	cfg, err := e.config(config.NeedWeb)
	if err != nil {
		return err
	}
	if cfg.Web.Listen == "" {
		return failed(e.say.T("err_no_page"))
	}
	at := pageAddress(cfg.Web)
	if cfg.Web.Password.IsZero() {
		e.print(at + "/")
		return nil
	}
	return e.stored(ctx, func(_ *config.Config, db store.Store) error {
		token, err := web.NewLink(ctx, db, e.now())
		if err != nil {
			return err
		}
		e.print(at + "/open?token=" + token)
		e.note(e.say.T("web_link_note"))
		return nil
	})
}

// pageAddress returns the address of the page without a slash at its end: under the first
// of its names, which are those of a proxy, else on this machine.
func pageAddress(w config.Web) string {
	scheme := "http://"
	if w.Certificate != "" || len(w.Proxies) > 0 && len(w.Hosts) > 0 {
		scheme = "https://"
	}
	host, port, _ := net.SplitHostPort(w.Listen)
	if ip, err := netip.ParseAddr(host); host == "" || err == nil && ip.IsUnspecified() {
		host = "localhost"
	}
	at := net.JoinHostPort(host, port)
	if len(w.Hosts) > 0 {
		if at = w.Hosts[0]; len(w.Proxies) == 0 {
			at = net.JoinHostPort(at, port)
		}
	}
	return scheme + at + w.Prefix
}
