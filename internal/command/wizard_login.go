package command

import (
	"cmp"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"regexp"
	"strings"

	"parcelwatch/config"
	"parcelwatch/internal/app"
	"parcelwatch/internal/message"
	"parcelwatch/internal/netx"
	"parcelwatch/internal/oauth"
	"parcelwatch/internal/provider"
	"parcelwatch/internal/setup"
	"parcelwatch/internal/textx"
	"parcelwatch/mailwatch"
	"parcelwatch/notify"
)

// loginTries is the maximum number of login attempts.
const loginTries = 5

// account returns the new mailbox settings with the login being tried.
func (w *wizard) account(box config.Mailbox) (mailwatch.Account, error) {
	account, err := app.Account(w.cfg, box, w.vault(w.cfg))
	if err != nil {
		return account, err
	}
	if box.OAuth2 != nil && !w.logins.Empty() {
		account.Auth = app.NewTokens(box.Server, w.logins).Mailbox(box.Name)
	}
	return account, nil
}

// attempt is a connection that is tried until it works.
type attempt struct {
	server  func() string                              // shown during the attempt
	prepare func(context.Context) error                // asks for what is missing
	check   func(context.Context) error                // connects and logs in
	fault   func(error) message.Text                   // explains an error of check
	repair  func(ctx context.Context, err error) error // asks for a correction
}

// until repeats the attempt until the check succeeds. With --yes, or after loginTries,
// it returns the error.
func (w *wizard) until(ctx context.Context, a attempt) error {
	for try := 1; ; try++ {
		if err := a.prepare(ctx); err != nil {
			return err
		}
		w.progress.Show(w.say.T("setup_trying", "Server", a.server()))
		err := a.check(ctx)
		w.progress.Clear()
		switch {
		case err == nil:
			return nil
		case ctx.Err() != nil:
			return ctx.Err()
		case w.c.Yes && !errors.Is(err, notify.ErrNoAuth) || try == loginTries: // that one is mended without a question
			return failed(w.say.Text(a.fault(err)))
		}
		if err := a.repair(ctx, err); err != nil {
			return err
		}
	}
}

// login obtains a credential for the mailbox and logs in with it.
func (w *wizard) login(ctx context.Context) error {
	w.peculiarity()
	w.stale = !w.kept || w.c.PasswordFile != "" || w.c.ClientID != ""
	var account mailwatch.Account
	err := w.until(ctx, attempt{
		server: func() string { return w.found.IMAP.String() },
		prepare: func(ctx context.Context) (err error) {
			w.apply()
			if err := w.credential(ctx); err != nil {
				return err
			}
			account, err = w.account(w.box)
			return err
		},
		check:  func(ctx context.Context) (err error) { w.report, err = mailwatch.Check(ctx, account); return err },
		fault:  func(err error) message.Text { return mailwatch.Fault(err, account) },
		repair: func(ctx context.Context, err error) error { return w.repair(ctx, err, account) },
	})
	if err == nil {
		w.say1(w.say.T("setup_login_good", "Server", w.found.IMAP.Host))
	}
	return err
}

// peculiarity prints the provider's requirements in one line.
func (w *wizard) peculiarity() {
	p := w.found.Provider
	if p.ID == "" || p.ID == "plain" || w.kept {
		return
	}
	w.say1(w.say.T("setup_provider_"+p.ID, "Page", p.Page))
}

// apply copies the servers found so far into the mailbox.
func (w *wizard) apply() {
	w.box.Server.Server, w.box.Username = w.found.IMAP, w.found.Username
	w.trust(&w.box.Server)
}

// trust makes a server's certificate trusted by what the flags say, instead of by what is
// configured.
func (w *wizard) trust(s *config.Server) {
	if w.c.CA != "" || w.c.Fingerprint != "" {
		s.CA, s.Fingerprint = w.c.CA, w.c.Fingerprint
	}
}

// credential asks for a password or token, unless there is one that was not refused.
func (w *wizard) credential(ctx context.Context) error {
	if !w.stale {
		return nil
	}
	w.stale = false
	p := w.found.Provider
	switch {
	case w.c.PasswordFile != "":
		password, err := w.fileSecret("--password-file", w.c.PasswordFile)
		w.c.PasswordFile = "" // a refused one is not tried again
		w.usePassword(password)
		return err
	case w.c.ClientID != "", w.box.OAuth2 != nil, p.OnlyOAuth && p.IMAP.Host == w.box.Host:
		return w.byToken(ctx)
	case w.c.Yes:
		return usage(w.say.T("setup_missing", "Flag", "--password-file"))
	}
	for {
		password, err := w.ask.Secret(ctx, w.say.T("setup_password", "Username", w.box.Username))
		if err != nil {
			return err
		}
		if password != "" {
			w.usePassword(password)
			return nil
		}
	}
}

// grouped matches an app password as shown by Google, without whose blanks it is valid.
var grouped = regexp.MustCompile(`^[a-z]{4} [a-z]{4} [a-z]{4} [a-z]{4}$`)

