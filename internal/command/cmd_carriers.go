package command

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"parcelwatch/carriers"
	"parcelwatch/config"
	"parcelwatch/internal/cli"
	"parcelwatch/internal/ordered"
	"parcelwatch/internal/status"
	"parcelwatch/internal/textx"
	"parcelwatch/internal/version"
	"parcelwatch/store"
)

// carriersCmd has the state of the carriers as its default: "carriers NAME".
type carriersCmd struct {
	State  carriersStateCmd  `cmd:"" default:"withargs" help:"${help_carriers}"`
	Try    carriersTryCmd    `cmd:"" help:"${help_carriers_try}"`
	Export carriersExportCmd `cmd:"" help:"${help_carriers_export}"`
}

type carriersStateCmd struct {
	Name   string `arg:"" optional:"" help:"${help_carriers_name}"`
	Answer string `help:"${help_carriers_answer}" placeholder:"NAME"`
	JSON   bool   `help:"${help_json}"`
}

// Run lists the carriers with coverage, required credentials and state.
func (c *carriersStateCmd) Run(ctx context.Context, e *env) error {
	cfg := e.anyConfig()
	if c.Answer != "" {
		return c.answer(ctx, e)
	}
	from, release, err := e.source(ctx, cfg)
	if err != nil {
		return err
	}
	defer release()
	docs, err := from.Describe(ctx)
	if err != nil {
		return err
	}
	if c.Name != "" {
		if _, known := from.Carriers.Get(c.Name); !known {
			return usage(e.say.T("err_carrier", "Name", textx.Line(c.Name, 40), "Names", names(from.Carriers)))
		}
		docs = slices.DeleteFunc(docs, func(d status.Carrier) bool { return d.Name != c.Name })
	}
	if c.JSON {
		return cli.WriteJSON(e.out, docs)
	}
	if err := writeCarriers(e, docs, cfg.Timezone.Location()); err != nil || c.Name == "" {
		return err
	}
	return writeUnknown(e, docs[0])
}

// writeUnknown prints the codes that the carrier's table does not hold, and a line to
// report them with.
func writeUnknown(e *env, d status.Carrier) error {
	t := cli.NewTable(60)
	var codes []string
	for _, c := range d.UnknownCodes {
		code := textx.Line(c.Code, 60)
		t.Row(code, e.say.Date(c.Last.Time(time.UTC)))
		codes = append(codes, code)
	}
	if err := e.section("carriers_unknown", t); err != nil || len(codes) == 0 {
		return err
	}
	e.print("\n" + e.say.T("carriers_report"))
	e.print("  parcelwatch " + version.Get().Version + ", " + d.Name + ": " + strings.Join(codes, "; "))
	return nil
}

// answer prints the last response of a carrier that was not understood, for a bug report.
func (c *carriersStateCmd) answer(ctx context.Context, e *env) error {
	return e.stored(ctx, func(cfg *config.Config, db store.Store) error {
		list, err := db.Answers(ctx, c.Answer)
		if err != nil {
			return err
		}
		if len(list) == 0 {
			return nothing(e.say.T("carriers_no_answer", "Name", textx.Line(c.Answer, 40)))
		}
		if _, err := e.out.Write(append(carriers.Redact(list[0].Raw), '\n')); err != nil {
			return fmt.Errorf("write the answer: %w", err)
		}
		e.note(e.say.T("note_answer", "Date", e.say.DateTime(list[0].At.In(cfg.Timezone.Location()))))
		return nil
	})
}

// writeCarriers prints the carriers in the order of a parcel's journey, then where to get
// the missing keys.
func writeCarriers(e *env, docs []status.Carrier, zone *time.Location) error {
	rank := map[carriers.Role]int{carriers.RoleOrigin: 0, carriers.RoleDestination: 1, carriers.RoleAggregator: 2}
	docs = slices.Clone(docs)
	ordered.Sort(docs, func(a, b status.Carrier) int { return cmp.Compare(rank[a.Role], rank[b.Role]) })
	t, keys := cli.NewTable(36), cli.NewTable(36)
	for _, d := range docs {
		t.Row(carrierRow(e, d, zone)...)
		if d.LacksCredential() {
			keys.Row(d.Name, e.say.Text(d.Key))
		}
	}
	if err := t.Write(e.out); err != nil {
		return err
	}
	return e.section("carriers_keys", keys)
}

func carrierRow(e *env, d status.Carrier, zone *time.Location) []string {
	covers := strings.Join(d.Countries, " ")
	switch len(d.Countries) {
	case 0:
		covers = e.say.T("carriers_all")
	case 1:
		covers = e.say.Country(d.Countries[0])
	}
	state := e.carrierState(d.CarrierState)
	if d.LacksCredential() {
		state, d.Budget = e.say.T("carriers_lacks", "Settings", strings.Join(d.Missing, ", ")), 0
	}
	if d.Budget == 0 {
		d.Today = 0
	}
	return []string{d.Name, e.carrierTitle(d), e.say.T("role_" + string(d.Role)), covers, e.carrierWords(state, d.CarrierState, zone)}
}

// carrierTitle returns the name of a carrier in running text, and for a defined one
// that and which built-in carrier it replaces.
func (e *env) carrierTitle(d status.Carrier) string {
	name := e.say.Carrier(d.Name)
	switch {
	case d.Replaces:
		return e.say.T("carriers_replaces", "Name", name)
	case d.File != "":
		return e.say.T("carriers_declared", "Name", name)
	default:
		return name
	}
}
