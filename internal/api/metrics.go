package api

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/VictoriaMetrics/metrics"

	"parcelwatch/internal/status"
	"parcelwatch/internal/version"
	"parcelwatch/parcel"
)

// Metrics counts what no store keeps. The counts begin with the process.
type Metrics struct{ set *metrics.Set }

// NewMetrics returns metrics without a count.
func NewMetrics() *Metrics { return &Metrics{set: metrics.NewSet()} }

// Asked counts the result of asking a carrier about a number.
func (m *Metrics) Asked(carrier string, result parcel.Result) {
	m.set.GetOrCreateCounter("parcelwatch_carrier_requests_total" + labels("carrier", carrier, "result", string(result))).Inc()
}

// Told counts changes that a message announces.
func (m *Metrics) Told(changes int) {
	m.set.GetOrCreateCounter("parcelwatch_changes_told_total").Add(changes)
}

// Held counts what this daemon runs of a store that several share.
func (m *Metrics) Held(households, mailboxes int) {
	m.set.GetOrCreateGauge("parcelwatch_households_held", nil).Set(float64(households))
	m.set.GetOrCreateGauge("parcelwatch_mailboxes_watched", nil).Set(float64(mailboxes))
}

// labels writes pairs of names and values. No value is a parcel's.
func labels(pairs ...string) string {
	escape := strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\n", `\n`)
	var all []string
	for pair := range slices.Chunk(pairs, 2) {
		all = append(all, pair[0]+`="`+escape.Replace(pair[1])+`"`)
	}
	return "{" + strings.Join(all, ",") + "}"
}

// metrics answers in the text format of Prometheus.
func (a *API) metrics(w http.ResponseWriter, r *http.Request) error {
	now := a.Now()
	d, err := a.Source(now).Status(r.Context())
	if err != nil {
		return err
	}
	counts, err := a.Store.ByStatus(r.Context())
	if err != nil {
		return err
	}
	var b bytes.Buffer
	write(&b, d)
	for _, s := range parcel.Statuses() {
		if n := counts[s]; n > 0 {
			gauge(&b, "parcels", float64(n), "status", string(s))
		}
	}
	a.Metrics.set.WritePrometheus(&b)
	metrics.WriteProcessMetrics(&b)
	w.Header().Set("Content-Type", "text/plain; version=0.0.4; charset=utf-8")
	_, err = b.WriteTo(w)
	if err != nil {
		return fmt.Errorf("answer with metrics: %w", err)
	}
	return nil
}

// write writes what the status document holds.
func write(b io.Writer, d status.Status) {
	gauge(b, "build_info", 1, "version", version.Get().Version)
	for _, m := range d.Mailboxes {
		up := 0.0
		if m.State == parcel.MailboxIdle || m.State == parcel.MailboxPolling {
			up = 1
		}
		gauge(b, "mailbox_up", up, "mailbox", m.Name, "folder", m.Folder)
		moment(b, "mailbox_last_mail_timestamp_seconds", m.LastMail, "mailbox", m.Name, "folder", m.Folder)
		moment(b, "mailbox_last_check_timestamp_seconds", m.LastCheck, "mailbox", m.Name, "folder", m.Folder)
	}
	for _, c := range d.Carriers {
		if c.State == parcel.CarrierOff || c.State == parcel.CarrierNoCredential {
			continue
		}
		up := 0.0
		if c.State == parcel.CarrierOK {
			up = 1
		}
		gauge(b, "carrier_up", up, "carrier", c.Name)
		gauge(b, "carrier_budget_used", float64(c.Today), "carrier", c.Name)
		if c.Budget > 0 {
			gauge(b, "carrier_budget", float64(c.Budget), "carrier", c.Name)
		}
		moment(b, "carrier_last_success_timestamp_seconds", c.LastSuccess, "carrier", c.Name)
	}
	gauge(b, "outbox_waiting", float64(d.Outbox.Waiting))
	moment(b, "outbox_oldest_timestamp_seconds", d.Outbox.Oldest)
	moment(b, "last_digest_timestamp_seconds", d.LastDigest)
	moment(b, "next_digest_timestamp_seconds", d.NextDigest)
	gauge(b, "orders_without_number", float64(d.OrdersWithoutNumber))
	gauge(b, "mails_not_understood", float64(len(d.NotUnderstood)))
}

func gauge(b io.Writer, name string, value float64, pairs ...string) {
	name = "parcelwatch_" + name
	if len(pairs) > 0 {
		name += labels(pairs...)
	}
	metrics.WriteGaugeFloat64(b, name, value)
}

func moment(b io.Writer, name string, t *time.Time, pairs ...string) {
	if t != nil {
		gauge(b, name, float64(t.Unix()), pairs...)
	}
}
