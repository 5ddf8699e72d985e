package command

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"log/slog"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"

	"parcelwatch/config"
	"parcelwatch/internal/app"
	"parcelwatch/internal/locale"
	"parcelwatch/internal/textx"
	"parcelwatch/notify"
	"parcelwatch/store"
	"parcelwatch/tracker"
)

type digestCmd struct {
	Sample   bool   `help:"${help_digest_sample}"`
	HTML     string `name:"html" help:"${help_digest_html}" placeholder:"FILE"`
	EML      string `name:"eml" help:"${help_digest_eml}" placeholder:"FILE"`
	Language string `help:"${help_language}" placeholder:"LANGUAGE"`
	Name     string `help:"${help_digest_name}" placeholder:"NAME"`
	Send     bool   `help:"${help_digest_send}"`
}

// Run prints the digest that would be sent now, writes it to files, or sends it.
func (c *digestCmd) Run(ctx context.Context, e *env) error {
	if c.Language != "" && !slices.Contains(locale.Tags(), c.Language) {
		return usage("--language: " + e.say.Text(config.Unknown("language", c.Language, locale.Tags())))
	}
	if c.Sample && !c.Send {
		return c.showSample(e)
	}
	cfg, err := e.config(config.NeedDigest, config.NeedSMTP)
	if err != nil {
		return err
	}
	if _, err := continueAsOwner(cfg.Store.Path); err != nil {
		return err
	}
	telling, err := c.audience(e, cfg)
	if err != nil {
		return err
	}
	smtp, err := app.SMTP(cfg, e.smtpVault(cfg))
	if err != nil {
		return err
	}
	if c.Sample {
		return sendSample(ctx, e, telling, smtp)
	}
	db, err := e.store(ctx, cfg)
	if err != nil {
		return err
	}
	defer shut(db)
	set, _, err := e.carriers(ctx, cfg)
	if err != nil {
		return err
	}
	telling = telling.Titled(set.Titles())
	n := notify.New(telling, db, db, smtp, notify.Options{Log: slog.New(slog.DiscardHandler), Now: e.now, Gaps: tracker.Gaps(db.Journeys), Trips: db.Trips, Budgets: set.Budgets()})
	if c.Send {
		sent, err := n.DigestNow(ctx)
		if err != nil {
			return err
		}
		return c.fates(ctx, e, db, sent)
	}
	a := telling.Audiences[0]
	d, err := n.Digest(ctx, a.Name)
	if err != nil {
		return err
	}
	p, err := locale.New(app.Language(a.Language))
	if err != nil {
		return err
	}
	return c.show(e, d, p.Titled(a.Titles), notify.Envelope{From: telling.From, To: a.To, Slot: "shown"})
}

// audience returns the notifier's configuration for the named digest, or for the
// first one if none is named.
func (c *digestCmd) audience(e *env, cfg *config.Config) (notify.Config, error) {
	telling, err := app.Notifications(cfg)
	if err != nil {
		return telling, err
	}
	var names []string
	pick := 0
	if c.Name != "" {
		pick = -1
	}
	for i, a := range telling.Audiences {
		names = append(names, a.Name)
		if a.Name == c.Name || strconv.Itoa(i+1) == c.Name {
			pick = i
		}
	}
	if pick < 0 {
		return telling, usage(e.say.T("err_digest", "Name", textx.Line(c.Name, 40), "Names", strings.Join(names, ", ")))
	}
	one := telling.Audiences[pick]
	if c.Language != "" {
		one.Language = c.Language
	}
	telling.Audiences = []notify.Audience{one}
	return telling, nil
}

// showSample shows a digest of invented parcels in the given language, else in the
// terminal's language.
func (c *digestCmd) showSample(e *env) error {
	from := cmp.Or(e.anyConfig().SMTP.From, "parcelwatch <parcelwatch@example.org>")
	d, p, err := sample(e.now(), cmp.Or(c.Language, e.say.Language()))
	if err != nil {
		return err
	}
	return c.show(e, d, p, notify.Envelope{From: from, To: []string{"you@example.org"}, Slot: "shown"})
}

// sample returns a digest of invented parcels and the printer of its language.
func sample(now time.Time, language string) (notify.Digest, *locale.Printer, error) {
	p, err := locale.New(app.Language(language))
	if err != nil {
		return notify.Digest{}, nil, err
	}
	return notify.Compose(notify.Sample(now, p), now), p, nil
}

// show prints a digest or writes it to the named files.
func (c *digestCmd) show(e *env, d notify.Digest, p *locale.Printer, envelope notify.Envelope) error {
	content, err := notify.Render(d, p)
	if err != nil {
		return err
	}
	if c.HTML != "" {
		if err := e.write(c.HTML, []byte(content.HTML)); err != nil {
			return err
		}
	}
	if c.EML != "" {
		m, err := notify.Build(d, content, envelope)
		if err != nil {
			return err
		}
		if err := e.write(c.EML, m.Raw); err != nil {
			return err
		}
	}
	if c.HTML == "" && c.EML == "" {
		if d.Empty() {
			e.note(e.say.T("digest_nothing"))
		}
		e.print(content.Subject + "\n")
		_, err = io.WriteString(e.out, content.Text)
	}
	return err
}

func (e *env) write(path string, data []byte) error {
	if path == "-" {
		_, err := e.out.Write(data)
		return err
	}
	if err := os.WriteFile(path, data, 0o600); err != nil {
		return fmt.Errorf("write the digest: %w", err)
	}
	e.note(e.say.T("digest_written", "Path", path))
	return nil
}

// sendSample sends a digest of invented parcels to the first audience without storing it.
func sendSample(ctx context.Context, e *env, telling notify.Config, smtp *notify.SMTP) error {
	a := telling.Audiences[0]
	d, p, err := sample(e.now(), a.Language)
	if err != nil {
		return err
	}
	d.Calendar = a.Calendar
	content, err := notify.Render(d, p)
	if err != nil {
		return err
	}
	m, err := notify.Build(d, content, notify.Envelope{From: telling.From, To: a.To, Slot: "sample " + e.now().Format("20060102150405")})
	if err != nil {
		return err
	}
	good := true
	for _, o := range smtp.Send(ctx, m, a.To) {
		if o.Err == nil {
			e.print(e.say.T("digest_sent", "To", o.To))
			continue
		}
		good = false
		e.report(failed(o.To + ": " + e.say.Text(notify.Fault(o.Err))))
	}
	return quietly(good)
}

// quietly returns an error that is already reported, unless all is good.
func quietly(good bool) error {
	if good {
		return nil
	}
	return failed("")
}

// fates prints the result of each copy. Copies that could not be sent stay in the outbox.
func (c *digestCmd) fates(ctx context.Context, e *env, box store.Outbox, sent []store.Message) error {
	waiting := map[string]store.Delivery{}
	due, err := box.DueMessages(ctx, e.now().AddDate(1, 0, 0), 1000)
	if err != nil {
		return err
	}
	for _, m := range due {
		for _, f := range m.Deliveries {
			if f.State != store.DeliverySent {
				waiting[m.ID+" "+f.To] = f
			}
		}
	}
	good := true
	for _, m := range sent {
		for _, f := range m.Deliveries {
			if left, ok := waiting[m.ID+" "+f.To]; ok {
				good = false
				e.note(e.say.T("digest_queued", "To", f.To, "Error", e.why(left.Fault, left.Error)))
				continue
			}
			e.print(e.say.T("digest_sent", "To", f.To))
		}
	}
	return quietly(good)
}
