//go:build linux

package service_test

import (
	"archive/tar"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// TestTheContainerRunsAsAnAccountWithoutRights builds the image around a program that does
// nothing, and reads the recipes beside it.
func TestTheContainerRunsAsAnAccountWithoutRights(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	program, image := filepath.Join(dir, "parcelwatch-linux-amd64"), filepath.Join(dir, "image.tar")
	if err := os.WriteFile(program, []byte("program"), 0o700); err != nil {
		t.Fatal(err)
	}
	licences := filepath.Join(dir, "THIRD-PARTY.txt")
	if err := os.WriteFile(licences, []byte("licences of the parts"), 0o600); err != nil {
		t.Fatal(err)
	}
	build := exec.CommandContext(t.Context(), "bash", "../packaging/container/image.sh", program, licences, image)
	build.Env = append(os.Environ(), "VERSION=1.2.3", "SOURCE_DATE_EPOCH=1700000000", "CA_CERTIFICATES="+program)
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	if got := inTar(t, image, `"User":"65532:65532"`); got != 1 {
		t.Errorf("%d files of the image name its account, want 1", got)
	}
	if got := inTar(t, image, "licences of the parts"); got != 1 {
		t.Errorf("%d files of the image have the licences of the parts, want 1", got)
	}
	for file, lines := range map[string][]string{
		"Containerfile": {"USER 65532:65532"},
		"compose.yaml":  {`user: "65532:65532"`, "read_only: true", "cap_drop: [ALL]", `security_opt: ["no-new-privileges:true"]`},
	} {
		text, err := os.ReadFile(filepath.Join("..", "packaging", "container", file))
		if err != nil {
			t.Fatal(err)
		}
		for _, line := range lines {
			if !strings.Contains(string(text), "\n"+line+"\n") && !strings.Contains(string(text), "\n    "+line+"\n") {
				t.Errorf("%s has no line %q", file, line)
			}
		}
	}
}

// inTar counts the small files of an archive that contain a text.
func inTar(t *testing.T, archive, text string) (n int) {
	t.Helper()
	f, err := os.Open(archive)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	for r := tar.NewReader(f); ; {
		head, err := r.Next()
		if errors.Is(err, io.EOF) {
			return n
		}
		if err != nil {
			t.Fatal(err)
		}
		if head.Size > 1<<20 {
			continue
		}
		body, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		if strings.Contains(string(body), text) {
			n++
		}
	}
}
