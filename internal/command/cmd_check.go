package command

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"parcelwatch/carriers"
	"parcelwatch/config"
	"parcelwatch/internal/app"
	"parcelwatch/internal/cli"
	"parcelwatch/internal/mqtt"
	"parcelwatch/internal/status"
	"parcelwatch/internal/textx"
	"parcelwatch/mailwatch"
	"parcelwatch/notify"
	"parcelwatch/parcel"
	"parcelwatch/tracker"
)

const (
	dryRun     = 50 // mails read in each folder
	canaryTime = 25 * time.Second
)

// finding is the result for one checked thing.
type finding struct {
	What   string `json:"what"`   // config, household, store, mailbox, folder, smtp, channel, mqtt, carrier
	Name   string `json:"name"`   // of the mailbox, server, channel or carrier
	State  string `json:"state"`  // good, wrong, note
	Detail string `json:"detail"` // what is wrong and what to do, or what was found
}

// checkDoc is the JSON document of check.
type checkDoc struct {
	Schema   int       `json:"schema"`
	Good     bool      `json:"good"`
	Findings []finding `json:"findings"`
}

// checking collects findings and prints each at once.
type checking struct {
	*env
	doc      checkDoc
	json     bool
	said     map[string]bool // lines printed so far
	rejected string          // why the last digest was refused; empty if it was not
}

type checkCmd struct {
	Carriers bool `help:"${help_check_carriers}"`
	JSON     bool `help:"${help_json}"`
}

// Run checks the configuration, the store, mailboxes, channels and carriers.
func (c *checkCmd) Run(ctx context.Context, e *env) error {
	cfg, err := e.config(config.AllSections()...)
	if err != nil {
		return err
	}
	if _, err := continueAsOwner(cfg.Store.Path); err != nil {
		return err
	}
	set, broken, err := e.carriers(ctx, cfg)
	if err != nil {
		return err
	}
	k := &checking{env: e, doc: checkDoc{Schema: status.Schema, Good: true, Findings: []finding{}}, json: c.JSON, said: map[string]bool{}}
	if e.name != "" {
		k.found("household", e.name, nil)
	} else {
		k.found("config", cfg.Path, nil)
	}
	if cfg.Destination == "" {
		k.tell("config", "destination", "note", e.say.T("check_destination"))
	}
	k.store(ctx, status.Source{Config: cfg, Carriers: set, Broken: broken, Now: e.now()})
	for _, m := range cfg.Mailboxes {
		k.mailbox(ctx, cfg, m)
	}
	k.smtp(ctx, cfg)
	k.channels(ctx, cfg)
	if e.name == "" {
		k.mqtt(ctx, cfg)
		k.households(ctx, cfg)
	}
	for _, name := range slices.Sorted(maps.Keys(broken)) {
		faults, err := config.Problems(broken[name])
		for _, one := range faults {
			k.found("carrier", filepath.Base(name), one)
		}
		if err != nil {
			k.found("carrier", name, err)
		}
	}
	if c.Carriers {
		k.carriers(ctx, set)
	}
	e.progress.Clear()
	if c.JSON {
		if err := cli.WriteJSON(e.out, k.doc); err != nil {
			return err
		}
	}
	if !k.doc.Good {
		return failed(e.say.T("err_check"))
	}
	return nil
}

// found reports one thing as good, or as wrong if err is not nil.
func (k *checking) found(what, name string, err error) {
	if err != nil {
		k.tell(what, name, "wrong", k.words(err))
		return
	}
	k.tell(what, name, "good", "")
}

func (k *checking) tell(what, name, state, detail string) {
	k.add(k.say.T("check_"+what, "Path", name, "Name", name, "Host", name), finding{What: what, Name: name, State: state, Detail: detail})
}

func (k *checking) tellFolder(mailbox, folder, state, detail string) {
	folder = textx.Line(folder, 100)
	k.add(k.say.T("check_folder", "Name", mailbox, "Folder", folder), finding{What: "folder", Name: mailbox + " " + folder, State: state, Detail: detail})
}

// add prints a finding below its heading, the same one once.
func (k *checking) add(heading string, f finding) {
	k.doc.Good = k.doc.Good && f.State != "wrong"
	f.Detail = textx.Line(f.Detail, 500)
	line := heading + ": " + f.State + ": " + f.Detail
	if k.said[line] {
		return
	}
	k.said[line] = true
	k.doc.Findings = append(k.doc.Findings, f)
	if k.json {
		return
	}
	word := map[string]string{"good": "check_good", "wrong": "check_bad", "note": "check_note"}[f.State]
	line = heading + ": " + k.say.T(word)
	if f.Detail != "" {
		line += ": " + f.Detail
	}
	k.print(line)
}

