package command

import (
	"context"
	"errors"
	"strings"

	"parcelwatch/config"
	"parcelwatch/internal/app"
	"parcelwatch/internal/fault"
	"parcelwatch/internal/message"
	"parcelwatch/internal/oauth"
	"parcelwatch/internal/setup"
	"parcelwatch/mailwatch"
	"parcelwatch/notify"
)

type loginCmd struct {
	Name string `arg:"" optional:"" help:"${help_login_name}"`
}

// loginTarget is an account with an OAuth2 login.
type loginTarget struct {
	config.Server

	name    string
	mailbox *config.Mailbox // nil for the outgoing mail server
}

// Run logs in to an account by OAuth2, tries the login, and stores it.
func (c *loginCmd) Run(ctx context.Context, e *env) error {
	cfg, err := e.config()
	if err != nil {
		return err
	}
	if _, err := continueAsOwner(cfg.Store.Path); err != nil {
		return err
	}
	target, err := c.pick(e, cfg)
	if err != nil {
		return err
	}
	logins := &app.MemoryVault{}
	t := app.NewTokens(target.Server, logins)
	token, err := e.login(ctx, setup.NewPrompt(e.in, e.out, nil), t)
	e.progress.Clear()
	if err != nil {
		return e.loginFailed(ctx, err)
	}
	if err := t.Keep(ctx, token); err != nil {
		return err
	}
	if err := e.tryLogin(ctx, cfg, target, t); err != nil {
		return err
	}
	if err := logins.MoveTo(ctx, e.vault(cfg)); err != nil {
		return err
	}
	e.print(e.say.T("login_kept", "Name", target.name))
	return nil
}

// pick returns the account with the name given on the command line.
func (c *loginCmd) pick(e *env, cfg *config.Config) (loginTarget, error) {
	var targets []loginTarget
	var names []string
	for i := range cfg.Mailboxes {
		m := &cfg.Mailboxes[i]
		names = append(names, m.Name)
		t := loginTarget{name: m.Name, Server: m.Server, mailbox: m}
		if c.Name == m.Name || strings.EqualFold(c.Name, m.Username) || c.Name == "" && m.OAuth2 != nil {
			targets = append(targets, t)
		}
	}
	if s := cfg.SMTP; s.OAuth2 != nil && e.name == "" {
		names = append(names, app.SMTPName)
		if c.Name == app.SMTPName || c.Name == "" && targets == nil {
			targets = append(targets, loginTarget{name: app.SMTPName, Server: s.Server})
		}
	}
	switch {
	case len(targets) == 0 && c.Name == "":
		return loginTarget{}, usage(e.say.T("login_none"))
	case len(targets) != 1:
		return loginTarget{}, usage(e.say.T("login_which", "Names", strings.Join(names, ", ")))
	case targets[0].OAuth2 == nil:
		return loginTarget{}, usage(e.say.T("login_password", "Name", targets[0].name))
	}
	return targets[0], nil
}

// tryLogin tries the token. An error means that it belongs to another account; a
// server that cannot be reached is reported and is no error.
func (e *env) tryLogin(ctx context.Context, cfg *config.Config, target loginTarget, t *app.Tokens) error {
	if target.mailbox == nil {
		s, err := app.SMTP(cfg, e.smtpVault(cfg))
		if err != nil {
			return err
		}
		s.Token = t.SMTP()
		if err = s.Check(ctx); errors.Is(err, notify.ErrLogin) {
			return failed(e.say.T("login_other_account", "Username", target.Username, "Words", e.say.Text(notify.Fault(err))))
		}
		return e.tried(ctx, err, cfg.SMTP.Host, notify.Fault)
	}
	account, err := app.Account(cfg, *target.mailbox, e.vault(cfg))
	if err != nil {
		return err
	}
	account.Auth = t.Mailbox(target.name)
	_, err = mailwatch.Check(ctx, account)
	if refused, ok := errors.AsType[*mailwatch.RefusedError](err); ok {
		return failed(e.say.T("login_other_account", "Username", target.Username, "Words", refused.Text))
	}
	return e.tried(ctx, err, account.Host, func(err error) message.Text { return mailwatch.Fault(err, account) })
}

func (e *env) tried(ctx context.Context, err error, host string, explain func(error) message.Text) error {
	switch {
	case ctx.Err() != nil:
		return ctx.Err()
	case err != nil:
		e.note(e.say.T("login_untried", "Reason", e.say.Text(explain(err))))
	default:
		e.print(e.say.T("login_good", "Host", host))
	}
	return nil
}

// loginFailed returns the error for a failed login.
func (e *env) loginFailed(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	id := "login_err"
	for cause, its := range map[error]string{
		oauth.ErrApp: "login_err_app", oauth.ErrDenied: "login_err_denied", oauth.ErrExpired: "login_err_expired",
	} {
		if errors.Is(err, cause) {
			id = its
		}
	}
	reason := fault.Explain(err)
	if reason == nil {
		reason = fault.Of(err, "OAuth2")
	}
	if reason == nil {
		reason = message.New("fault_detail", "Text", err.Error())
	}
	return failed(e.say.T(id, "Reason", e.say.Text(reason)))
}
