package command

import (
	"bytes"
	"context"
	"maps"
	"slices"

	"parcelwatch/config"
	"parcelwatch/internal/household"
	"parcelwatch/store"
)

type householdApplyCmd struct {
	Files []string `arg:"" name:"file"`
	Name  string   `help:"${help_household_name}" placeholder:"NAME"`
	Check bool     `help:"${help_household_check}"`
}

// Run checks documents of households and stores those without a fault.
func (c *householdApplyCmd) Run(ctx context.Context, e *env) error {
	switch {
	case c.Name != "" && len(c.Files) > 1:
		return usage(e.say.T("household_one_name"))
	case c.Name == "" && slices.Contains(c.Files, "-"):
		return usage(e.say.T("household_need_name"))
	}
	cfg, err := e.config()
	if err != nil {
		return err
	}
	// The files are read while still root: the owner of the store may not be allowed to.
	texts, unread := make([][]byte, len(c.Files)), make([]error, len(c.Files))
	for i, path := range c.Files {
		if texts[i], unread[i] = readDoc(e.in, path); unread[i] == nil {
			texts[i], unread[i] = c.sealed(ctx, cfg, path, texts[i])
		}
	}
	s := e.households(cfg)
	set, err := s.Load(ctx)
	if err != nil {
		return err
	}
	set.Configs = maps.Clone(set.Configs)
	a := applying{env: e, cfg: cfg, source: s, set: set, check: c.Check}
	if a.stored, err = s.Docs(ctx); err != nil {
		return err
	}
	defer func() {
		if a.db != nil {
			shut(a.db)
		}
	}()
	code := exitGood
	for i, path := range c.Files {
		err := unread[i]
		if err == nil {
			err = a.apply(ctx, path, c.nameOf(path), texts[i])
		}
		if err != nil {
			e.report(err)
			code = max(code, codeOf(err))
		}
	}
	if code != exitGood {
		return &exitError{code: code}
	}
	return nil
}

func (c *householdApplyCmd) nameOf(path string) string {
	if c.Name != "" {
		return c.Name
	}
	return config.HouseholdName(path)
}

// sealed returns a document as it is stored. Faults name the file it came from.
func (c *householdApplyCmd) sealed(ctx context.Context, cfg *config.Config, path string, text []byte) ([]byte, error) {
	out, err := cfg.Seal(ctx, c.nameOf(path), text)
	return out, inFile(err, path)
}

// inFile names the file that a document with faults came from.
func inFile(err error, path string) error {
	list, other := config.Problems(err)
	if path == "-" || other != nil {
		return err
	}
	for _, one := range list {
		if one.Household != "" {
			one.File = path
		}
	}
	return err
}

// applying is one run of household apply.
type applying struct {
	*env

	cfg    *config.Config
	source *household.Source
	set    household.Set
	stored []store.HouseholdDoc
	db     store.Store // opened for the first document that is put
	check  bool
}

func (a *applying) apply(ctx context.Context, path, name string, doc []byte) error {
	cfg, err := a.cfg.Household(name, "", doc)
	if err == nil {
		err = a.source.Check(a.set, name, cfg)
	}
	if err != nil {
		return inFile(err, path)
	}
	a.set.Configs[name] = cfg
	id := "household_added"
	for _, d := range a.stored {
		switch {
		case d.Name != name:
		case bytes.Equal(d.Doc, doc):
			id = "household_same"
		default:
			id = "household_replaced"
		}
	}
	switch {
	case a.check:
		id = "household_good"
	case id != "household_same":
		if err := a.put(ctx, store.HouseholdDoc{Name: name, Doc: doc}); err != nil {
			return err
		}
	}
	a.print(a.say.T(id, "Name", name))
	return nil
}

func (a *applying) put(ctx context.Context, d store.HouseholdDoc) error {
	if a.db == nil {
		db, err := a.store(ctx, a.cfg)
		if err != nil {
			return err
		}
		a.db = db
	}
	return a.db.PutHousehold(ctx, d)
}
