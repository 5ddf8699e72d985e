package command

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"parcelwatch/config"
	"parcelwatch/extract"
	"parcelwatch/internal/app"
	"parcelwatch/internal/cli"
	"parcelwatch/internal/message"
	"parcelwatch/internal/textx"
	"parcelwatch/mail"
	"parcelwatch/mail/verify"
	"parcelwatch/parcel"
	"parcelwatch/parcel/number"
)

type parseCmd struct {
	Files    []string `arg:"" name:"file"`
	Authserv []string `help:"${help_parse_authserv}" placeholder:"ID"`
	JSON     bool     `help:"${help_json}"`
	Redact   bool     `help:"${help_parse_redact}"`
	Verbose  bool     `help:"${help_parse_verbose}" short:"v"`
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
	if err := c.write(e, docs, cfg.Destination); err != nil {
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
	letter := mail.Read(m.raw)
	n, err := r.Read(ctx, letter)
	if err != nil && !errors.Is(err, verify.ErrTemporary) {
		return extract.Doc{}, err
	}
	d := extract.Document(m.name, n)
	if len(letter.Header.From) == 1 {
		d.From = letter.Header.From[0].Addr
	}
	return d, nil
}

func (c *parseCmd) write(e *env, docs []extract.Doc, destination string) error {
	if c.JSON {
		return cli.WriteJSON(e.out, docs)
	}
	for i, d := range docs {
		if i > 0 {
			e.print("")
		}
		c.writeNotice(e, d, destination)
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
func (c *parseCmd) writeNotice(e *env, d extract.Doc, destination string) {
	e.print(textx.Line(d.File, 200))
	line := func(text string) { e.print("  " + text) }
	if d.Subject != "" {
		line(e.say.T("parse_subject", "Subject", textx.Line(d.Subject, 120)))
	}
	if !d.Date.IsZero() {
		line(e.say.T("parse_sent", "Date", e.say.DateTime(d.Date)))
	}
	line(stepLine(e, d))
	line(c.trustLine(e, d))
	if len(d.Orders) > 0 {
		line(e.say.T("parse_orders", "Orders", strings.Join(d.Orders, ", ")))
	}
	for _, p := range d.Parcels {
		writeParcel(e, d, p, destination)
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
		line(e.say.T("parse_problem", "Problem", textx.Line(e.say.Text(p), 300)))
	}
	if text := unreadAdvice(e, d); text != "" {
		line(text)
	}
}

// stepLine returns the step of a mail in words.
func stepLine(e *env, d extract.Doc) string {
	if d.Step == parcel.StepNone {
		return e.say.T("parse_no")
	}
	step := e.say.Step(d.Step)
	if d.StepWords != "" {
		step += " (" + textx.Line(d.StepWords, 120) + ")"
	}
	return step
}

// trustLine returns whether the sender is trusted. Why is said on request, and
// for mail that is refused.
func (c *parseCmd) trustLine(e *env, d extract.Doc) string {
	trust := e.say.T("trust_" + string(d.Trusted))
	if d.TrustReason != "" && (c.Verbose || !d.Trusted.Creates()) {
		trust += " (" + textx.Line(e.say.Text(d.Reason), 300) + ")"
	}
	return trust
}

// writeParcel prints one parcel with its orders and where to look it up.
func writeParcel(e *env, d extract.Doc, p extract.DocParcel, destination string) {
	text := e.say.T("parse_parcel", "Number", p.Number, "Family", p.Number.FamilyIn(destination))
	if len(p.Orders) > 0 {
		text = e.say.T("parse_parcel_orders", "Number", p.Number, "Family", p.Number.FamilyIn(destination), "Orders", strings.Join(p.Orders, ", "))
	}
	if p.Step != d.Step {
		text += ": " + e.say.Step(p.Step)
	}
	e.print("  " + text)
	if p.Number.Family() == number.FamilyUnknown {
		e.print("    " + e.say.T("parse_doubt"))
	}
	e.print("    " + e.say.T("parse_lookup", "Link", number.Pages(p.Number, destination)[0].URL))
}

// unreadAdvice returns what to do about a mail in which nothing was found.
func unreadAdvice(e *env, d extract.Doc) string {
	switch {
	case len(d.Orders)+len(d.Parcels) > 0 || slices.ContainsFunc(d.Unread, func(t message.Text) bool { return t[0].ID == parcel.UnknownRewriter }):
		return ""
	case d.Trusted == parcel.TrustForeign && d.From != "":
		return e.say.T("parse_do_foreign", "Address", textx.Line(d.From, 100))
	case d.Trusted.Creates():
		return e.say.T("parse_do_redact")
	default:
		return ""
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
