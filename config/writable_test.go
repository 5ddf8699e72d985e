//go:build !windows

package config_test

import (
	"errors"
	"os"
	"os/user"
	"path/filepath"
	"strings"
	"testing"

	"parcelwatch/config"
	"parcelwatch/internal/locale"
)

// lay writes a file of a mode in a folder of a mode.
func lay(t *testing.T, name, text string, folder, mode os.FileMode) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "folder")
	path := filepath.Join(dir, name)
	for _, err := range []error{
		os.Mkdir(dir, 0o700), os.WriteFile(path, []byte(text), 0o600), os.Chmod(path, mode), os.Chmod(dir, folder),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
	return path
}

// The rights that let others change a file, and those that do not. A group may be the
// owner's own, except root's.
func rights() map[string]struct {
	folder, file os.FileMode
	folderBad    bool
	fileBad      bool
} {
	return map[string]struct {
		folder, file os.FileMode
		folderBad    bool
		fileBad      bool
	}{
		"the owner's":                 {0o755, 0o700, false, false},
		"all may write the file":      {0o755, 0o702, false, true},
		"all may write the folder":    {0o707, 0o700, true, false},
		"a folder like /tmp":          {0o777 | os.ModeSticky, 0o700, false, false},
		"root's group may write":      {0o755, 0o720, false, os.Geteuid() == 0},
		"root's group may replace it": {0o770, 0o700, os.Geteuid() == 0, false},
	}
}

func TestAConfigurationThatOthersCanChangeIsRefused(t *testing.T) {
	t.Parallel()
	for name, c := range rights() {
		path := lay(t, "parcelwatch.toml", "language = \"en\"\n", c.folder, c.file)
		_, err := config.Load(path)
		check(t, name, err, path, c.folderBad, c.fileBad)
		link := filepath.Join(t.TempDir(), "link.toml")
		if err := os.Symlink(path, link); err != nil {
			t.Fatal(err)
		}
		_, err = config.Load(link)
		check(t, name+", through a link", err, path, c.folderBad, c.fileBad)
	}
}

func TestASecretOrCommandThatOthersCanChangeIsRefused(t *testing.T) {
	t.Parallel()
	for name, c := range rights() {
		command := lay(t, "secret.sh", "#!/bin/sh\necho word\n", c.folder, c.file)
		word, err := secretOf(t, `{ command = ["`+command+`"] }`).Resolve(t.Context())
		check(t, name+", a command", err, command, c.folderBad, c.fileBad)
		if (word == "word") != (err == nil) {
			t.Errorf("%s: the command says %q, %v", name, word, err)
		}
		file := lay(t, "secret", "word", c.folder, 0o600)
		_, err = secretOf(t, `{ file = "`+file+`" }`).Resolve(t.Context())
		check(t, name+", a file", err, file, c.folderBad, false)
	}
}

func TestOwnersWhomRootTrusts(t *testing.T) {
	t.Parallel()
	known := func(name string) (*user.User, error) {
		if name != "parcelwatch" {
			return nil, user.UnknownUserError(name)
		}
		return &user.User{Uid: "998"}, nil
	}
	none := func(name string) (*user.User, error) { return nil, user.UnknownUserError(name) }
	for name, c := range map[string]struct {
		uid    int
		sudo   string
		lookup func(string) (*user.User, error)
		want   bool
	}{
		"root":                         {0, "", none, true},
		"the account of the service":   {998, "", known, true},
		"no account of the service":    {998, "", none, false},
		"who called sudo":              {1000, "1000", known, true},
		"somebody else":                {1001, "1000", known, false},
		"somebody else, without sudo":  {1001, "", known, false},
		"a longer number":              {10001, "1000", known, false},
		"a variable that is no number": {1000, "1000 ", known, false},
	} {
		if got := config.TrustedByRoot(c.uid, c.sudo, c.lookup); got != c.want {
			t.Errorf("%s: %t", name, got)
		}
	}
}

// What belongs to somebody else is not taken by root, although nobody but its owner can
// change it.
func TestRootTakesNoFileOfSomebodyElse(t *testing.T) {
	if os.Geteuid() != 0 {
		t.Skip("only root can give files away")
	}
	const stranger = 54321
	for name, c := range map[string]struct {
		sudo         string
		folder, file int // owners
		want         string
	}{
		"root's":                        {"", 0, 0, ""},
		"a stranger's file":             {"", 0, stranger, "file"},
		"a file in a stranger's folder": {"", stranger, 0, "folder"},
		"the caller's of sudo":          {"54321", stranger, stranger, ""},
		"not the caller's of sudo":      {"54322", 0, stranger, "file"},
	} {
		t.Setenv("SUDO_UID", c.sudo)
		give := func(path string) (mends string) {
			t.Helper()
			if err := errors.Join(os.Chown(path, c.file, c.file), os.Chown(filepath.Dir(path), c.folder, c.folder)); err != nil {
				t.Fatal(err)
			}
			return map[string]string{"": "", "file": "chown root " + path, "folder": "chown root " + filepath.Dir(path)}[c.want]
		}
		mended := func(what string, err error, want string) {
			t.Helper()
			if want == "" && err != nil || want != "" && (err == nil || !strings.HasSuffix(err.Error(), want)) {
				t.Errorf("%s, %s: error %v, want %q", name, what, err, want)
			}
		}
		path := lay(t, "parcelwatch.toml", "language = \"en\"\n", 0o755, 0o600)
		want := give(path)
		_, err := config.Load(path)
		mended("a configuration", err, want)
		command := lay(t, "secret.sh", "#!/bin/sh\necho word\n", 0o755, 0o700)
		want = give(command)
		_, err = secretOf(t, `{ command = ["`+command+`"] }`).Resolve(t.Context())
		mended("a command", err, want)
		file := lay(t, "secret", "word", 0o755, 0o600)
		want = give(file)
		_, err = secretOf(t, `{ file = "`+file+`" }`).Resolve(t.Context())
		mended("a secret", err, want)
	}
}

func check(t *testing.T, name string, err error, path string, folderBad, fileBad bool) { //nolint:revive // one row of the table
	t.Helper()
	want := ""
	switch {
	case fileBad:
		want = "chmod go-w " + path
	case folderBad:
		want = "chmod go-w " + filepath.Dir(path)
	}
	switch {
	case want == "" && err != nil:
		t.Errorf("%s: %v", name, err)
	case want != "" && (err == nil || !strings.HasSuffix(err.Error(), want)):
		t.Errorf("%s: error %v, want %q", name, err, want)
	}
	if e, ok := errors.AsType[*config.SecretError](err); ok {
		ru, _ := locale.New("ru")
		if words := ru.Text(e.Fault()); !strings.Contains(words, "могут изменить другие") || !strings.HasSuffix(words, want) {
			t.Errorf("%s in Russian: %q", name, words)
		}
	}
}
