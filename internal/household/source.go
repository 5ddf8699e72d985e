// Package household finds the households of an installation: the configuration file's
// own, those in the folder beside it, and those in the store. It knows nothing of what
// is done for them.
package household

import (
	"bytes"
	"cmp"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"parcelwatch/config"
	"parcelwatch/internal/message"
	"parcelwatch/store"
)

// maxFiles is the number of files of the folder that are read.
const maxFiles = 10_000

// Set holds the households of an installation at one moment. It must not be changed.
type Set struct {
	// Configs holds the usable households by name, including [store.Home].
	Configs map[string]*config.Config
	// Faults holds what is wrong with the others, each a [*Error].
	Faults []error
}

// Error is what is wrong with a household. In Configs of the [Set] there is no household
// with a fault, unless it comes from another place as well.
type Error struct {
	Name string // empty if the whole folder is faulty
	Err  error  // a [*config.Error], or the error of a file that cannot be read
}

// Error returns the fault with its file and line.
func (e *Error) Error() string { return e.Err.Error() }

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.Err }

// Names returns the names of the usable households in order, [store.Home] first.
func (s Set) Names() []string {
	names := slices.Collect(maps.Keys(s.Configs))
	slices.SortFunc(names, homeFirst)
	return names
}

func homeFirst(a, b string) int {
	switch {
	case a == b:
		return 0
	case a == store.Home:
		return -1
	case b == store.Home:
		return 1
	default:
		return cmp.Compare(a, b)
	}
}

// Registry is the part of [store.Registry] that a Source reads.
type Registry interface {
	Revision(ctx context.Context) (int64, error)
	HouseholdDocs(ctx context.Context) ([]store.HouseholdDoc, error)
}

// Source finds the households of an installation. It is not safe for concurrent use.
type Source struct {
	home *config.Config
	reg  Registry
	dir  string

	files    map[string]*entry
	docs     map[string]*entry
	dirFault *config.Error
	revision int64
	last     *Set
}

// entry is a household as it was last read.
type entry struct {
	info      fs.FileInfo       // of a file
	confirmed bool              // read again since it has this info
	sum       [sha256.Size]byte // of a document
	doc       []byte            // of the store, kept while it is faulty
	cfg       *config.Config
	err       error
}

// NewSource returns the source of the households of cfg, which is itself the household
// [store.Home], and of those in reg. reg may be nil.
func NewSource(cfg *config.Config, reg Registry) *Source {
	s := &Source{home: cfg, reg: reg, files: map[string]*entry{}, docs: map[string]*entry{}}
	if cfg.Path != "" {
		s.dir = filepath.Join(filepath.Dir(cfg.Path), config.HouseholdsDir)
	}
	return s
}

// Load returns the households as they are now. A household that has not changed keeps its
// pointer. If nothing has changed, Load reads no file and no document, only their times and the
// registry's revision; a faulty household is read each time, because its cause may be
// elsewhere, such as in the file of a secret. The error is the registry's or the
// context's.
func (s *Source) Load(ctx context.Context) (Set, error) {
	docsChanged, err := s.readDocs(ctx)
	if err != nil {
		return Set{}, fmt.Errorf("read the households of the store: %w", err)
	}
	filesChanged := s.readFiles(ctx)
	if err := ctx.Err(); err != nil {
		s.last = nil
		return Set{}, err
	}
	if s.last == nil || docsChanged || filesChanged {
		set := s.assemble()
		s.last = &set
	}
	return *s.last, nil
}

// readFiles reads the files of the folder that are new, changed or faulty, and reports
// whether there were any.
func (s *Source) readFiles(ctx context.Context) (changed bool) {
	if s.dir == "" {
		return false
	}
	paths, fault := s.list()
	if (fault == nil) != (s.dirFault == nil) {
		changed = true
	}
	s.dirFault = fault
	found := make(map[string]*entry, len(paths))
	for _, path := range paths {
		name := config.HouseholdName(path)
		before := s.files[name]
		now, same := s.readFile(ctx, path, before)
		changed = changed || !same
		found[name] = now
	}
	changed = changed || len(found) != len(s.files)
	s.files = found
	return changed
}

// list returns the files of the folder in order.
func (s *Source) list() ([]string, *config.Error) {
	entries, err := os.ReadDir(s.dir)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, &config.Error{File: s.dir, What: message.New("config_household_dir")}
	}
	var paths []string
	for _, e := range entries {
		if filepath.Ext(e.Name()) != ".toml" || strings.HasPrefix(e.Name(), ".") {
			continue
		}
		if len(paths) == maxFiles {
			return paths, &config.Error{File: s.dir, What: message.New("config_household_many", "Most", strconv.Itoa(maxFiles))}
		}
		paths = append(paths, filepath.Join(s.dir, e.Name()))
	}
	return paths, nil
}