func (w *wizard) usePassword(password string) {
	if grouped.MatchString(password) {
		password = strings.ReplaceAll(password, " ", "")
	}
	w.password = password
	w.box.Password, w.box.OAuth2 = config.Plain(password), nil
}

// byToken logs in by OAuth2 with the user's own application.
func (w *wizard) byToken(ctx context.Context) error {
	if w.box.OAuth2 == nil || w.c.ClientID != "" {
		if err := w.application(ctx); err != nil {
			return err
		}
	}
	t := app.NewTokens(w.box.Server, w.logins)
	token, err := w.env.login(ctx, w.ask, t)
	if err != nil {
		return w.loginFailed(ctx, err)
	}
	return t.Keep(ctx, token)
}

// application asks for the client id.
func (w *wizard) application(ctx context.Context) error {
	name := cmp.Or(w.found.Provider.OAuth, provider.Microsoft)
	w.say1(w.say.T("setup_client_id_help"))
	id, err := w.line(ctx, query{"--client-id", w.c.ClientID, "", "setup_client_id"})
	if err != nil {
		return err
	}
	w.box.OAuth2 = &config.OAuth2{Provider: name, ClientID: id, Endpoint: w.c.Endpoint}
	w.box.Password = config.Secret{}
	if w.c.ClientSecret != "" {
		secret, err := w.fileSecret("--client-secret-file", w.c.ClientSecret)
		if err != nil {
			return err
		}
		w.box.OAuth2.ClientSecret = config.Plain(secret)
	}
	return nil
}

// repair reports the error and asks for a correction.
func (w *wizard) repair(ctx context.Context, err error, account mailwatch.Account) error {
	if refused, ok := errors.AsType[*mailwatch.RefusedError](err); ok {
		w.stale = true
		id := "setup_refused"
		if w.found.Provider.ID != "" && w.found.Provider.ID != "plain" && !w.kept {
			id = "setup_refused_hint"
		}
		w.say1(w.say.T(id, "Server", w.found.IMAP.Host, "Words", textx.Line(refused.Text, 200)))
		return nil
	}
	if startsPlain(err) && w.found.IMAP.TLS == netx.TLSImplicit {
		w.found.IMAP.TLS = netx.TLSStart
		return nil
	}
	pin, err := w.certificate(ctx, err, w.found.IMAP.Host, w.box.CA, mailwatch.Fault(err, account))
	if pin != "" || err != nil {
		w.box.Fingerprint = pin
		return err
	}
	return w.askServer(ctx, "setup_imap", &w.found.IMAP)
}

// certificate asks whether to accept a server's certificate that no known authority has
// signed, and returns its fingerprint if so. One that was accepted for the mailbox is
// accepted again. Any other fault is only reported.
func (w *wizard) certificate(ctx context.Context, cause error, host, ca string, fault message.Text) (string, error) {
	fingerprint, unknown := unknownCertificate(cause)
	switch {
	case !unknown || ca != "":
		w.say1(w.say.T("setup_failed", "Reason", w.say.Text(fault)))
		return "", nil
	case fingerprint == w.box.Fingerprint:
		return fingerprint, nil
	}
	w.say1(w.say.T("setup_certificate", "Server", host, "Fingerprint", fingerprint))
	if yes, err := w.yes(ctx, false, "setup_certificate_agree"); !yes || err != nil {
		return "", err
	}
	return fingerprint, nil
}

// unknownCertificate returns the fingerprint of a certificate that no known authority has
// signed.
func unknownCertificate(err error) (string, bool) {
	var authority x509.UnknownAuthorityError
	var failure *tls.CertificateVerificationError
	if !errors.As(err, &authority) || !errors.As(err, &failure) || len(failure.UnverifiedCertificates) == 0 {
		return "", false
	}
	return netx.PinOf(failure.UnverifiedCertificates[0]).String(), true
}

// startsPlain reports whether the server did not start with TLS, so that STARTTLS is
// worth a try.
func startsPlain(err error) bool {
	var record tls.RecordHeaderError
	return errors.As(err, &record)
}

// login guides the user through a provider's login and returns its token.
func (e *env) login(ctx context.Context, ask *setup.Prompt, t *app.Tokens) (oauth.Token, error) {
	application, client, err := t.Application(ctx)
	if err != nil {
		return oauth.Token{}, err
	}
	if !application.ByBrowser() {
		return application.Device(ctx, client, func(c oauth.Code) {
			e.print(e.say.T("login_device", "Page", c.Page, "Code", c.Code))
			e.progress.Show(e.say.T("login_waiting"))
		})
	}
	lines, stop := ask.Lines(ctx)
	defer stop()
	return application.Browser(ctx, client, oauth.Browsing{
		Username: t.Username(), Pasted: lines, Done: e.say.T("login_page_done"), Failed: e.say.T("login_page_failed"),
		Show: func(address string) {
			e.print(e.say.T("login_browser"))
			e.print(address)
			e.print(e.say.T("login_paste"))
		},
	})
}