func (k *checking) store(ctx context.Context, from status.Source) {
	cfg := from.Config
	if !storeAt(cfg).Exists(ctx) {
		k.tell("store", cfg.Store.Location(), "note", k.say.T("status_no_store", "Path", cfg.Store.Location()))
		return
	}
	db, err := k.open(ctx, cfg, nil)
	if err != nil {
		k.found("store", cfg.Store.Location(), err)
		return
	}
	defer shut(db)
	k.found("store", cfg.Store.Location(), db.Check(ctx))
	from.Store = db
	k.refused(ctx, from)
	k.unsent(ctx, from)
	found, err := from.Unwatched(ctx)
	if err != nil {
		k.found("store", cfg.Store.Location(), err)
	}
	for _, u := range found {
		k.tell("mailbox", u.Mailbox, "note", k.unwatched(u))
	}
}

// mailbox logs in, checks the folders and reads recent mail without storing anything.
func (k *checking) mailbox(ctx context.Context, cfg *config.Config, m config.Mailbox) {
	account, err := app.Account(cfg, m, k.vault(cfg))
	if err != nil {
		k.found("mailbox", m.Name, err)
		return
	}
	k.progress.Show(k.say.T("check_mailbox", "Name", m.Name))
	report, err := mailwatch.Check(ctx, account)
	if err != nil {
		k.tell("mailbox", m.Name, "wrong", k.say.Text(mailwatch.Fault(err, account)))
		return
	}
	how := "check_poll"
	if report.Idle {
		how = "check_idle"
	}
	k.tell("mailbox", m.Name, "good", k.say.T(how))
	for _, text := range report.Alerts {
		k.add(k.say.T("check_alert", "Name", m.Name), finding{What: "mailbox", Name: m.Name, State: "note", Detail: text})
	}
	empty := true
	for _, f := range report.Watched {
		empty = empty && f.Err == nil && f.Candidates == 0
		if f.Err != nil {
			k.tellFolder(m.Name, f.Folder, "wrong", k.say.Text(mailwatch.Fault(f.Err, account)))
			continue
		}
		k.tellFolder(m.Name, f.Folder, "good",
			k.say.T("check_folder_good", "Messages", f.Messages, "Candidates", f.Candidates, "Since", k.span(m.Since)))
	}
	if empty {
		k.tell("mailbox", m.Name, "note", k.say.T("check_no_mail", "Since", k.span(m.Since)))
	}
	k.dryRun(ctx, cfg, m, account)
}

// span renders how far back the first scan searches, in words if it is whole days.
func (k *checking) span(d config.Duration) string {
	const day = 24 * time.Hour
	if d.Time() >= day && d.Time()%day == 0 {
		return k.say.Days(int(d.Time() / day))
	}
	return d.String()
}

// dryRun prints what would be followed, each number and order once, and which servers'
// results are not trusted yet.
func (k *checking) dryRun(ctx context.Context, cfg *config.Config, m config.Mailbox, account mailwatch.Account) {
	seen := map[string]bool{}
	unconfirmed, err := recentMail{cfg, m, account, dryRun}.read(ctx, func(mail mailwatch.Mail, n parcel.Notice, err error) {
		if err != nil {
			k.tell("mailbox", m.Name, "note", fmt.Sprintf("%s: %v", mail.Ref, err))
		}
		trust := k.say.T("trust_" + string(n.Verdict.Trust))
		for _, s := range sightings(n, seen) {
			k.tell("mailbox", m.Name, "good", k.say.T(either(s.order == "", "check_found", "check_found_order"),
				"Number", s.number, "Order", s.order, "Trust", trust))
		}
	})
	if err != nil {
		k.tell("mailbox", m.Name, "wrong", k.say.Text(mailwatch.Fault(err, account)))
	}
	for _, id := range slices.Sorted(maps.Keys(unconfirmed)) {
		k.tell("mailbox", m.Name, "note", k.say.T("check_authserv", "ID", id))
	}
}

