// Package status builds the documents about parcels, mailboxes and carriers that
// commands print as JSON. It must not know how a document is shown or which command
// needs it.
package status

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"time"

	"parcelwatch/carriers"
	"parcelwatch/config"
	"parcelwatch/internal/locale"
	"parcelwatch/internal/message"
	"parcelwatch/parcel"
	"parcelwatch/store"
)

// Status is the state of mailboxes, carriers and outbox.
type Status struct {
	Schema    int             `json:"schema"`
	Running   bool            `json:"running"`
	Since     *time.Time      `json:"since"`
	Daemons   []Daemon        `json:"daemons"`
	Mailboxes []Mailbox       `json:"mailboxes"`
	Unwatched []Unwatched     `json:"unwatched"`
	Carriers  []CarrierStatus `json:"carriers"`
	// Sharing lists the carriers whose budgets are short for the parcels.
	Sharing             []parcel.Sharing `json:"sharing"`
	Outbox              Outbox           `json:"outbox"`
	LastDigest          *time.Time       `json:"last_digest"`
	NextDigest          *time.Time       `json:"next_digest"`
	Parcels             int              `json:"parcels"`
	OrdersWithoutNumber int              `json:"orders_without_number"`
	// Unverified counts the parcels and orders among them that only unproven mail names.
	Unverified    int              `json:"unverified"`
	Surplus       []parcel.Surplus `json:"surplus"` // not accepted from unproven mail
	NotUnderstood []NotUnderstood  `json:"not_understood"`
}

// Daemon is one of the daemons that share the store, also one that has stopped within a day.
type Daemon struct {
	Name       string     `json:"name"` // host and process
	Version    string     `json:"version"`
	Running    bool       `json:"running"`
	Since      *time.Time `json:"since"`
	Seen       *time.Time `json:"seen"`
	Households int        `json:"households"`
	Mailboxes  int        `json:"mailboxes"`
}

// Mailbox is the state of one mail folder.
type Mailbox struct {
	Name      string              `json:"name"`
	Folder    string              `json:"folder"`
	State     parcel.MailboxState `json:"state"`
	Since     *time.Time          `json:"since"`
	LastMail  *time.Time          `json:"last_mail"`
	LastCheck *time.Time          `json:"last_check"`
	Error     string              `json:"error"`
	Fault     message.Text        `json:"-"` // Error as a message
}

// Unwatched is a mailbox that is no longer configured and whose parcels and orders are
// still followed. They are in every digest.
type Unwatched struct {
	Mailbox string `json:"mailbox"`
	Parcels int    `json:"parcels"`
	Orders  int    `json:"orders"`
}

// Outbox is the state of the mail waiting to be sent.
type Outbox struct {
	Waiting int          `json:"waiting"`
	Oldest  *time.Time   `json:"oldest"`
	Error   string       `json:"error"`
	Fault   message.Text `json:"-"` // Error as a message
}

// NotUnderstood is a shipment mail from which nothing could be extracted.
type NotUnderstood struct {
	Mail    string         `json:"mail"`
	Why     string         `json:"why"`
	Texts   []message.Text `json:"-"` // Why as messages
	Subject string         `json:"subject,omitempty"`
	At      *time.Time     `json:"at,omitempty"`
}

// Source holds the inputs of the documents.
type Source struct {
	Store    Store // nil if there is no store yet, which counts as an empty one
	Config   *config.Config
	Carriers *carriers.Set
	Broken   map[string]error // why the secrets of a carrier cannot be read
	Now      time.Time
}

// Store is the read access to the store.
type Store interface {
	store.DigestSource
	store.Counts
	store.Heartbeats
	Nodes(ctx context.Context) ([]store.Node, error)
}

// Status returns the state of everything.
func (s Source) Status(ctx context.Context) (Status, error) {
	d, health, err := s.vitals(ctx)
	if err != nil {
		return d, err
	}
	if s.Store != nil {
		if err := s.counts(ctx, &d); err != nil {
			return d, err
		}
	}
	d.Carriers = []CarrierStatus{}
	for _, m := range s.Carriers.Members() {
		d.Carriers = append(d.Carriers, CarrierStatus{m.Info.Name, m.Info.Title, s.carrierState(m, health.Carriers)})
	}
	if d.Sharing, err = s.sharing(ctx); err != nil {
		return d, err
	}
	d.Surplus = append([]parcel.Surplus{}, health.Surplus...)
	d.NotUnderstood = []NotUnderstood{}
	for _, n := range health.NotUnderstood {
		d.NotUnderstood = append(d.NotUnderstood, NotUnderstood{Mail: n.Mail, Why: locale.English(n.Why...), Texts: n.Why, Subject: n.Subject, At: moment(n.At)})
	}
	return d, nil
}

