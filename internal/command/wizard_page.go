package command

import (
	"context"
	"errors"
	"os"
	"strings"

	"parcelwatch/config"
	"parcelwatch/internal/app"
	"parcelwatch/internal/setup"
)

// page asks from where the page in the browser may be opened. What is configured stays
// unless a flag says otherwise.
func (w *wizard) page(ctx context.Context) error {
	if w.c.Page == "" && w.cfg.Web.Listen != "" {
		return nil
	}
	choices := []setup.Page{setup.PageHere, setup.PageNetwork, setup.PageNo}
	usual := "1"
	if !w.first {
		usual = "3"
	}
	if w.c.Page == "" && !w.c.Yes {
		w.tell(w.say.T("setup_page_intro"))
		for i, id := range []string{"setup_page_here", "setup_page_network", "setup_page_no"} {
			w.entry(string(rune('1'+i)), 1, w.say.T(id))
		}
	}
	err := w.again(ctx, query{"--page", string(w.c.Page), usual, "setup_page"}, func(s string) error {
		for i, one := range choices {
			if s == string(one) || s == string(rune('1'+i)) {
				w.plan.Page = one
				return nil
			}
		}
		return failed(w.say.T("setup_page_wrong"))
	})
	if err != nil || w.plan.Page != setup.PageNetwork {
		return err
	}
	if err := w.pagePassword(ctx); err != nil {
		return err
	}
	w.plan.PageHosts = setup.HostNames()
	w.say1(w.say.T("setup_page_plain"))
	return nil
}

// pagePassword asks for the password of the page, twice, and keeps its hash.
func (w *wizard) pagePassword(ctx context.Context) (err error) {
	if w.c.PagePassword != "" {
		raw, err := os.ReadFile(w.c.PagePassword)
		if err == nil {
			w.pageHash, err = setup.Hash(strings.TrimRight(string(raw), "\r\n"))
		}
		if err != nil {
			return usage("--page-password-file: " + w.wrongPassword(err))
		}
		return nil
	}
	if !w.cfg.Web.Password.IsZero() {
		return nil
	}
	if w.c.Yes {
		return usage(w.say.T("setup_missing", "Flag", "--page-password-file"))
	}
	for {
		password, err := w.ask.Secret(ctx, w.say.T("setup_page_password"))
		if err != nil {
			return err
		}
		hash, err := setup.Hash(password)
		if err != nil {
			w.say1(w.wrongPassword(err))
			continue
		}
		again, err := w.ask.Secret(ctx, w.say.T("setup_page_repeat"))
		if err != nil {
			return err
		}
		if again == password {
			w.pageHash = hash
			return nil
		}
		w.say1(w.say.T("setup_page_differs"))
	}
}

func (w *wizard) wrongPassword(err error) string {
	switch {
	case errors.Is(err, setup.ErrShort):
		return w.say.T("setup_page_short")
	case errors.Is(err, setup.ErrLong):
		return w.say.T("setup_page_long")
	}
	return w.words(err)
}

// tellPage says where the page is, and where Home Assistant is described.
func (w *wizard) tellPage(context.Context) error {
	cfg, err := w.config(config.NeedWeb)
	if err != nil {
		return err
	}
	if cfg.Web.Listen != "" {
		w.tell(w.say.T("setup_page_at", "Address", app.PageAddress(cfg.Web)+"/"))
	}
	if !cfg.MQTT.Enabled() {
		w.tell(w.say.T("setup_home_assistant", "Path", w.path))
	}
	return nil
}
