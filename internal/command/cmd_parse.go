package command

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"parcelwatch/config"
	"parcelwatch/extract"
	"parcelwatch/internal/app"
	"parcelwatch/internal/cli"
	"parcelwatch/internal/textx"
	"parcelwatch/mail"
	"parcelwatch/mail/verify"
	"parcelwatch/parcel"
)

type parseCmd struct {
	Files    []string `arg:"" name:"file"`
	Authserv []string `help:"${help_parse_authserv}" placeholder:"ID"`
	JSON     bool     `help:"${help_json}"`
	Redact   bool     `help:"${help_parse_redact}"`
}

// Run prints what was found in mails.
func (c *parseCmd) Run(ctx context.Context, e *env) error {
	if c.Redact {
		return c.redact(e)
	}
	cfg := e.anyConfig()
	if err := cfg.Need(config.NeedRules); err != nil {
		return err
	}
	box := everybody(cfg)
	box.TrustedAuthserv = append(box.TrustedAuthserv, c.Authserv...)
	r, err := app.NewReader(verify.New(app.OneShotResolver()), cfg, box)
	if err != nil {
		return err
	}
	docs, failures := []extract.Doc{}, 0
	for _, path := range c.Files {
		for m, err := range mailsIn(path, e.in) {
			if err == nil {
				var d extract.Doc
				if d, err = c.one(ctx, r, m); err == nil {
					docs = append(docs, d)
					continue
				}
			}
			if ctx.Err() != nil {
				return ctx.Err()
			}
			failures++
			e.report(&fileError{m.name, err})
		}
	}
	if err := c.write(e, docs); err != nil {
		return err
	}
	return c.verdict(e, docs, failures)
}

// redact writes a redacted copy of one mail for a bug report.
func (c *parseCmd) redact(e *env) error {
	if len(c.Files) != 1 {
		return usage(e.say.T("err_redact"))
	}
	var found []mailFile
	for m, err := range mailsIn(c.Files[0], e.in) {
		if err != nil {
			return err
		}
		if found = append(found, m); len(found) > 1 {
			return usage(e.say.T("err_redact"))
		}
	}
	r, err := app.NewReader(nil, &config.Config{}, config.Mailbox{})
	if err != nil {
		return err
	}
	if _, err := e.out.Write(r.Redact(found[0].raw)); err != nil {
		return fmt.Errorf("write the copy: %w", err)
	}
	e.note(e.say.T("note_redacted"))
	return nil
}

func (c *parseCmd) one(ctx context.Context, r app.Reader, m mailFile) (extract.Doc, error) {
	n, err := r.Read(ctx, mail.Read(m.raw))
	if err != nil && !errors.Is(err, verify.ErrTemporary) {
		return extract.Doc{}, err
	}
	return extract.Document(m.name, n), nil
}

func (c *parseCmd) write(e *env, docs []extract.Doc) error {
	if c.JSON {
		return cli.WriteJSON(e.out, docs)
	}
	for i, d := range docs {
		if i > 0 {
			e.print("")
		}
		writeNotice(e, d)
	}
	return nil
}

func (c *parseCmd) verdict(e *env, docs []extract.Doc, failures int) error {
	if failures > 0 {
		return failed("")
	}
	for _, d := range docs {
		if d.Step != parcel.StepNone {
			return nil
		}
	}
	return nothing(e.say.T("err_nothing_parsed"))
}

// writeNotice prints what was found in one mail.
func writeNotice(e *env, d extract.Doc) {
	e.print(textx.Line(d.File, 200))
	line := func(text string) { e.print("  " + text) }
	trust := e.say.T("trust_" + string(d.Trusted))
	if d.TrustReason != "" {
		trust += " (" + textx.Line(e.say.Text(d.Reason), 200) + ")"
	}
	if d.Step == parcel.StepNone {
		line(e.say.T("parse_no"))
	} else {
		step := e.say.Step(d.Step)
		if d.StepWords != "" {
			step += " (" + textx.Line(d.StepWords, 120) + ")"
		}
		line(step)
	}
	line(trust)
	if len(d.Orders) > 0 {
		line(e.say.T("parse_orders", "Orders", strings.Join(d.Orders, ", ")))
	}
	for _, p := range d.Parcels {
		text := e.say.T("parse_parcel", "Number", p.Number, "Family", p.Family)
		if p.Step != d.Step {
			text += ": " + e.say.Step(p.Step)
		}
		line(text)
	}
	for _, i := range d.Items {
		line("- " + textx.Line(i.Title, 90))
	}
	if d.Logistics.Sender != "" {
		line(e.say.T("parse_sender", "Sender", textx.Line(d.Logistics.Sender, 90)))
	}
	if len(d.Logistics.Sites) > 0 {
		line(e.say.T("parse_sites", "Sites", textx.Line(strings.Join(d.Logistics.Sites, ", "), 200)))
	}
	if d.ETA != "" {
		line(e.say.T("parse_eta", "Date", e.say.DayDate(parcel.Date(d.ETA))))
	}
	for _, p := range d.Unread {
		line(e.say.T("parse_problem", "Problem", textx.Line(e.say.Text(p), 200)))
	}
}

// everybody returns a mailbox with the forwarders and the servers of all
// mailboxes, because a file does not say which mailbox it came to.
func everybody(c *config.Config) config.Mailbox {
	var all config.Mailbox
	for _, m := range c.Mailboxes {
		all.Forwarders = append(all.Forwarders, m.Forwarders...)
		all.TrustedAuthserv = append(all.TrustedAuthserv, m.TrustedAuthserv...)
		all.TrustedSealers = append(all.TrustedSealers, m.TrustedSealers...)
	}
	return all
}
