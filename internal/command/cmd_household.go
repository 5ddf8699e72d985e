package command

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"unicode"

	"parcelwatch/config"
	"parcelwatch/internal/cli"
	"parcelwatch/internal/household"
	"parcelwatch/internal/setup"
	"parcelwatch/internal/status"
	"parcelwatch/internal/textx"
	"parcelwatch/parcel"
	"parcelwatch/store"
)

// The commands for the households of an installation.
type (
	householdCmd struct {
		Apply  householdApplyCmd  `cmd:"" help:"${help_household_apply}"`
		List   householdListCmd   `cmd:"" help:"${help_household_list}"`
		Show   householdShowCmd   `cmd:"" help:"${help_household_show}"`
		Remove householdRemoveCmd `cmd:"" help:"${help_household_remove}"`
	}
	householdListCmd struct {
		JSON bool `help:"${help_json}"`
	}
	householdShowCmd struct {
		Name string `arg:""`
	}
	householdRemoveCmd struct {
		Name string `arg:""`
		Yes  bool   `short:"y" help:"${help_household_yes}"`
	}
)

// householdRow is a household in the JSON document of household list.
type householdRow struct {
	Schema      int      `json:"schema"`
	Name        string   `json:"name"`
	Destination string   `json:"destination"`
	Mailboxes   []string `json:"mailboxes"`
	Source      string   `json:"source"` // configuration, file, store
	Path        string   `json:"path"`   // empty for the store
	Usable      bool     `json:"usable"`
	Faults      []string `json:"faults"`
}

// Run lists the households and what is wrong with them.
func (c *householdListCmd) Run(ctx context.Context, e *env) error {
	cfg, err := e.config()
	if err != nil {
		return err
	}
	s := e.households(cfg)
	set, err := s.Load(ctx)
	if err != nil {
		return err
	}
	rows := e.householdRows(s, set)
	if c.JSON {
		return cli.WriteJSON(e.out, rows)
	}
	t := cli.NewTable(60)
	for _, r := range rows {
		boxes := strings.Join(r.Mailboxes, ", ")
		if !r.Usable {
			boxes = e.say.T("household_faulty")
		}
		place := r.Path
		if place == "" {
			place = e.say.T("household_in_store")
		}
		t.Row(textx.Line(r.Name, 31), r.Destination, textx.Line(boxes, 100), textx.Line(place, 300))
	}
	if err := t.Write(e.out); err != nil {
		return err
	}
	for _, err := range set.Faults {
		e.print("  " + textx.Line(e.words(err), 500))
	}
	return nil
}

// householdRows returns the usable and the faulty households by name. What is wrong with the
// folder as a whole is noted.
func (e *env) householdRows(s *household.Source, set household.Set) []householdRow {
	names := set.Names()
	faults := map[string][]string{}
	for _, err := range set.Faults {
		one, _ := errors.AsType[*household.Error](err)
		if one == nil || one.Name == "" {
			e.note(e.words(err))
			continue
		}
		if !slices.Contains(names, one.Name) {
			names = append(names, one.Name)
		}
		faults[one.Name] = append(faults[one.Name], e.words(err))
	}
	rows := make([]householdRow, 0, len(names))
	for _, name := range names {
		r := householdRow{Schema: status.Schema, Name: name, Source: "store", Mailboxes: []string{}, Faults: faults[name]}
		if r.Faults == nil {
			r.Faults = []string{}
		}
		if path, ok := s.File(name); ok {
			r.Source, r.Path = "file", path
		}
		if cfg := set.Configs[name]; cfg != nil {
			r.Usable, r.Destination = true, cfg.Destination
			for _, m := range cfg.Mailboxes {
				r.Mailboxes = append(r.Mailboxes, m.Name)
			}
			if name == store.Home {
				r.Source, r.Path = "configuration", cfg.Path
			}
		}
		rows = append(rows, r)
	}
	return rows
}

