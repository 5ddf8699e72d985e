package command

import (
	"context"
	"strings"
	"time"

	"parcelwatch/config"
	"parcelwatch/internal/cli"
	"parcelwatch/internal/message"
	"parcelwatch/internal/status"
	"parcelwatch/internal/textx"
	"parcelwatch/parcel"
)

type statusCmd struct {
	Quiet bool `short:"q" help:"${help_status_quiet}"`
	JSON  bool `help:"${help_json}"`
}

// Run prints what works and what does not, whether the daemon runs or not.
func (c *statusCmd) Run(ctx context.Context, e *env) error {
	cfg, err := e.config()
	if err != nil {
		return err
	}
	from, release, err := e.source(ctx, cfg)
	if err != nil {
		return err
	}
	defer release()
	read := from.Status
	if c.Quiet {
		read = from.Vitals
	}
	doc, err := read(ctx)
	if err != nil {
		return err
	}
	switch {
	case c.Quiet:
	case c.JSON:
		err = e.writeStatusJSON(ctx, cfg, doc)
	default:
		err = writeStatus(ctx, e, cfg, doc)
	}
	if err != nil {
		return err
	}
	return verdictOf(e, c.Quiet, doc)
}

// verdictOf returns the error for health checks: the daemon does not run, or cannot read
// or send mail. A carrier without answers is not an error.
func verdictOf(e *env, quiet bool, d status.Status) error {
	text := ""
	switch {
	case !d.Running:
		text = e.say.T("err_not_running")
	case d.Outbox.Error != "":
		text = e.say.T("err_unhealthy")
	}
	for _, m := range d.Mailboxes {
		if d.Running && m.State.Failing() {
			text = e.say.T("err_unhealthy")
		}
	}
	if text == "" {
		return nil
	}
	if quiet {
		text = ""
	}
	return failed(text)
}

// source returns the inputs of status and carriers. The caller must call release.
func (e *env) source(ctx context.Context, cfg *config.Config) (s status.Source, release func(), err error) {
	release = func() {}
	set, broken, err := e.carriers(ctx, cfg)
	if err != nil {
		return s, release, err
	}
	e.noteFaults(broken)
	if _, err := continueAsOwner(cfg.Store.Path); err != nil {
		return s, release, err
	}
	s = status.Source{Config: cfg, Carriers: set, Broken: broken, Now: e.now()}
	if !storeAt(cfg).Exists(ctx) {
		return s, release, nil
	}
	db, err := e.open(ctx, cfg, nil)
	if err != nil {
		return s, release, err
	}
	s.Store = db
	return s, func() { shut(db) }, nil
}

// writeStatus prints the state of everything.
func writeStatus(ctx context.Context, e *env, cfg *config.Config, d status.Status) error {
	zone := cfg.Timezone.Location()
	if !storeAt(cfg).Exists(ctx) {
		e.print(e.say.T("status_no_store", "Path", cfg.Store.Location()))
	}
	if d.Running && d.Since != nil {
		e.print(e.say.T("status_running", "Date", e.say.DateTime(d.Since.In(zone)), "Ago", e.ago(*d.Since)))
	} else {
		e.print(e.say.T("status_stopped"))
	}
	if err := e.section("status_daemons", daemonRows(e, d, zone)); err != nil {
		return err
	}
	e.print(e.say.T("status_parcels", "Count", d.Parcels) + ", " + e.say.T("status_orders", "Count", d.OrdersWithoutNumber))
	if d.Unverified > 0 {
		e.print(e.say.T("status_unverified", "Count", d.Unverified))
	}
	if d.LastDigest != nil {
		e.print(e.say.T("status_last_digest", "Ago", e.ago(*d.LastDigest)))
	}
	if d.NextDigest != nil {
		e.print(e.say.T("status_next_digest", "Date", e.say.DateTime(d.NextDigest.In(zone))))
	}
	switch box := d.Outbox; {
	case box.Oldest != nil:
		e.print(e.say.T("status_outbox_waiting", "Date", e.say.DateTime(box.Oldest.In(zone)), "Error", e.why(box.Fault, box.Error)))
	case box.Error != "":
		e.print(e.say.T("status_outbox_refused", "Error", e.why(box.Fault, box.Error)))
	}
	if err := e.section("status_mailboxes", mailboxRows(e, d, zone)); err != nil {
		return err
	}
	if err := e.section("status_carriers", carrierRows(e, d, zone)); err != nil {
		return err
	}
	for _, s := range d.Sharing {
		e.print("  " + e.say.Sharing(s))
	}
	if err := e.section("status_surplus", surplusRows(e, d)); err != nil {
		return err
	}
	if len(d.Surplus) > 0 {
		e.print("  " + e.say.T("status_surplus_do"))
	}
	if err := e.leftOutSection(ctx, cfg); err != nil {
		return err
	}
	t := cli.NewTable(60)
	for _, n := range d.NotUnderstood {
		t.Row(textx.Line(n.Mail, 60), textx.Line(e.say.Texts(n.Texts), 200))
	}
	return e.section("status_not_understood", t)
}

