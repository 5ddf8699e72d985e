package household

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"strings"

	"parcelwatch/config"
	"parcelwatch/internal/message"
	"parcelwatch/store"
)

// UnknownError is a household that does not exist.
type UnknownError struct {
	Name  string
	Known []string // the others in order, [store.Home] first
}

// Error returns the name and those that exist.
func (e *UnknownError) Error() string {
	return "no household " + e.Name + "; there are: " + strings.Join(e.Known, ", ")
}

// Fault returns the same as a message.
func (e *UnknownError) Fault() message.Text {
	return message.New("err_household", "Name", e.Name, "Names", strings.Join(e.Known, ", "))
}

// Find returns one household without reading the others. It returns an [UnknownError] if
// there is none of that name, and the faults of the household if it is not usable.
// The registry is not asked for a household that has a file.
func (s *Source) Find(ctx context.Context, name string) (*config.Config, error) {
	if name == store.Home {
		return s.home, nil
	}
	if path, ok := s.File(name); ok {
		cfg, err := s.home.LoadHousehold(path)
		if err != nil {
			return nil, err
		}
		return cfg, cfg.CheckSealed(ctx)
	}
	docs, err := s.Docs(ctx)
	if err != nil {
		return nil, err
	}
	for _, d := range docs {
		if d.Name == name {
			cfg, err := s.home.Household(name, "", d.Doc)
			if err != nil {
				return nil, err
			}
			return cfg, cfg.CheckSealed(ctx)
		}
	}
	known := []string{store.Home}
	paths, _ := s.list()
	for _, path := range paths {
		known = append(known, config.HouseholdName(path))
	}
	for _, d := range docs {
		known = append(known, d.Name)
	}
	slices.SortFunc(known, homeFirst)
	return nil, &UnknownError{Name: name, Known: slices.Compact(known)}
}

// File returns the path of a household's file, and whether there is such a file.
func (s *Source) File(name string) (path string, exists bool) {
	if s.dir == "" || !config.IsHousehold(name) {
		return "", false
	}
	_, err := os.Lstat(s.path(name))
	return s.path(name), err == nil || !errors.Is(err, fs.ErrNotExist)
}

// Docs returns the documents in the store.
func (s *Source) Docs(ctx context.Context) ([]store.HouseholdDoc, error) {
	if s.reg == nil {
		return nil, nil
	}
	docs, err := s.reg.HouseholdDocs(ctx)
	if err != nil {
		return nil, fmt.Errorf("read the households of the store: %w", err)
	}
	return docs, nil
}

// Check returns what keeps a document from being applied to the store beside the
// households of a set: a file of the same name, or a mailbox that another household watches.
func (s *Source) Check(set Set, name string, cfg *config.Config) error {
	if path, ok := s.File(name); ok {
		return &config.Error{Household: name, What: message.New("config_household_twice", "Path", path)}
	}
	watched := map[string]string{}
	for _, other := range set.Names() {
		if other != name {
			_ = watch(watched, other, set.Configs[other]) // they do not meet
		}
	}
	if err := watch(watched, name, cfg); err != nil {
		return err
	}
	return nil
}

// View returns the store with the data of one household in place of that of
// [store.Home].
func View(db store.Store, name string) store.Store {
	return view{db.Household(name), installation{db}}
}

// view has the methods of people before those of the installation.
type view struct {
	people
	installation
}

type people interface{ store.Household }

type installation struct{ store.Store }
