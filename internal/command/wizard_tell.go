package command

import (
	"context"
	"errors"
	"strings"

	"parcelwatch/config"
	"parcelwatch/internal/app"
	"parcelwatch/internal/netx"
	"parcelwatch/internal/setup"
	"parcelwatch/internal/textx"
	"parcelwatch/notify"
)

// outgoing finds the server that sends digests and logs in to it. Usually the mailbox's
// login works and nothing is asked.
func (w *wizard) outgoing(ctx context.Context) error {
	w.smtp = w.cfg.SMTP
	if fresh := w.password != "" || !w.logins.Empty(); fresh && strings.EqualFold(w.smtp.Username, w.box.Username) {
		w.smtp.Password, w.smtp.OAuth2 = w.box.Password, w.box.OAuth2
	}
	if w.smtp.Host == "" || w.c.SMTP != "" {
		if err := w.outServer(ctx); err != nil {
			return err
		}
	}
	var sender *notify.SMTP
	err := w.until(ctx, attempt{
		server:  func() string { return w.smtp.Host },
		prepare: func(context.Context) (err error) { sender, err = w.sender(); return err },
		check:   func(ctx context.Context) error { return sender.Check(ctx) },
		fault:   notify.Fault,
		repair:  w.repairOut,
	})
	if err == nil {
		w.say1(w.say.T("setup_smtp_good", "Server", w.smtp.Host))
	}
	return err
}

// outServer sets the outgoing server, with the mailbox's login.
func (w *wizard) outServer(ctx context.Context) error {
	if w.found.SMTP.IsZero() {
		if err := w.askServer(ctx, "setup_smtp", &w.found.SMTP); err != nil {
			return err
		}
	}
	w.smtp = config.SMTP{Server: w.box.Server, From: w.from}
	w.smtp.Username, w.smtp.Fingerprint = w.found.SMTPUsername, ""
	w.applyOut()
	return nil
}

func (w *wizard) applyOut() {
	w.smtp.Server.Server = w.found.SMTP
	w.trust(&w.smtp.Server)
}

// sender returns the outgoing server with the new settings.
func (w *wizard) sender() (*notify.SMTP, error) {
	cfg := *w.cfg
	cfg.SMTP = w.smtp
	s, err := app.SMTP(&cfg, w.vault(&cfg))
	if err == nil && w.smtp.OAuth2 != nil && !w.logins.Empty() {
		s.Token = app.NewTokens(w.smtp.Server, w.logins).SMTP()
	}
	return s, err
}

// repairOut reports the error and asks for a correction.
func (w *wizard) repairOut(ctx context.Context, err error) error {
	switch {
	case startsPlain(err) && w.smtp.TLS == netx.TLSImplicit:
		w.smtp.TLS = netx.TLSStart
		return nil
	case errors.Is(err, notify.ErrNoAuth):
		w.smtp.Username, w.smtp.Password, w.smtp.OAuth2 = "", config.Secret{}, nil
		return nil
	case errors.Is(err, notify.ErrLogin) && w.smtp.OAuth2 == nil:
		return w.loginOut(ctx, err)
	}
	pin, err := w.certificate(ctx, err, w.smtp.Host, w.smtp.CA, notify.Fault(err))
	if pin != "" || err != nil {
		w.smtp.Fingerprint = pin
		return err
	}
	w.found.SMTP = w.smtp.Server.Server
	if err := w.askServer(ctx, "setup_smtp", &w.found.SMTP); err != nil {
		return err
	}
	w.applyOut()
	return nil
}

// loginOut asks for a separate login for the outgoing server.
func (w *wizard) loginOut(ctx context.Context, err error) error {
	w.say1(w.say.T("setup_smtp_refused", "Reason", w.say.Text(notify.Fault(err))))
	name, err := w.line(ctx, query{"--username", "", w.smtp.Username, "setup_smtp_username"})
	if err != nil {
		return err
	}
	password, err := w.ask.Secret(ctx, w.say.T("setup_password", "Username", textx.Line(name, 100)))
	if err != nil {
		return err
	}
	w.smtp.Username, w.smtp.Password, w.smtpPassword = name, config.Plain(password), password
	return nil
}

// recipients asks for the recipients and times of digests.
func (w *wizard) recipients(ctx context.Context) error {
	to, at := w.from, "08:00"
	if len(w.cfg.Digests) > 0 {
		d := w.cfg.Digests[0]
		if len(d.To) > 0 {
			to = strings.Join(d.To, ", ")
		}
		if d.Cron != "" {
			at = w.say.T("setup_word_keep")
		} else if len(d.At) > 0 {
			at = clocks(d.At)
		}
	}
	err := w.again(ctx, query{"--to", strings.Join(w.c.To, ", "), to, "setup_to"}, func(s string) error {
		w.plan.To = setup.List(s)
		for i, one := range w.plan.To {
			address, _, err := setup.ParseAddress(one)
			if err != nil {
				return err
			}
			w.plan.To[i] = address
		}
		return nil
	})
	if err != nil {
		return err
	}
	keep := at
	err = w.again(ctx, query{"--at", strings.Join(w.c.At, ", "), at, "setup_at"}, func(s string) error {
		w.plan.At = nil
		if s == keep && len(w.cfg.Digests) > 0 && w.cfg.Digests[0].Cron != "" {
			return nil
		}
		var ok bool
		if w.plan.At, ok = setup.Times(s); !ok {
			return failed(w.say.T("setup_at_wrong"))
		}
		return nil
	})
	if err == nil {
		w.tellQuiet()
	}
	return err
}

// tellQuiet says in which hours urgent mail waits.
func (w *wizard) tellQuiet() {
	quiet := config.DefaultQuiet()
	if len(w.cfg.Digests) > 0 {
		quiet = w.cfg.Digests[0].Quiet
	}
	if quiet.From != quiet.To {
		w.say1(w.say.T("setup_quiet", "From", quiet.From.String(), "To", quiet.To.String()))
	}
}

func clocks(at []config.Clock) string {
	var out []string
	for _, c := range at {
		out = append(out, c.String())
	}
	return strings.Join(out, ", ")
}

// sample sends a digest of invented parcels to show that mail arrives.
func (w *wizard) sample(ctx context.Context) error {
	if w.c.NoSample {
		return nil
	}
	cfg, err := w.config(config.AllSections()...)
	if err != nil {
		return err
	}
	telling, err := app.Notifications(cfg)
	if err != nil {
		return err
	}
	smtp, err := app.SMTP(cfg, w.vault(cfg))
	if err != nil {
		return err
	}
	w.progress.Show(w.say.T("setup_sample"))
	if err := sendSample(ctx, w.env, telling, smtp); err != nil {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if w.c.Yes {
			return err
		}
		w.say1(w.say.T("setup_sample_failed"))
		return nil
	}
	w.say1(w.say.T("setup_sample_sent"))
	return nil
}