// daemonRows returns the daemons of a store that several share. One alone is in the first
// line.
func daemonRows(e *env, d status.Status, zone *time.Location) *cli.Table {
	t := cli.NewTable(60)
	if len(d.Daemons) < 2 { //nolint:mnd // several
		return t
	}
	for _, n := range d.Daemons {
		state, runs := e.say.T("status_daemon_silent", "Ago", e.ago(*n.Seen)), ""
		if n.Running {
			state = e.say.T("status_running", "Date", e.say.DateTime(n.Since.In(zone)), "Ago", e.ago(*n.Since))
			runs = e.say.T("count_households", "Count", n.Households) + ", " + e.say.T("count_mailboxes", "Count", n.Mailboxes)
		}
		t.Row(textx.Line(n.Name, 60), state, runs)
	}
	return t
}

// statusDocument is the JSON form of status.
type statusDocument struct {
	status.Status

	// FaultyHouseholds has an entry for each fault of another household. It is left out by a
	// command of one household.
	FaultyHouseholds []faultyHousehold `json:"faulty_households,omitzero"`
}

type faultyHousehold struct {
	Name  string `json:"name"` // empty if the whole folder of households is faulty
	Error string `json:"error"`
}

func (e *env) writeStatusJSON(ctx context.Context, cfg *config.Config, d status.Status) error {
	doc := statusDocument{Status: d}
	if e.member == nil {
		faults, err := e.leftOut(ctx, cfg)
		if err != nil {
			return err
		}
		doc.FaultyHouseholds = []faultyHousehold{}
		for _, one := range faults {
			doc.FaultyHouseholds = append(doc.FaultyHouseholds, faultyHousehold{householdOf(one), textx.Line(one.Error(), 500)})
		}
	}
	return cli.WriteJSON(e.out, doc)
}

// leftOutSection prints what is wrong with other households.
func (e *env) leftOutSection(ctx context.Context, cfg *config.Config) error {
	faults, err := e.leftOut(ctx, cfg)
	if err != nil {
		return err
	}
	t := cli.NewTable(60)
	for _, one := range faults {
		t.Row(textx.Line(e.words(one), 500))
	}
	return e.section("status_households", t)
}

// section prints a table below its title; an empty one is omitted.
func (e *env) section(title string, t *cli.Table) error {
	if t.Empty() {
		return nil
	}
	e.print("\n" + e.say.T(title))
	t.Indent = "  "
	return t.Write(e.out)
}

func (e *env) ago(t time.Time) string { return e.say.Ago(e.now().Sub(t)) }

