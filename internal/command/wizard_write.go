package command

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"

	"parcelwatch/config"
	"parcelwatch/internal/netx"
	"parcelwatch/internal/setup"
	"parcelwatch/service"
)

// write stores the secrets and then the configuration, each file atomically, after
// parsing the new text as the daemon does.
func (w *wizard) write(ctx context.Context) error {
	secrets, err := w.decide(ctx)
	if err != nil {
		return err
	}
	text := w.plan.Edit(w.old)
	if err := w.prove(text); err != nil {
		return err
	}
	for _, s := range secrets {
		if err := setup.WriteFile(filepath.Join(filepath.Dir(w.path), s.name), []byte(s.text+"\n")); err != nil {
			return err
		}
	}
	if err := w.logins.MoveTo(ctx, w.vault(w.cfg)); err != nil {
		return err
	}
	if w.old != "" && w.old != text {
		if err := setup.WriteFile(w.path+".before-setup", []byte(w.old)); err != nil {
			return err
		}
	}
	if err := setup.WriteFile(w.path, []byte(text)); err != nil {
		return err
	}
	w.written, w.flag = true, w.path
	w.tell(w.say.T("setup_written", "Path", w.path))
	if w.old != "" && w.old != text {
		w.say1(w.say.T("setup_before", "Path", w.path+".before-setup"))
	}
	return nil
}

// secretText is a secret file next to the configuration.
type secretText struct{ name, text string }

// decide turns the answers into the plan and returns the secrets to write.
func (w *wizard) decide(ctx context.Context) ([]secretText, error) {
	var secrets []secretText
	base := fileName(w.box.Name)
	keep := func(ending, text string) string {
		secrets = append(secrets, secretText{base + ending, text})
		return base + ending
	}
	p := &w.plan
	p.Destination, p.Language, p.Timezone = w.cfg.Destination, w.cfg.Language, w.c.Timezone
	p.Index, p.Mailbox, p.SMTP = w.index, w.box, w.smtp
	for _, s := range []*config.Server{&p.Mailbox.Server, &p.SMTP.Server} {
		if s.TLS == netx.TLSNone { // it shows no certificate
			s.CA, s.Fingerprint = "", ""
		}
	}
	if w.password != "" {
		p.MailboxLogin.PasswordFile = keep(".pass", w.password)
	}
	if o := w.box.OAuth2; o != nil && (!w.kept || w.c.ClientID != "") {
		p.MailboxLogin.OAuth2 = o
		if !o.ClientSecret.IsZero() {
			secret, err := o.ClientSecret.Resolve(ctx)
			if err != nil {
				return nil, err
			}
			p.MailboxLogin.SecretFile = keep(".client-secret", secret)
		}
	}
	switch {
	case w.smtp.Username == "": // a server without a login
	case w.smtpPassword != "":
		p.SMTPLogin.PasswordFile = keep("-smtp.pass", w.smtpPassword)
	case w.cfg.SMTP.Host == "" || w.c.SMTP != "" || w.smtp.Username == w.box.Username:
		p.SMTPLogin = p.MailboxLogin
	}
	if w.pageHash != "" {
		base = "web"
		p.PagePasswordFile = keep(".pass", w.pageHash)
	}
	return secrets, nil
}

// fileName turns a name into a valid file name.
func fileName(name string) string {
	return strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= '0' && r <= '9' || r == '-' || r == '_' || r == '.' && name[0] != '.' {
			return r
		}
		if r >= 'A' && r <= 'Z' {
			return r + 'a' - 'A'
		}
		return '_'
	}, name)
}

// prove loads the new text and checks that it contains the plan: line edits do not
// support every layout of a file.
func (w *wizard) prove(text string) error {
	if bytes.Equal([]byte(text), []byte(w.old)) {
		return nil
	}
	trial := filepath.Join(filepath.Dir(w.path), ".parcelwatch-trial.toml")
	if err := setup.WriteFile(trial, []byte(text)); err != nil {
		return err
	}
	defer func() { _ = os.Remove(trial) }()
	c, err := config.Load(trial)
	if err == nil {
		err = c.Need(config.AllSections()...)
	}
	if err == nil && !w.says(c) {
		err = errors.New(w.say.T("setup_unclear", "Path", w.path))
	}
	if err != nil {
		return fmt.Errorf("setup: %w", err)
	}
	return nil
}

// says reports whether a configuration contains the plan.
func (w *wizard) says(c *config.Config) bool {
	p := w.plan
	if len(c.Mailboxes) <= p.Index || len(c.Digests) == 0 {
		return false
	}
	m, s := c.Mailboxes[p.Index], c.SMTP
	if p.Page != "" && c.Web.Listen != p.Page.Listen() {
		return false
	}
	return m.Host == p.Mailbox.Host && m.Port == p.Mailbox.Port && m.Username == p.Mailbox.Username && s.Host == p.SMTP.Host &&
		c.Destination == p.Destination && c.Language == p.Language &&
		strings.Join(c.Digests[0].To, " ") == strings.Join(p.To, " ")
}

// service offers to install and start the service if possible.
func (w *wizard) service(ctx context.Context) error {
	user := !setup.Administrator()
	if user && runtime.GOOS == "windows" {
		w.tell(w.say.T("setup_service_later"))
		return nil
	}
	yes := w.c.Service == "yes"
	if w.c.Service == "" {
		var err error
		id := "setup_service"
		if user {
			id = "setup_service_user"
		}
		if yes, err = w.yes(ctx, true, id); err != nil {
			return err
		}
	}
	if !yes {
		w.tell(w.say.T("setup_service_later"))
		return nil
	}
	for _, action := range []string{"install", "restart"} {
		c := &serviceCmd{Action: action, User: user, Name: service.DefaultName}
		if err := c.Run(ctx, w.env); err != nil {
			if err.Error() != "" {
				w.env.report(err)
			}
			w.tell(w.say.T("setup_service_failed"))
			if w.c.Service == "yes" {
				return failed("")
			}
			return nil
		}
	}
	return nil
}