// readFile returns the household of a file and whether it is the same as before. A file is
// read once more after it was seen for the first time, because it may have changed
// within the resolution of its time.
func (s *Source) readFile(ctx context.Context, path string, before *entry) (now *entry, same bool) {
	info, err := os.Stat(path)
	if err != nil {
		return &entry{err: fmt.Errorf("look at a household: %w", err)}, false
	}
	if before != nil && before.err == nil && before.confirmed && unchanged(before.info, info) {
		return before, true
	}
	if !info.Mode().IsRegular() {
		return &entry{err: &config.Error{File: path, What: message.New("config_household_file")}}, false
	}
	now = &entry{info: info, confirmed: before != nil && before.info != nil && unchanged(before.info, info)}
	now.cfg, now.err = s.home.LoadHousehold(path)
	now.openable(ctx)
	if same = now.err == nil && before != nil && before.err == nil && now.cfg.SameText(before.cfg); same {
		now.cfg = before.cfg
	}
	return now, same
}

func unchanged(a, b fs.FileInfo) bool {
	return os.SameFile(a, b) && a.ModTime().Equal(b.ModTime()) && a.Size() == b.Size() && a.Mode() == b.Mode()
}

// openable checks the sealed secrets of a household.
func (e *entry) openable(ctx context.Context) {
	if e.err == nil {
		e.err = e.cfg.CheckSealed(ctx)
	}
	if e.err != nil {
		e.cfg = nil
	}
}

// readDocs reads the documents of the store that are new, changed or faulty, and reports
// whether there were any.
func (s *Source) readDocs(ctx context.Context) (changed bool, err error) {
	if s.reg == nil {
		return false, nil
	}
	revision, err := s.reg.Revision(ctx)
	if err != nil {
		return false, err
	}
	if s.last != nil && revision == s.revision {
		for name, e := range s.docs {
			if e.err != nil {
				changed = true
				s.docs[name] = s.readDoc(ctx, name, e.doc)
			}
		}
		return changed, nil
	}
	docs, err := s.reg.HouseholdDocs(ctx)
	if err != nil {
		return false, err
	}
	found := make(map[string]*entry, len(docs))
	for _, d := range docs {
		if before := s.docs[d.Name]; before != nil && before.err == nil && before.sum == sha256.Sum256(d.Doc) {
			found[d.Name] = before
			continue
		}
		found[d.Name] = s.readDoc(ctx, d.Name, d.Doc)
	}
	s.docs, s.revision = found, revision
	return true, nil
}

func (s *Source) readDoc(ctx context.Context, name string, doc []byte) *entry {
	e := &entry{sum: sha256.Sum256(doc)}
	e.cfg, e.err = s.home.Household(name, "", doc)
	e.openable(ctx)
	if e.err != nil {
		e.doc = bytes.Clone(doc)
	}
	return e
}

// assemble puts the households of all places together.
func (s *Source) assemble() Set {
	set := Set{Configs: map[string]*config.Config{store.Home: s.home}}
	if s.dirFault != nil {
		set.Faults = append(set.Faults, &Error{Err: s.dirFault})
	}
	watched := map[string]string{}
	_ = watch(watched, store.Home, s.home) // the first
	names := slices.Concat(slices.Collect(maps.Keys(s.files)), slices.Collect(maps.Keys(s.docs)))
	slices.Sort(names)
	for _, name := range slices.Compact(names) {
		file, doc := s.files[name], s.docs[name]
		if file != nil && doc != nil {
			set.add(name, &config.Error{Household: name, What: message.New("config_household_twice", "Path", s.path(name))})
		}
		e := cmp.Or(file, doc)
		err := e.err
		if err == nil {
			err = watch(watched, name, e.cfg)
		}
		if err != nil {
			set.add(name, err)
			continue
		}
		set.Configs[name] = e.cfg
	}
	return set
}

func (s *Source) path(name string) string { return filepath.Join(s.dir, name+".toml") }

// add adds the faults that an error lists.
func (s *Set) add(name string, err error) {
	list, err := config.Problems(err)
	for _, one := range list {
		s.Faults = append(s.Faults, &Error{Name: name, Err: one})
	}
	if err != nil {
		s.Faults = append(s.Faults, &Error{Name: name, Err: err})
	}
}

// watch enters the folders of a household, or returns which of its mailboxes another
// household watches.
func watch(watched map[string]string, name string, cfg *config.Config) error {
	var faults config.Errors
	var own []string
	for i, m := range cfg.Mailboxes {
		for _, folder := range m.Folders {
			if strings.EqualFold(folder, "inbox") {
				folder = "INBOX"
			}
			place := strings.ToLower(m.Host) + "\n" + strings.ToLower(m.Username) + "\n" + folder
			if other := watched[place]; other != "" {
				faults = append(faults, cfg.Fault("mailbox["+strconv.Itoa(i)+"]", message.New("config_household_mailbox", "Name", other)))
				break
			}
			own = append(own, place)
		}
	}
	if len(faults) > 0 {
		return faults
	}
	for _, place := range own {
		watched[place] = name
	}
	return nil
}
