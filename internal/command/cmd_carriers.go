package command

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"parcelwatch/carriers"
	"parcelwatch/internal/cli"
	"parcelwatch/internal/status"
	"parcelwatch/internal/textx"

	"parcelwatch/parcel"
)

type carriersCmd struct {
	JSON bool `help:"${help_json}"`
}

// Run lists the carriers: what they cover, what they need, how they are.
func (c *carriersCmd) Run(ctx context.Context, e *env) error {
	cfg := e.anyConfig()
	from, release, err := e.source(ctx, cfg)
	if err != nil {
		return err
	}
	defer release()
	docs, err := from.Describe(ctx)
	if err != nil {
		return err
	}
	if c.JSON {
		return cli.WriteJSON(e.out, docs)
	}
	return writeCarriers(e, docs)
}

// writeCarriers shows a person the carriers in the order a parcel meets them, and
// below where the keys are to be had that are missing.
func writeCarriers(e *env, docs []status.Carrier) error {
	rank := map[carriers.Role]int{carriers.RoleOrigin: 0, carriers.RoleDestination: 1, carriers.RoleAggregator: 2}
	docs = slices.Clone(docs)
	slices.SortStableFunc(docs, func(a, b status.Carrier) int { return cmp.Compare(rank[a.Role], rank[b.Role]) })
	t, keys := cli.NewTable(36), cli.NewTable(36)
	for _, d := range docs {
		t.Row(carrierRow(e, d)...)
		if d.LacksCredential() {
			keys.Row(d.Name, e.say.CredentialHelp(d.Name, d.Help))
		}
	}
	if err := t.Write(e.out); err != nil {
		return err
	}
	return e.section("carriers_keys", keys)
}

func carrierRow(e *env, d status.Carrier) []string {
	covers := strings.Join(d.Countries, " ")
	switch len(d.Countries) {
	case 0:
		covers = e.say.T("carriers_all")
	case 1:
		covers = e.say.Country(d.Countries[0])
	}
	words := carrierWords(e, d.State, e.why(d.Fault, d.Error))
	if d.LacksCredential() {
		words = e.say.T("carriers_lacks", "Settings", strings.Join(d.Missing, ", "))
	}
	if d.Until != nil && d.State == parcel.CarrierQuarantined {
		words += ", " + e.say.T("status_until", "Date", e.say.DateTime(d.Until.Local()))
	}
	if d.Budget > 0 && !d.LacksCredential() {
		words += ", " + e.say.T("status_budget", "Today", d.Today, "Budget", d.Budget)
	}
	if d.LastSuccess != nil {
		words += ", " + e.say.T("status_success", "Ago", e.say.Ago(e.now().Sub(*d.LastSuccess)))
	}
	if d.Note != "" {
		words += ", " + textx.Line(d.Note, 100)
	}
	return []string{d.Name, e.say.Carrier(d.Name), e.say.T("role_" + string(d.Role)), covers, words}
}