// Run prints the text of a household without its secrets.
func (c *householdShowCmd) Run(ctx context.Context, e *env) error {
	cfg, err := e.config()
	if err != nil {
		return err
	}
	if c.Name == store.Home {
		return usage(e.say.T("household_home", "Name", c.Name, "Path", cfg.Path))
	}
	s := e.households(cfg)
	path, file := s.File(c.Name)
	if file {
		text, err := readDoc(e.in, path)
		if err == nil {
			text, err = cfg.Hide(c.Name, path, text)
		}
		if err != nil {
			return err
		}
		return e.showText(text)
	}
	docs, err := s.Docs(ctx)
	if err != nil {
		return err
	}
	for _, d := range docs {
		if d.Name == c.Name { // its secrets are sealed
			return e.showText(d.Doc)
		}
	}
	_, err = s.Find(ctx, c.Name)
	return err
}

// showText prints a text of several lines without characters that a terminal obeys.
func (e *env) showText(text []byte) error {
	_, err := io.WriteString(e.out, strings.Map(func(r rune) rune {
		if r != '\n' && r != '\t' && (unicode.IsControl(r) || textx.Invisible(r)) {
			return -1
		}
		return r
	}, string(text)))
	return err
}

// maxDoc is more than a document may have; the configuration refuses the rest.
const maxDoc = 2 << 20

// readDoc reads a document, "-" from in.
func readDoc(in io.Reader, path string) ([]byte, error) {
	if path != "-" {
		f, err := os.Open(path) //nolint:gosec // the person names the file
		if err != nil {
			return nil, fmt.Errorf("read a household: %w", err)
		}
		defer shut(f)
		in = f
	}
	text, err := io.ReadAll(io.LimitReader(in, maxDoc))
	if err != nil {
		return nil, fmt.Errorf("read a household: %w", err)
	}
	return text, nil
}

// Run deletes a household and everything that is stored of it.
func (c *householdRemoveCmd) Run(ctx context.Context, e *env) error {
	cfg, err := e.config()
	if err != nil {
		return err
	}
	s := e.households(cfg)
	if c.Name == store.Home {
		return usage(e.say.T("household_home", "Name", c.Name, "Path", cfg.Path))
	}
	if path, file := s.File(c.Name); file {
		return failed(e.say.T("household_in_file", "Name", c.Name, "Path", path))
	}
	if !storeAt(cfg).Exists(ctx) {
		_, err := s.Find(ctx, c.Name)
		return err
	}
	db, err := e.store(ctx, cfg)
	if err != nil {
		return err
	}
	defer shut(db)
	return c.remove(ctx, e, household.NewSource(cfg, db), db)
}

func (c *householdRemoveCmd) remove(ctx context.Context, e *env, s *household.Source, db store.Store) error {
	docs, err := s.Docs(ctx)
	if err != nil {
		return err
	}
	known := slices.ContainsFunc(docs, func(d store.HouseholdDoc) bool { return d.Name == c.Name })
	own := db.Household(c.Name)
	left, err := leftOf(ctx, own)
	if err != nil {
		return err
	}
	if !known && (!left || !config.IsHousehold(c.Name)) {
		_, err := s.Find(ctx, c.Name)
		return err
	}
	count, err := own.Following(ctx)
	if err != nil {
		return err
	}
	if !c.Yes {
		yes, err := setup.NewPrompt(e.in, e.out, nil).Yes(ctx, e.say.T("household_ask", "Name", c.Name, "Count", count), false,
			setup.List(e.say.T("setup_word_yes")), setup.List(e.say.T("setup_word_no")))
		if err != nil {
			return err
		}
		if !yes {
			return failed(e.say.T("household_kept"))
		}
	}
	if !known { // of a file that was deleted
		if err := db.PutHousehold(ctx, store.HouseholdDoc{Name: c.Name}); err != nil {
			return err
		}
	}
	if err := db.RemoveHousehold(ctx, c.Name); err != nil {
		return err
	}
	e.print(e.say.T("household_removed", "Name", c.Name))
	return nil
}

// leftOf reports whether parcels of a household are stored.
func leftOf(ctx context.Context, db store.Listing) (left bool, err error) {
	for _, s := range []store.Standing{store.Open, store.Delivered, store.Archived} {
		if err := db.EachParcel(ctx, s, func(parcel.Parcel) bool { left = true; return false }); err != nil || left {
			return left, err
		}
	}
	return false, nil
}
