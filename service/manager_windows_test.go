package service_test

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/windows"
	"golang.org/x/sys/windows/svc"
	"golang.org/x/sys/windows/svc/mgr"

	"parcelwatch/service"
)

func TestTheServiceIsAskedForWithoutRightsAndDelayed(t *testing.T) {
	t.Parallel()
	c := service.Wanted(service.Options{Name: "family", Executable: `C:\Program Files\parcelwatch\parcelwatch.exe`, Config: `D:\my mail\family.toml`})
	if c.UserName != `NT AUTHORITY\LocalService` || c.Option["DelayedAutoStart"] != true {
		t.Errorf("account %q, delayed %v", c.UserName, c.Option["DelayedAutoStart"])
	}
	want := []string{"run", "--config", `D:\my mail\family.toml`, "--name", "family"}
	if !slices.Equal(c.Arguments, want) {
		t.Errorf("arguments %q, want %q", c.Arguments, want)
	}
	if line := windows.ComposeCommandLine(append([]string{c.Executable}, c.Arguments...)); !strings.HasPrefix(line, `"C:\Program Files\`) {
		t.Errorf("Windows would look for C:\\Program.exe: %s", line)
	}
	if c = service.Wanted(service.Options{Name: service.DefaultName}); slices.Contains(c.Arguments, "--name") {
		t.Errorf("arguments %q", c.Arguments)
	}
}

func TestAfterAFailureItIsStartedAgain(t *testing.T) {
	t.Parallel()
	want := []time.Duration{10 * time.Second, 30 * time.Second, 60 * time.Second}
	got := service.Recovery()
	for i, a := range got {
		if len(got) != len(want) || a.Type != mgr.ServiceRestart || a.Delay != want[i] {
			t.Fatalf("got %v", got)
		}
	}
}

func TestAnEndIsToldInWords(t *testing.T) {
	t.Parallel()
	for want, s := range map[string]svc.Status{
		"":                 {},
		"refused to start": {Win32ExitCode: uint32(windows.ERROR_SERVICE_SPECIFIC_ERROR), ServiceSpecificExitCode: 1},
		"did not end well": {Win32ExitCode: uint32(windows.ERROR_SERVICE_SPECIFIC_ERROR), ServiceSpecificExitCode: 2},
		"error 1067: ":     {Win32ExitCode: uint32(windows.ERROR_PROCESS_ABORTED)},
		"error 5: ":        {Win32ExitCode: uint32(windows.ERROR_ACCESS_DENIED)},
	} {
		if got := service.Words(s); !strings.Contains(got, want) || (got == "") != (want == "") {
			t.Errorf("%+v: got %q, want %q", s, got, want)
		}
	}
	if got := service.Words(svc.Status{Win32ExitCode: uint32(windows.ERROR_SERVICE_NEVER_STARTED)}); got != "" {
		t.Errorf("a service that was never started: %q", got)
	}
}

// rights returns the access that an access list in SDDL grants to an account,
// for the file or folder itself and for the files in a folder.
func rights(t *testing.T, list, account string) (itself, files windows.ACCESS_MASK) {
	t.Helper()
	sd, err := windows.SecurityDescriptorFromString(list)
	if err != nil {
		t.Fatalf("%s: %v", list, err)
	}
	dacl, _, err := sd.DACL()
	if err != nil {
		t.Fatal(err)
	}
	whom, err := windows.StringToSid(account)
	if err != nil {
		t.Fatal(err)
	}
	for i := range uint32(dacl.AceCount) {
		var ace *windows.ACCESS_ALLOWED_ACE
		if err := windows.GetAce(dacl, i, &ace); err != nil {
			t.Fatal(err)
		}
		if sid := service.Sid(ace); !sid.Equals(whom) {
			continue
		}
		if ace.Header.AceFlags&windows.INHERIT_ONLY_ACE == 0 {
			itself |= ace.Mask
		}
		if ace.Header.AceFlags&windows.OBJECT_INHERIT_ACE != 0 {
			files |= ace.Mask
		}
	}
	return itself, files
}

func TestTheAccessListsLetInWhoHasToBeInside(t *testing.T) {
	t.Parallel()
	const system, administrators, account, users = "S-1-5-18", "S-1-5-32-544", "S-1-5-19", "S-1-5-32-545"
	const addFile, deleteChild = 0x2, 0x40
	const change = windows.FILE_WRITE_DATA | windows.FILE_APPEND_DATA | windows.DELETE
	for _, who := range []string{system, administrators} {
		for _, list := range []string{service.FolderList, service.FileList, service.StoreList} {
			if itself, _ := rights(t, list, who); itself&0x1f01ff != 0x1f01ff {
				t.Errorf("%s may %x by %s", who, itself, list)
			}
		}
	}
	for _, list := range []string{service.FolderList, service.FileList, service.StoreList} {
		if itself, files := rights(t, list, users); itself|files != 0 {
			t.Errorf("every user may %x by %s", itself|files, list)
		}
		if !strings.HasPrefix(list, "D:P") {
			t.Errorf("%s inherits", list)
		}
	}
	itself, files := rights(t, service.FolderList, account)
	if itself&addFile == 0 || itself&(deleteChild|windows.DELETE|windows.WRITE_DAC|windows.WRITE_OWNER) != 0 {
		t.Errorf("with the folder the service may %x", itself)
	}
	if files&change != change || files&(windows.WRITE_DAC|windows.WRITE_OWNER) != 0 {
		t.Errorf("with files of the folder the service may %x", files)
	}
	if itself, _ := rights(t, service.FileList, account); itself&windows.FILE_READ_DATA == 0 || itself&change != 0 {
		t.Errorf("with its configuration the service may %x", itself)
	}
	if itself, _ := rights(t, service.StoreList, account); itself&change != change || itself&(windows.WRITE_DAC|windows.WRITE_OWNER) != 0 {
		t.Errorf("with its store the service may %x", itself)
	}
}

func TestTheFolderIsMadeClosedAndWhatIsInItIsReset(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "parcelwatch")
	if err := service.Create(dir); err != nil {
		t.Skip("only administrators make such a folder: ", err)
	}
	if err := service.Create(dir); err != nil {
		t.Errorf("an existing folder: %v", err)
	}
	listOf := func(path string) string {
		sd, err := windows.GetNamedSecurityInfo(path, windows.SE_FILE_OBJECT, windows.DACL_SECURITY_INFORMATION)
		if err != nil {
			t.Fatal(err)
		}
		return sd.String()
	}
	made := listOf(dir)
	if itself, _ := rights(t, made, "S-1-5-32-545"); itself != 0 {
		t.Errorf("users may %x in the new folder: %s", itself, made)
	}
	o := service.Options{Config: filepath.Join(dir, "p.toml"), Store: filepath.Join(dir, "p.db")}
	for _, path := range []string{o.Config, o.Store, filepath.Join(dir, "other")} {
		if err := os.WriteFile(path, nil, 0o600); err != nil {
			t.Fatal(err)
		}
		if out, err := exec.CommandContext(t.Context(), "icacls", path, "/grant", "*S-1-1-0:F").CombinedOutput(); err != nil {
			t.Skipf("no icacls: %v: %s", err, out)
		}
		if itself, _ := rights(t, listOf(path), "S-1-1-0"); itself == 0 {
			t.Skip("access lists are not kept here")
		}
	}
	if err := o.Reset(dir); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{o.Config, o.Store, filepath.Join(dir, "other")} {
		if itself, _ := rights(t, listOf(path), "S-1-1-0"); itself != 0 {
			t.Errorf("%s: everybody may %x: %s", path, itself, listOf(path))
		}
		if itself, _ := rights(t, listOf(path), "S-1-5-18"); itself&0x1f01ff != 0x1f01ff {
			t.Errorf("%s: the system may %x: %s", path, itself, listOf(path))
		}
	}
}

func TestEntriesJoinAListInTheRightPlace(t *testing.T) {
	t.Parallel()
	for list, want := range map[string]string{
		"D:(A;;FA;;;BA)": "D:(A;;FA;;;BA)(A;;FR;;;LS)",
		"D:AI(D;;FW;;;BU)(A;ID;FA;;;SY)(A;ID;FR;;;BU)": "D:AI(D;;FW;;;BU)(A;;FR;;;LS)(A;ID;FA;;;SY)(A;ID;FR;;;BU)",
		"D:P(A;;FA;;;SY)(A;;FR;;;LS)":                  "", // already has it
		"D:(A;OICIID;FA;;;SY)":                         "D:(A;;FR;;;LS)(A;OICIID;FA;;;SY)",
		"":                                             "", // without a list everyone has full access
	} {
		got := service.Joined(list, service.FileEntries)
		if got != want {
			t.Errorf("%s: got %s, want %s", list, got, want)
		}
		if got == "" {
			continue
		}
		if _, err := windows.SecurityDescriptorFromString(got); err != nil {
			t.Errorf("%s: %v", got, err)
		}
		if again := service.Joined(got, service.FileEntries); again != "" {
			t.Errorf("a second time: %s", again)
		}
	}
	if got := service.Joined("D:(A;;FA;;;BA)", service.FolderEntries); got != "D:(A;;FA;;;BA)"+service.FolderEntries {
		t.Errorf("a folder: %s", got)
	}
}

func TestAFolderThatSomebodyElseMadeIsRefused(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "parcelwatch")
	if err := service.PlantedIn(dir, "S-1-5-18"); err != nil {
		t.Errorf("no folder: %v", err)
	}
	file := filepath.Join(dir, "store", "p.db")
	if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	me, err := service.OwnerOf(file)
	if err != nil {
		t.Fatal(err)
	}
	if err := service.PlantedIn(dir, me); err != nil {
		t.Errorf("an own folder: %v", err)
	}
	if service.TrustedOwner(me, "") {
		t.Skip("files made here belong to " + me)
	}
	err = service.PlantedIn(dir, "S-1-5-18")
	if p, ok := errors.AsType[*service.PlantedError](err); !ok || p.Path != dir || p.Link {
		t.Errorf("the folder of %s: %v", me, err)
	}
	if err := os.Symlink(file, filepath.Join(dir, "parcelwatch.toml")); err != nil {
		t.Skip("no links: ", err)
	}
	if info, err := os.Lstat(filepath.Join(dir, "parcelwatch.toml")); err != nil || info.Mode()&os.ModeSymlink == 0 {
		t.Skip("links look like files here") // Wine
	}
	if p, ok := errors.AsType[*service.PlantedError](service.PlantedIn(dir, me)); !ok || !p.Link {
		t.Error("a link was taken")
	}
}

func TestAProgramInAPersonsFolderIsRefused(t *testing.T) {
	t.Parallel()
	home, err := os.UserHomeDir()
	if err != nil {
		t.Fatal(err)
	}
	if err := service.Public(filepath.Join(home, "Downloads", "parcelwatch.exe")); err == nil || !strings.Contains(err.Error(), `C:\Program Files`) {
		t.Errorf("got %v", err)
	}
	if err := service.Public(`C:\Program Files\parcelwatch\parcelwatch.exe`); err != nil {
		t.Errorf("got %v", err)
	}
}

func TestPathsAreComparedAsWindowsDoes(t *testing.T) {
	t.Parallel()
	for path, want := range map[string]bool{
		`C:\ProgramData\parcelwatch`: true, `c:\programdata\PARCELWATCH\x.toml`: true, `C:\ProgramData\parcelwatch\a\..\x`: true,
		`C:\ProgramData\parcelwatch2\x`: false, `C:\ProgramData`: false, `C:\ProgramData\parcelwatch\..\x`: false, `D:\ProgramData\parcelwatch\x`: false,
	} {
		if got := service.Inside(path, `C:\ProgramData\parcelwatch`); got != want {
			t.Errorf("%s: got %v", path, got)
		}
	}
}