// Unwatched returns the mailboxes of followed parcels and open orders that only mail of
// mailboxes names which are no longer configured, sorted by name.
func (s Source) Unwatched(ctx context.Context) ([]Unwatched, error) {
	var watched []string
	for _, m := range s.Config.Mailboxes {
		watched = append(watched, m.Name)
	}
	found := map[string]Unwatched{}
	parcels, err := s.Store.Unwatched(ctx, watched)
	if err != nil {
		return nil, err
	}
	for _, u := range parcels {
		found[u.Mailbox] = Unwatched{Mailbox: u.Mailbox, Parcels: u.Parcels}
	}
	orders, err := openOrders(ctx, s.Store, s.Now)
	if err != nil {
		return nil, err
	}
	for _, o := range orders {
		if o.Mailboxes.Any(watched) {
			continue
		}
		for _, box := range o.Mailboxes {
			found[box] = Unwatched{Mailbox: box, Parcels: found[box].Parcels, Orders: found[box].Orders + 1}
		}
	}
	return slices.SortedFunc(maps.Values(found), func(a, b Unwatched) int { return cmp.Compare(a.Mailbox, b.Mailbox) }), nil
}

// Vitals returns the part of the status that a health check asks for: whether the daemon
// runs, its mailboxes and its outbox. It takes no longer with more parcels.
func (s Source) Vitals(ctx context.Context) (Status, error) {
	d, _, err := s.vitals(ctx)
	return d, err
}

func (s Source) vitals(ctx context.Context) (Status, parcel.Health, error) {
	d := Status{Schema: Schema, Unwatched: []Unwatched{}, Daemons: []Daemon{}}
	health, err := s.health(ctx)
	if err != nil {
		return d, health, err
	}
	if s.Store != nil {
		beat, err := s.Store.Heartbeat(ctx)
		if err != nil {
			return d, health, err
		}
		if d.Running = beat.Alive(s.Now); d.Running {
			d.Since, d.NextDigest = moment(beat.Started), moment(beat.NextDigest)
		}
	}
	d.Mailboxes = s.mailboxes(health.Mailboxes, d.Running)
	box := health.Outbox
	d.Outbox = Outbox{Waiting: box.Waiting, Oldest: moment(box.Oldest), Error: box.Error, Fault: box.Fault}
	return d, health, nil
}

func (s Source) health(ctx context.Context) (parcel.Health, error) {
	if s.Store == nil {
		return parcel.Health{}, nil
	}
	return s.Store.Health(ctx)
}

func (s Source) counts(ctx context.Context, d *Status) error {
	nodes, err := s.Store.Nodes(ctx)
	if err != nil {
		return err
	}
	for _, n := range nodes {
		d.Daemons = append(d.Daemons, Daemon{
			Name: n.Name, Version: n.Version, Running: n.Alive, Since: moment(n.Started), Seen: moment(n.Seen), Households: n.Households, Mailboxes: n.Mailboxes,
		})
	}
	last, err := s.Store.LastDigest(ctx)
	if err != nil {
		return err
	}
	d.LastDigest = moment(last)
	if d.Parcels, err = s.Store.Following(ctx); err != nil {
		return err
	}
	orders, err := openOrders(ctx, s.Store, s.Now)
	if err != nil {
		return err
	}
	d.OrdersWithoutNumber = len(orders)
	if d.Unverified, err = s.Store.FollowingUnverified(ctx); err != nil {
		return err
	}
	for _, o := range orders {
		if o.Unverified {
			d.Unverified++
		}
	}
	found, err := s.Unwatched(ctx)
	d.Unwatched = append(d.Unwatched, found...)
	return err
}

// mailboxes returns the configured folders with their recorded health. While no daemon
// runs, their states are unknown.
func (s Source) mailboxes(recorded []parcel.MailboxHealth, running bool) []Mailbox {
	out := []Mailbox{}
	for _, m := range s.Config.Mailboxes {
		for _, folder := range m.Folders {
			row := Mailbox{Name: m.Name, Folder: folder, State: parcel.MailboxUnknown}
			for _, h := range recorded {
				if h.Name != m.Name || h.Folder != folder {
					continue
				}
				row.LastMail, row.LastCheck = moment(h.LastMail), moment(h.LastCheck)
				if running {
					row.State, row.Since, row.Error, row.Fault = h.State, moment(h.Since), h.Error, h.Fault
				}
			}
			if running && row.State == parcel.MailboxUnknown {
				row.State = parcel.MailboxConnecting
			}
			out = append(out, row)
		}
	}
	return out
}

// sharing returns the carriers whose budgets are short.
func (s Source) sharing(ctx context.Context) ([]parcel.Sharing, error) {
	if s.Store == nil {
		return []parcel.Sharing{}, nil
	}
	asked, err := s.Store.Asked(ctx, s.Now.Add(-parcel.SharingTime))
	return append([]parcel.Sharing{}, parcel.Sharings(asked, s.Carriers.Budgets())...), err
}
