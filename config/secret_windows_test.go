package config_test

import (
	"encoding/base64"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unsafe"

	"golang.org/x/sys/windows"

	"parcelwatch/config"
)

// sealed returns a blob as made for this machine by
// [System.Security.Cryptography.ProtectedData]::Protect.
func sealed(t *testing.T, text string) string {
	t.Helper()
	data := []byte(text)
	in := windows.DataBlob{Size: uint32(len(data)), Data: &data[0]}
	var out windows.DataBlob
	err := windows.CryptProtectData(&in, nil, nil, 0, nil, windows.CRYPTPROTECT_LOCAL_MACHINE|windows.CRYPTPROTECT_UI_FORBIDDEN, &out)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _, _ = windows.LocalFree(windows.Handle(unsafe.Pointer(out.Data))) }()
	return base64.StdEncoding.EncodeToString(unsafe.Slice(out.Data, out.Size))
}

func TestABlobOfThisMachineIsOpened(t *testing.T) {
	t.Parallel()
	for _, want := range []string{"hunter2", "пароль с пробелом"} {
		if got, err := secretOf(t, `{ dpapi = "`+sealed(t, want)+`" }`).Resolve(t.Context()); got != want || err != nil {
			t.Errorf("got %q, %v, want %q", got, err, want)
		}
	}
}

func TestABlobThatCannotBeOpenedIsNamedAndNotShown(t *testing.T) {
	t.Parallel()
	good := sealed(t, "hunter2")
	for blob, want := range map[string]string{
		"not base64!": "not base64",
		base64.StdEncoding.EncodeToString([]byte("no blob at all")): "another machine",
		good[:len(good)/8*4]: "another machine",
	} {
		got, err := secretOf(t, `{ dpapi = "`+blob+`" }`).Resolve(t.Context())
		if err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), blob) {
			t.Errorf("%.20s: got %q, %v, want %q", blob, got, err, want)
		}
	}
}

func TestFoldersComeFromWindowsItself(t *testing.T) {
	want := config.Getenv("ProgramData")
	if !filepath.IsAbs(want) {
		t.Errorf("ProgramData is %q", want)
	}
	t.Setenv("ProgramData", `X:\elsewhere`) // as a service of another account may have it
	if got := config.Getenv("ProgramData"); got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	t.Setenv("PARCELWATCH_CONFIG", "x.toml")
	if got := config.Getenv("PARCELWATCH_CONFIG"); got != "x.toml" {
		t.Errorf("got %q", got)
	}
}

func TestAConfigurationWithASecretThatUsersCanReadIsWarnedAbout(t *testing.T) {
	t.Parallel()
	for text, warned := range map[string]bool{"[smtp]\r\npassword = \"hunter2\"\r\n": true, "[smtp]\r\nhost = \"x.example\"\r\n": false} {
		c, err := config.Load(granting(t, text, "D:P(A;;FR;;;WD)"))
		if err != nil || (len(c.Warnings) > 0) != warned {
			t.Errorf("%q: %v, %v", text, c, err)
		}
	}
}

func TestAConfigurationThatUsersCanChangeIsRefused(t *testing.T) {
	t.Parallel()
	if _, err := config.Load(granting(t, "[smtp]\r\nhost = \"x.example\"\r\n", "D:P(A;;FA;;;WD)")); err == nil {
		t.Error("a file that everybody can change is taken")
	}
}

// granting writes a configuration with an access list in SDDL and returns its path.
func granting(t *testing.T, text, sddl string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "c.toml")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	dacl, _, err := list(t, sddl).DACL()
	if err != nil {
		t.Fatal(err)
	}
	err = windows.SetNamedSecurityInfo(path, windows.SE_FILE_OBJECT,
		windows.DACL_SECURITY_INFORMATION|windows.PROTECTED_DACL_SECURITY_INFORMATION, nil, nil, dacl, nil)
	if err != nil {
		t.Fatal(err)
	}
	return path
}

// Wine only stores entries for owner and everybody, so these lists are parsed
// from memory.
func TestAnAccessListIsReadForLargeGroups(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"D:P(A;;FA;;;SY)(A;;FA;;;BA)(A;;FR;;;LS)": "",
		"D:P(A;;FA;;;SY)(A;;FR;;;WD)":             "config_everybody",
		"D:(A;ID;FA;;;SY)(A;ID;0x1200a9;;;BU)":    "config_every_user",
		"D:(A;;GR;;;AU)":                          "config_every_user",
		"D:(A;;WD;;;BU)":                          "", // may change the list, but not read
		"D:(D;;FR;;;BU)(A;;FA;;;BA)":              "",
	} {
		if got := config.Readers(list(t, text)); got != want {
			t.Errorf("%s: got %q, want %q", text, got, want)
		}
	}
	none, err := windows.NewSecurityDescriptor()
	if err != nil {
		t.Fatal(err)
	}
	if err := none.SetDACL(nil, true, false); err != nil {
		t.Fatal(err)
	}
	if got := config.Readers(none); got != "config_everybody" {
		t.Errorf("no list at all: got %q", got)
	}
}

// list parses an access list in SDDL.
func list(t *testing.T, text string) *windows.SECURITY_DESCRIPTOR {
	t.Helper()
	sd, err := windows.SecurityDescriptorFromString(text)
	if err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	return sd
}
