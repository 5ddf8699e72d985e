package command

import (
	"context"
	"time"

	"parcelwatch/config"
	"parcelwatch/internal/app"
	"parcelwatch/internal/cli"
	"parcelwatch/internal/message"
	"parcelwatch/parcel"
	"parcelwatch/store/sqlite"
)

type statusCmd struct {
	Quiet bool `short:"q" help:"${help_status_quiet}"`
	JSON  bool `help:"${help_json}"`
}

// statusDoc is the state of everything.
type statusDoc struct {
	Schema              int                  `json:"schema"`
	Running             bool                 `json:"running"`
	Since               *time.Time           `json:"since"`
	Mailboxes           []mailboxDoc         `json:"mailboxes"`
	Carriers            []carrierState       `json:"carriers"`
	Outbox              outboxDoc            `json:"outbox"`
	LastDigest          *time.Time           `json:"last_digest"`
	NextDigest          *time.Time           `json:"next_digest"`
	Parcels             int                  `json:"parcels"`
	OrdersWithoutNumber int                  `json:"orders_without_number"`
	NotUnderstood       []notUnderstoodState `json:"not_understood"`
}

type mailboxDoc struct {
	Name      string              `json:"name"`
	Folder    string              `json:"folder"`
	State     parcel.MailboxState `json:"state"`
	Since     *time.Time          `json:"since"`
	LastMail  *time.Time          `json:"last_mail"`
	LastCheck *time.Time          `json:"last_check"`
	Error     string              `json:"error"`
	fault     message.Text
}

type carrierState struct {
	Name        string              `json:"name"`
	State       parcel.CarrierState `json:"state"`
	Until       *time.Time          `json:"until"`
	Today       int                 `json:"today"`
	Budget      int                 `json:"budget"`
	LastSuccess *time.Time          `json:"last_success"`
	Error       string              `json:"error"`
	Note        string              `json:"note,omitempty"`
	fault       message.Text
}

type outboxDoc struct {
	Waiting int        `json:"waiting"`
	Oldest  *time.Time `json:"oldest"`
	Error   string     `json:"error"`
	fault   message.Text
}

type notUnderstoodState struct {
	Mail    string     `json:"mail"`
	Why     string     `json:"why"`
	Subject string     `json:"subject,omitempty"`
	At      *time.Time `json:"at,omitempty"`
}

// Run says what works and what is broken, whether the daemon runs or not.
func (c *statusCmd) Run(ctx context.Context, e *env) error {
	cfg, err := e.config()
	if err != nil {
		return err
	}
	doc, err := gather(ctx, e, cfg)
	if err != nil {
		return err
	}
	switch {
	case c.Quiet:
	case c.JSON:
		err = cli.WriteJSON(e.out, doc)
	default:
		err = writeStatus(e, cfg, doc)
	}
	if err != nil {
		return err
	}
	return verdictOf(e, c.Quiet, doc)
}

// verdictOf is the exit status for health checks: a daemon that does not run, or
// cannot read or send, is broken. A post that does not answer is not our fault.
func verdictOf(e *env, quiet bool, d statusDoc) error {
	text := ""
	switch {
	case !d.Running:
		text = e.say.T("err_not_running")
	case d.Outbox.Error != "":
		text = e.say.T("err_unhealthy")
	}
	for _, m := range d.Mailboxes {
		if d.Running && (m.State == parcel.MailboxBroken || m.State == parcel.MailboxRefused) {
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

// gather reads everything from the store; a store that is not there yet is an
// empty one.
func gather(ctx context.Context, e *env, cfg *config.Config) (statusDoc, error) {
	doc := statusDoc{Schema: cli.Schema, Mailboxes: []mailboxDoc{}, Carriers: []carrierState{}, NotUnderstood: []notUnderstoodState{}}
	var health parcel.Health
	if exists(cfg.Store.Path) {
		db, err := sqlite.Open(ctx, cfg.Store.Path, sqlite.Options{Now: e.now})
		if err != nil {
			return doc, err
		}
		defer shut(db)
		if health, err = db.Health(ctx); err != nil {
			return doc, err
		}
		if err := counts(ctx, db, &doc, e.now()); err != nil {
			return doc, err
		}
	}
	doc.mailboxes(cfg, health.Mailboxes)
	set, broken, err := app.Carriers(ctx, cfg)
	if err != nil {
		return doc, err
	}
	for _, m := range set.Members() {
		h := carrierHealth(m, health.Carriers, broken, e.now())
		doc.Carriers = append(doc.Carriers, carrierState{
			Name: h.Name, State: h.State, Until: cli.Moment(h.Until), Today: h.Today, Budget: h.Budget,
			LastSuccess: cli.Moment(h.LastSuccess), Error: h.Error, Note: h.Note, fault: h.Fault,
		})
	}
	doc.Outbox = outboxDoc{Waiting: health.Outbox.Waiting, Oldest: cli.Moment(health.Outbox.Oldest), Error: health.Outbox.Error, fault: health.Outbox.Fault}
	for _, n := range health.NotUnderstood {
		doc.NotUnderstood = append(doc.NotUnderstood, notUnderstoodState{Mail: n.Mail, Why: n.Why, Subject: n.Subject, At: cli.Moment(n.At)})
	}
	return doc, nil
}

func counts(ctx context.Context, db *sqlite.DB, doc *statusDoc, now time.Time) error {
	beat, err := db.Heartbeat(ctx)
	if err != nil {
		return err
	}
	if doc.Running = beat.Alive(now); doc.Running {
		doc.Since, doc.NextDigest = cli.Moment(beat.Started), cli.Moment(beat.NextDigest)
	}
	last, err := db.LastDigest(ctx)
	if err != nil {
		return err
	}
	doc.LastDigest = cli.Moment(last)
	rows, err := listed(ctx, db, false, now)
	if err != nil {
		return err
	}
	for _, r := range rows {
		if r.Number == "" {
			doc.OrdersWithoutNumber++
		} else {
			doc.Parcels++
		}
	}
	return nil
}

// mailboxes is every configured folder, with what was recorded of it. Without a
// daemon nobody knows the state of now.
func (d *statusDoc) mailboxes(cfg *config.Config, recorded []parcel.MailboxHealth) {
	for _, m := range cfg.Mailboxes {
		for _, folder := range m.Folders {
			row := mailboxDoc{Name: m.Name, Folder: folder, State: parcel.MailboxUnknown}
			for _, h := range recorded {
				if h.Name != m.Name || h.Folder != folder {
					continue
				}
				row.LastMail, row.LastCheck = cli.Moment(h.LastMail), cli.Moment(h.LastCheck)
				if d.Running {
					row.State, row.Since, row.Error, row.fault = h.State, cli.Moment(h.Since), h.Error, h.Fault
				}
			}
			if d.Running && row.State == parcel.MailboxUnknown {
				row.State = parcel.MailboxConnecting
			}
			d.Mailboxes = append(d.Mailboxes, row)
		}
	}
}
