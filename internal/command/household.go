package command

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"strings"

	"parcelwatch/config"
	"parcelwatch/internal/household"
	"parcelwatch/internal/textx"
	"parcelwatch/store"
)

// envHousehold is the environment variable that names a household.
const envHousehold = "PARCELWATCH_HOUSEHOLD"

// enter makes the command one of another household than the configuration file's, if the
// flag or the environment names it. A command of the whole installation refuses the flag
// and ignores the variable.
func (e *env) enter(ctx context.Context, command, flag string) error {
	name := cmp.Or(flag, e.getenv(envHousehold))
	if name == "" || name == store.Home {
		return nil
	}
	verb, _, _ := strings.Cut(command, " ")
	if !slices.Contains([]string{
		"add", "check", "digest", "done", "export", "forget", "list", "login", "merge", "mute", "parse", "rename", "show", "split", "status", "track", "web",
	}, verb) {
		if flag == "" {
			return nil
		}
		return usage(e.say.T("err_household_command"))
	}
	cfg, err := e.installation()
	if err != nil {
		return err
	}
	e.speak(cfg.Language)
	member, err := e.households(cfg).Find(ctx, name)
	if err != nil {
		return err
	}
	e.name, e.member = name, member
	e.speak(member.Language)
	return nil
}

// households returns the source of all households. It opens the store only when it reads
// documents, and does not create it.
func (e *env) households(cfg *config.Config) *household.Source {
	return household.NewSource(cfg, lateRegistry{e, cfg})
}

// lateRegistry opens the store each time.
type lateRegistry struct {
	*env

	cfg *config.Config
}

// Revision implements [household.Registry]. No command asks twice.
func (lateRegistry) Revision(context.Context) (int64, error) { return 0, nil }

// HouseholdDocs implements [household.Registry].
func (r lateRegistry) HouseholdDocs(ctx context.Context) ([]store.HouseholdDoc, error) {
	if _, err := continueAsOwner(r.cfg.Store.Path); err != nil || !storeAt(r.cfg).Exists(ctx) {
		return nil, err
	}
	db, err := r.store(ctx, r.cfg)
	if err != nil {
		return nil, err
	}
	defer shut(db)
	return db.HouseholdDocs(ctx)
}

// leftOut returns the faults of other households. A command of one household tells none.
func (e *env) leftOut(ctx context.Context, cfg *config.Config) ([]error, error) {
	if e.member != nil {
		return nil, nil
	}
	set, err := e.households(cfg).Load(ctx)
	return set.Faults, err
}

// householdOf returns the name in an error of a household.
func householdOf(err error) string {
	if one, ok := errors.AsType[*household.Error](err); ok {
		return textx.Line(one.Name, 31)
	}
	return ""
}
