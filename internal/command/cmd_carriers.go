package command

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"time"

	"parcelwatch/carriers"
	"parcelwatch/internal/app"
	"parcelwatch/internal/cli"
	"parcelwatch/internal/fault"
	"parcelwatch/internal/message"

	"parcelwatch/parcel"
	"parcelwatch/store/sqlite"
)

type carriersCmd struct {
	JSON bool `help:"${help_json}"`
}

// carrierDoc is one carrier as this command gives it.
type carrierDoc struct {
	Schema      int                 `json:"schema"`
	Name        string              `json:"name"`
	Title       string              `json:"title"`
	Site        string              `json:"site"`
	Role        carriers.Role       `json:"role"`
	Countries   []string            `json:"countries"` // empty for everywhere
	Settings    []string            `json:"settings"`
	Missing     []string            `json:"missing"`
	Help        string              `json:"help"`
	State       parcel.CarrierState `json:"state"`
	Until       *time.Time          `json:"until"`
	Today       int                 `json:"today"`
	Budget      int                 `json:"budget"`
	LastSuccess *time.Time          `json:"last_success"`
	Error       string              `json:"error"`
	fault       message.Text
	Note        string `json:"note,omitempty"`
}

// Run lists the carriers: what they cover, what they need, how they are.
func (c *carriersCmd) Run(ctx context.Context, e *env) error {
	cfg := e.anyConfig()
	set, broken, err := app.Carriers(ctx, cfg)
	if err != nil {
		return err
	}
	var recorded []parcel.CarrierHealth
	if exists(cfg.Store.Path) {
		db, err := sqlite.Open(ctx, cfg.Store.Path, sqlite.Options{Now: e.now})
		if err != nil {
			return err
		}
		defer shut(db)
		health, err := db.Health(ctx)
		if err != nil {
			return err
		}
		recorded = health.Carriers
	}
	docs := make([]carrierDoc, 0, len(set.Members()))
	for _, m := range set.Members() {
		docs = append(docs, describe(m, carrierHealth(m, recorded, broken, e.now())))
	}
	if c.JSON {
		return cli.WriteJSON(e.out, docs)
	}
	return writeCarriers(e, docs)
}

// writeCarriers shows a person the carriers in the order a parcel meets them, and
// below where the keys are to be had that are missing.
func writeCarriers(e *env, docs []carrierDoc) error {
	rank := map[carriers.Role]int{carriers.RoleOrigin: 0, carriers.RoleDestination: 1, carriers.RoleAggregator: 2}
	docs = slices.Clone(docs)
	slices.SortStableFunc(docs, func(a, b carrierDoc) int { return cmp.Compare(rank[a.Role], rank[b.Role]) })
	t, keys := cli.NewTable(36), cli.NewTable(36)
	for _, d := range docs {
		t.Row(carrierRow(e, d)...)
		if d.lacks() {
			keys.Row(d.Name, e.say.CredentialHelp(d.Name, d.Help))
		}
	}
	if err := t.Write(e.out); err != nil {
		return err
	}
	return e.section("carriers_keys", keys)
}

// lacks reports a carrier that is not asked only because nobody gave it its key.
func (d carrierDoc) lacks() bool { return d.State == parcel.CarrierNoCredential && d.Error == "" }

func describe(m carriers.Member, h parcel.CarrierHealth) carrierDoc {
	d := carrierDoc{
		Schema: cli.Schema, Name: m.Info.Name, Title: m.Info.Title, Site: m.Info.Site, Role: m.Info.Role,
		Countries: append([]string{}, m.Info.Countries...), Settings: []string{}, Missing: append([]string{}, m.Missing...),
		Help: m.Info.CredentialHelp, State: h.State, Today: h.Today, Budget: h.Budget, Error: h.Error, Note: h.Note, fault: h.Fault,
		Until: cli.Moment(h.Until), LastSuccess: cli.Moment(h.LastSuccess),
	}
	for _, s := range m.Info.Settings {
		d.Settings = append(d.Settings, s.Name)
	}
	return d
}

// carrierHealth is what the configuration decides, and else what was recorded. A
// quarantine that is over is none.
func carrierHealth(m carriers.Member, recorded []parcel.CarrierHealth, broken map[string]error, now time.Time) parcel.CarrierHealth {
	out := parcel.CarrierHealth{Name: m.Info.Name, State: m.State()}
	for _, h := range recorded {
		if h.Name == m.Info.Name {
			out = h
		}
	}
	if s := m.State(); s != parcel.CarrierOK {
		out.State, out.Error, out.Fault = s, "", nil
	} else if out.State == "" || out.State == parcel.CarrierQuarantined && !out.Until.After(now) {
		out.State = parcel.CarrierOK
	}
	if err := broken[m.Info.Name]; err != nil {
		out.State, out.Error, out.Fault = parcel.CarrierNoCredential, err.Error(), fault.Explain(err)
	}
	out.Budget = m.Info.Budget
	return out
}

func carrierRow(e *env, d carrierDoc) []string {
	covers := strings.Join(d.Countries, " ")
	switch len(d.Countries) {
	case 0:
		covers = e.say.T("carriers_all")
	case 1:
		covers = e.say.Country(d.Countries[0])
	}
	words := carrierWords(e, d.State, e.why(d.fault, d.Error))
	if d.lacks() {
		words = e.say.T("carriers_lacks", "Settings", strings.Join(d.Missing, ", "))
	}
	if d.Until != nil && d.State == parcel.CarrierQuarantined {
		words += ", " + e.say.T("status_until", "Date", e.say.DateTime(d.Until.Local()))
	}
	if d.Budget > 0 && !d.lacks() {
		words += ", " + e.say.T("status_budget", "Today", d.Today, "Budget", d.Budget)
	}
	if d.LastSuccess != nil {
		words += ", " + e.say.T("status_success", "Ago", e.say.Ago(e.now().Sub(*d.LastSuccess)))
	}
	if d.Note != "" {
		words += ", " + cli.Clean(d.Note, 100)
	}
	return []string{d.Name, e.say.Carrier(d.Name), e.say.T("role_" + string(d.Role)), covers, words}
}