func mailboxRows(e *env, d status.Status, zone *time.Location) *cli.Table {
	t := cli.NewTable(50)
	for _, m := range d.Mailboxes {
		words := []string{e.say.MailboxState(m.State)}
		if m.Since != nil {
			words[0] = e.say.T("status_since", "State", words[0], "Date", e.say.DateTime(m.Since.In(zone)))
		}
		if why := e.why(m.Fault, m.Error); why != "" {
			words[0] += ": " + why
		}
		if m.LastMail != nil {
			words = append(words, e.say.T("status_last_mail", "Ago", e.ago(*m.LastMail)))
		}
		if m.LastCheck != nil {
			words = append(words, e.say.T("status_last_check", "Ago", e.ago(*m.LastCheck)))
		}
		t.Row(textx.Line(m.Name, 40), textx.Line(m.Folder, 40), strings.Join(words, ", "))
	}
	for _, u := range d.Unwatched {
		t.Row(textx.Line(u.Mailbox, 40), "", e.unwatched(u))
	}
	return t
}

// unwatched says what is still followed of a mailbox that is no longer configured.
func (e *env) unwatched(u status.Unwatched) string {
	var words []string
	if u.Parcels > 0 {
		words = append(words, e.say.T("count_parcels", "Count", u.Parcels))
	}
	if u.Orders > 0 {
		words = append(words, e.say.T("status_orders", "Count", u.Orders))
	}
	return e.say.T("status_unwatched", "Followed", strings.Join(words, ", "))
}

func surplusRows(e *env, d status.Status) *cli.Table {
	t := cli.NewTable(50)
	for _, s := range d.Surplus {
		t.Row(textx.Line(s.Mailbox, 40), e.say.T("status_surplus_last", "Count", s.Refused, "Day", e.say.DayDate(s.Last)))
	}
	return t
}

func carrierRows(e *env, d status.Status, zone *time.Location) *cli.Table {
	t := cli.NewTable(50)
	for _, c := range d.Carriers {
		t.Row(c.Name, e.carrierWords(e.carrierState(c.CarrierState), c.CarrierState, zone))
	}
	return t
}

// carrierWords returns the state followed by what else is known of a carrier and what
// to do.
func (e *env) carrierWords(state string, c status.CarrierState, zone *time.Location) string {
	words := []string{state}
	if c.Until != nil && c.State.Open() {
		until := e.say.DateTime(c.Until.In(zone))
		if c.State == parcel.CarrierThrottled {
			words = append(words, e.say.T("asked_again", "When", until))
		} else {
			words = append(words, e.say.T("status_until", "Date", until))
		}
	}
	switch {
	case c.Budget > 0:
		words = append(words, e.say.T("status_budget", "Today", c.Today, "Budget", c.Budget))
	case c.Today > 0:
		words = append(words, e.say.T("status_today", "Today", c.Today))
	}
	if c.LastSuccess != nil {
		words = append(words, e.say.T("status_success", "Ago", e.ago(*c.LastSuccess)))
	}
	if c.LastEvents != nil {
		words = append(words, e.say.T("status_events", "Ago", e.ago(*c.LastEvents)))
	}
	if c.Unknown > 0 {
		words = append(words, e.say.T("status_unknown", "Unknown", c.Unknown, "Answers", c.Answers))
	}
	if c.Note != "" {
		words = append(words, textx.Line(c.Note, 100))
	}
	line := strings.Join(words, ", ")
	if steps := c.Fault.Steps(); len(steps) > 0 {
		line = e.say.T("then", "First", line, "Then", e.say.Text(steps))
	}
	return line
}

// why returns the fault in the user's language, or the English text recorded before
// faults were stored.
func (e *env) why(f message.Text, english string) string {
	if len(f) > 0 {
		return textx.Line(e.say.Text(f), 500)
	}
	return textx.Line(english, 300)
}

// carrierState returns the state with its reason. A working carrier has failed at most
// once, so only the reason is returned.
func (e *env) carrierState(c status.CarrierState) string {
	words, reason := e.say.CarrierState(c.State), e.why(c.Fault.What(), c.Error)
	switch {
	case reason == "":
		return words
	case c.State == parcel.CarrierOK, c.State == parcel.CarrierThrottled, c.State.Refused():
		return reason // names itself
	default:
		return words + ": " + reason
	}
}
