//go:build !windows

package config_test

import (
	"errors"
	"os"
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