// refused reports the carriers that refused the daemon's last call. Those that are
// switched off or gone are not asked any more.
func (k *checking) refused(ctx context.Context, from status.Source) {
	docs, err := from.Describe(ctx)
	if err != nil {
		k.tell("carrier", "", "wrong", k.words(err))
	}
	for _, c := range docs {
		switch {
		case c.State == parcel.CarrierCredential:
			k.tell("carrier", c.Name, "wrong", k.why(c.Fault, c.Error))
		case c.State.Refused():
			k.tell("carrier", c.Name, "note", k.why(c.Fault, c.Error))
		}
	}
}

// unsent records why the mail server refused the last digest; smtp reports it.
func (k *checking) unsent(ctx context.Context, from status.Source) {
	health, err := from.Store.Health(ctx)
	if err != nil {
		k.found("store", from.Config.Store.Location(), err)
		return
	}
	if box := health.Outbox; box.Waiting == 0 && !box.RefusedSince.IsZero() {
		k.rejected = k.say.T("status_outbox_refused", "Error", k.why(box.Fault, box.Error))
	}
}

func (k *checking) smtp(ctx context.Context, cfg *config.Config) {
	s, err := app.SMTP(cfg, k.smtpVault(cfg))
	if err != nil {
		k.found("smtp", cfg.SMTP.Host, err)
		return
	}
	k.progress.Show(k.say.T("check_smtp", "Host", cfg.SMTP.Host))
	var to []string
	for _, d := range cfg.Digests {
		to = append(to, d.To...)
	}
	if err := s.Accepts(ctx, cfg.SMTP.From, to); err != nil {
		k.tell("smtp", cfg.SMTP.Host, "wrong", k.say.Text(notify.Fault(err)))
		return
	}
	k.tell("smtp", cfg.SMTP.Host, either(k.rejected == "", "good", "wrong"), k.rejected)
}

// channels reports which channels can be used. Nothing is sent.
func (k *checking) channels(ctx context.Context, cfg *config.Config) {
	_, broken := app.Channels(ctx, cfg)
	for _, one := range cfg.Channels {
		k.found("channel", one.Name, broken[one.Name])
	}
}

// mqtt logs in at the broker. Nothing is published.
func (k *checking) mqtt(ctx context.Context, cfg *config.Config) {
	if !cfg.MQTT.Enabled() {
		return
	}
	host := cfg.MQTT.URL.Server().String()
	m, err := app.MQTT(cfg)
	if err != nil {
		k.found("mqtt", host, err)
		return
	}
	k.progress.Show(k.say.T("check_mqtt", "Host", host))
	if err := mqtt.Check(ctx, m.Broker); err != nil {
		k.tell("mqtt", host, "wrong", k.say.Text(mqtt.Fault(err, m.Broker)))
		return
	}
	k.tell("mqtt", host, "good", "")
}

// households reports what is wrong with the other households.
func (k *checking) households(ctx context.Context, cfg *config.Config) {
	faults, err := k.leftOut(ctx, cfg)
	if err != nil {
		k.found("store", cfg.Store.Location(), err)
	}
	for _, one := range faults {
		k.found("household", householdOf(one), one)
	}
}

// carriers asks each carrier about a number that it must know, so that a response that is
// not understood is noticed instead of looking like "no news".
func (k *checking) carriers(ctx context.Context, set *carriers.Set) {
	ctx, cancel := context.WithTimeout(ctx, canaryTime)
	defer cancel()
	engine := tracker.NewEngine(set, "", carriers.NewMemoryLedger(), k.now, k.quiet())
	var asks []carriers.Ask
	for _, m := range set.Members() {
		switch {
		case m.Off:
		case len(m.Missing) > 0:
			k.tell("carrier", m.Info.Name, "note", k.say.T("carriers_key", "Settings", strings.Join(m.Missing, ", "),
				"Help", k.say.Text(m.CredentialHelp())))
		case m.Info.Canary == "":
			k.tell("carrier", m.Info.Name, "note", k.say.T("check_no_canary"))
		default:
			asks = append(asks, carriers.Ask{Carrier: m.Info.Name, Number: m.Info.Canary})
		}
	}
	asked, err := engine.Ask(ctx, asks, canaryTime, nil)
	if err != nil {
		k.found("carrier", "", err)
	}
	for _, a := range asked {
		if a.Err == nil || errors.Is(a.Err, carriers.ErrNotFound) {
			// A carrier that no longer knows the number has still been understood.
			k.tell("carrier", a.Carrier, "good", k.say.Result(a.Result))
			continue
		}
		f := carriers.Fault(a.Carrier, a.Err)
		k.tell("carrier", a.Carrier, "wrong", k.say.Either(k.say.Text(f)+" ("+a.Err.Error()+")", f))
	}
}
