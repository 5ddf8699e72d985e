package household_test

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"parcelwatch/config"
	"parcelwatch/internal/household"
	"parcelwatch/store"
)

// registry is a registry in memory that counts how often its documents are read.
type registry struct {
	docs     map[string]string
	revision int64
	reads    int
	err      error
}

func (r *registry) Revision(context.Context) (int64, error) { return r.revision, r.err }

func (r *registry) HouseholdDocs(context.Context) ([]store.HouseholdDoc, error) {
	r.reads++
	var out []store.HouseholdDoc
	for name, doc := range r.docs {
		out = append(out, store.HouseholdDoc{Name: name, Doc: []byte(doc)})
	}
	return out, r.err
}

func (r *registry) put(name, doc string) {
	if r.docs == nil {
		r.docs = map[string]string{}
	}
	r.docs[name] = doc
	r.revision++
}

// folder is a configuration with its folder of households.
type folder struct {
	t   *testing.T
	dir string
	cfg *config.Config
}

func newFolder(t *testing.T, more string) *folder {
	t.Helper()
	f := &folder{t: t, dir: t.TempDir()}
	path := filepath.Join(f.dir, "parcelwatch.toml")
	if err := os.WriteFile(path, []byte(doc("home")+more), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(filepath.Join(f.dir, config.HouseholdsDir), 0o700); err != nil {
		t.Fatal(err)
	}
	var err error
	if f.cfg, err = config.Load(path); err != nil {
		t.Fatal(err)
	}
	return f
}

func (f *folder) path(name string) string {
	return filepath.Join(f.dir, config.HouseholdsDir, name+".toml")
}

func (f *folder) write(name, text string) {
	f.t.Helper()
	if err := os.WriteFile(f.path(name), []byte(text), 0o600); err != nil {
		f.t.Fatal(err)
	}
}

func (f *folder) remove(name string) {
	f.t.Helper()
	if err := os.Remove(f.path(name)); err != nil {
		f.t.Fatal(err)
	}
}

// doc is a household with one mailbox of its own.
func doc(user string) string {
	return "[[mailbox]]\nhost = \"imap.example.org\"\nusername = \"" + user + "\"\npassword = { env = \"PASS\" }\n[[digest]]\nto = [\"a@example.org\"]\n"
}

func load(t *testing.T, s *household.Source) household.Set {
	t.Helper()
	set, err := s.Load(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return set
}

// look is what a set says: "name place" for each household, then the faults without their
// folder.
func look(f *folder, set household.Set) []string {
	var out []string
	for _, name := range set.Names() {
		place := "store"
		switch cfg := set.Configs[name]; cfg.Path {
		case "":
		case f.cfg.Path:
			place = "configuration"
		default:
			place = "file"
		}
		out = append(out, name+" "+place)
	}
	for _, err := range set.Faults {
		out = append(out, strings.ReplaceAll(err.Error(), f.dir+string(filepath.Separator), ""))
	}
	return out
}

func TestLoadFindsTheHouseholdsOfEveryPlace(t *testing.T) {
	t.Parallel()
	slash := filepath.FromSlash
	for name, tt := range map[string]struct {
		files, docs map[string]string
		want        []string
	}{
		"a single household": {want: []string{"home configuration"}},
		"a file and a document": {
			files: map[string]string{"zoe": doc("zoe")},
			docs:  map[string]string{"anna": doc("anna")},
			want:  []string{"home configuration", "anna store", "zoe file"},
		},
		"in both places the file is used": {
			files: map[string]string{"anna": doc("anna")},
			docs:  map[string]string{"anna": doc("anna2")},
			want: []string{
				"home configuration", "anna file",
				slash("household anna: this household is also in households.d/anna.toml, which is used instead; remove one of the two"),
			},
		},
		"a faulty one is left out": {
			files: map[string]string{"anna": doc("anna"), "boris": "language = \"xx\"\n" + doc("boris"), "Clara": doc("clara")},
			docs:  map[string]string{"dora": "[smtp]\n" + doc("dora"), "home": doc("x")},
			want: []string{
				"home configuration", "anna file",
				slash("households.d/Clara.toml: the name of a household has up to 31 characters, only a-z, 0-9 and hyphens, begins with a letter or digit and is not \"home\""),
				slash("households.d/boris.toml:1: language: unknown language"),
				"household dora, line 1: smtp: a household cannot set this, because it applies to the whole installation; put it into parcelwatch.toml",
				"household home: the name of a household has up to 31 characters, only a-z, 0-9 and hyphens, begins with a letter or digit and is not \"home\"",
			},
		},
		"a mailbox belongs to the first": {
			files: map[string]string{"boris": "\n" + doc("Shared"), "clara": strings.Replace(doc("HOME"), "imap.", "IMAP.", 1)},
			docs:  map[string]string{"anna": doc("shared"), "dora": strings.Replace(doc("shared"), "password", "folders = [\"Archive\"]\npassword", 1)},
			want: []string{
				"home configuration", "anna store", "dora store",
				slash("households.d/boris.toml:2: mailbox: household anna already watches this mailbox"),
				slash("households.d/clara.toml:1: mailbox: household home already watches this mailbox"),
			},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := newFolder(t, "")
			for name, text := range tt.files {
				f.write(name, text)
			}
			got := look(f, load(t, household.NewSource(f.cfg, &registry{docs: tt.docs})))
			for i, line := range got { // what is allowed is in the words of config
				if i < len(tt.want) && strings.HasPrefix(line, tt.want[i]) {
					got[i] = tt.want[i]
				}
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestOnlyWhatChangedIsReadAgain(t *testing.T) {
	t.Parallel()
	f := newFolder(t, "")
	f.write("anna", doc("anna"))
	f.write("boris", doc("boris"))
	reg := &registry{}
	reg.put("zoe", doc("zoe"))
	reg.put("yuri", doc("yuri"))
	s := household.NewSource(f.cfg, reg)
	first := load(t, s)
	if len(first.Configs) != 5 || len(first.Faults) != 0 {
		t.Fatalf("got %v", look(f, first))
	}
	same := func(set household.Set, names ...string) {
		t.Helper()
		for _, name := range names {
			if first.Configs[name] != set.Configs[name] {
				t.Errorf("%s has another pointer", name)
			}
		}
	}
	for range 3 {
		same(load(t, s), "home", "anna", "boris", "yuri", "zoe")
	}
	if reg.reads != 1 {
		t.Errorf("the documents were read %d times", reg.reads)
	}

	f.write("anna", "language = \"de\"\n"+doc("anna"))
	reg.put("zoe", "language = \"de\"\n"+doc("zoe"))
	second := load(t, s)
	same(second, "home", "boris", "yuri")
	for _, name := range []string{"anna", "zoe"} {
		if second.Configs[name].Language != "de" {
			t.Errorf("the change of %s is not seen", name)
		}
	}

	f.remove("boris")
	delete(reg.docs, "yuri")
	reg.revision++
	if got, want := look(f, load(t, s)), []string{"home configuration", "anna file", "zoe store"}; !cmp.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

func TestAFileOfTheSameSizeAndTimeIsReadASecondTime(t *testing.T) {
	t.Parallel()
	f := newFolder(t, "")
	f.write("anna", doc("anna"))
	s := household.NewSource(f.cfg, nil)
	load(t, s)
	info, err := os.Stat(f.path("anna"))
	if err != nil {
		t.Fatal(err)
	}
	f.write("anna", doc("emma"))
	if err := os.Chtimes(f.path("anna"), time.Time{}, info.ModTime()); err != nil {
		t.Fatal(err)
	}
	if got := load(t, s).Configs["anna"].Mailboxes[0].Username; got != "emma" {
		t.Errorf("got %s, want emma", got)
	}
}

func TestAFaultyHouseholdComesBack(t *testing.T) {
	t.Parallel()
	f := newFolder(t, "[store]\nkey = { file = 'key' }\n")
	key := filepath.Join(f.dir, "key")
	put := func(key, text string) {
		if err := os.WriteFile(key, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	put(key, strings.Repeat("a", 32))
	sealed, err := f.cfg.Seal(t.Context(), "zoe", []byte(strings.Replace(doc("zoe"), `{ env = "PASS" }`, `"secret"`, 1)))
	if err != nil {
		t.Fatal(err)
	}
	put(key, strings.Repeat("b", 32))
	reg := &registry{}
	reg.put("zoe", string(sealed))
	f.write("anna", "nonsense")
	f.write("boris", doc("home"))
	s := household.NewSource(f.cfg, reg)
	set := load(t, s)
	if got := strings.Join(look(f, set), "\n"); len(set.Configs) != 1 || len(set.Faults) != 3 || !strings.Contains(got, "household zoe, line 4: mailbox.password: the secret was sealed with another key than the one in [store] key") {
		t.Fatalf("got %s", got)
	}
	if one, ok := errors.AsType[*household.Error](set.Faults[0]); !ok || one.Name != "anna" {
		t.Errorf("the fault has no name: %v", set.Faults[0])
	}
	put(key, strings.Repeat("a", 32))
	f.write("anna", doc("anna"))
	f.write("boris", doc("boris"))
	if got, want := look(f, load(t, s)), []string{"home configuration", "anna file", "boris file", "zoe store"}; !cmp.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

func TestWhatIsNoFileIsNamed(t *testing.T) {
	t.Parallel()
	f := newFolder(t, "")
	if err := os.Mkdir(f.path("anna"), 0o700); err != nil {
		t.Fatal(err)
	}
	f.write("boris", doc("boris"))
	f.write(".hidden", "nonsense")
	if err := os.WriteFile(f.path("boris")+"~", []byte("nonsense"), 0o600); err != nil {
		t.Fatal(err)
	}
	want := []string{"home configuration", "boris file", filepath.FromSlash("households.d/anna.toml: this is not a file")}
	if runtime.GOOS != "windows" {
		if err := os.Symlink("nowhere", f.path("clara")); err != nil {
			t.Fatal(err)
		}
		want = append(want, "look at a household: stat households.d/clara.toml: no such file or directory")
	}
	if diff := cmp.Diff(want, look(f, load(t, household.NewSource(f.cfg, nil)))); diff != "" {
		t.Error(diff)
	}
}

func TestAFolderThatCannotBeReadLeavesTheOthers(t *testing.T) {
	t.Parallel()
	f := newFolder(t, "")
	dir := filepath.Dir(f.path("x"))
	if err := os.Remove(dir); err != nil {
		t.Fatal(err)
	}
	reg := &registry{}
	reg.put("zoe", doc("zoe"))
	s := household.NewSource(f.cfg, reg)
	if set := load(t, s); len(set.Faults) != 0 || len(set.Configs) != 2 {
		t.Errorf("without a folder: got %v", look(f, set))
	}
	if err := os.WriteFile(dir, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if set := load(t, s); len(set.Faults) != 1 || len(set.Configs) != 2 || !strings.Contains(set.Faults[0].Error(), "households are left out") {
		t.Errorf("with a file in its place: got %v", look(f, set))
	}
}

func TestARegistryThatFailsIsAnError(t *testing.T) {
	t.Parallel()
	f := newFolder(t, "")
	f.write("anna", doc("anna"))
	reg := &registry{err: store.ErrAway}
	s := household.NewSource(f.cfg, reg)
	if _, err := s.Load(t.Context()); !errors.Is(err, store.ErrAway) {
		t.Errorf("got %v", err)
	}
	reg.err = nil
	if set := load(t, s); len(set.Configs) != 2 {
		t.Errorf("afterwards: got %v", look(f, set))
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := s.Load(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}

func TestTheNameOfTheFilesOwnHouseholdIsTaken(t *testing.T) {
	t.Parallel()
	if config.IsHousehold(store.Home) {
		t.Error("another household can be called like the file's own")
	}
}

func TestManyHouseholdsLoad(t *testing.T) {
	t.Parallel()
	f := newFolder(t, "")
	reg := &registry{docs: map[string]string{}}
	for i := range 500 {
		f.write(fmt.Sprintf("f%d", i), doc(fmt.Sprintf("f%d", i)))
		reg.docs[fmt.Sprintf("s%d", i)] = doc(fmt.Sprintf("s%d", i))
	}
	s := household.NewSource(f.cfg, reg)
	first := load(t, s)
	if len(first.Configs) != 1001 || len(first.Faults) != 0 {
		t.Fatalf("got %d households, %d faults", len(first.Configs), len(first.Faults))
	}
	if again := load(t, s); !maps.Equal(first.Configs, again.Configs) {
		t.Error("the households are not the same")
	}
}
