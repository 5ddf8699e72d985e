package main

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"encoding/xml"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"go.yaml.in/yaml/v4"
)

const version = "1.2.3"

// release lists what package.sh makes and manifests name.
func release() []string {
	return []string{
		"windows-amd64.msi", "windows-amd64.zip", "windows-arm64.zip", "darwin-arm64.tar.gz",
		"linux-amd64.tar.gz", "linux-arm64.tar.gz", "linux-arm.tar.gz",
	}
}

// filled fills the manifests for files with known contents and returns the folder, and the sum of each file.
func filled(t *testing.T, version string, files []string) (dir, said string, sums map[string]string) {
	t.Helper()
	dist := t.TempDir()
	sums = map[string]string{}
	for _, suffix := range files {
		name := "parcelwatch-" + version + "-" + suffix
		if err := os.WriteFile(filepath.Join(dist, name), []byte(suffix), 0o600); err != nil {
			t.Fatal(err)
		}
		sum := sha256.Sum256([]byte(suffix))
		sums[name] = hex.EncodeToString(sum[:])
	}
	var out strings.Builder
	if err := run(&out, filepath.Join("..", "project.env"), dist, version); err != nil {
		t.Fatal(err)
	}
	return filepath.Join(dist, "manifests"), out.String(), sums
}

func read(t *testing.T, path ...string) string {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(path...))
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// A number in a manifest is that of the build, and a sum beside a file that of the file.
func TestEveryManifestCarriesTheVersionAndTheSumsOfTheBuiltFiles(t *testing.T) {
	dir, said, sums := filled(t, version, release())
	if said != "" {
		t.Errorf("it said %q", said)
	}
	placed := map[string]bool{}
	count := 0
	err := filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		count++
		text := read(t, path)
		rel, _ := filepath.Rel(dir, path)
		timeless := map[string]bool{"parcelwatch.install": true, "ca_profile.xml": true, "parcelwatch.sources": true}
		if !strings.Contains(text, version) && !timeless[filepath.Base(path)] {
			t.Errorf("%s does not name the version", rel)
		}
		if strings.Contains(text, "{{") || strings.Contains(text, "<no value>") || strings.Contains(text, "{version}") {
			t.Errorf("%s has a hole:\n%s", rel, text)
		}
		for _, sum := range regexp.MustCompile(`\b[0-9a-fA-F]{64}\b`).FindAllString(text, -1) {
			found := false
			for name, want := range sums {
				if strings.EqualFold(sum, want) {
					found, placed[name] = true, true
					if !strings.Contains(text, "/"+name) {
						t.Errorf("%s has the sum of %s, and not its address", rel, name)
					}
				}
			}
			if !found {
				t.Errorf("%s has the sum %s, which is that of no built file", rel, sum)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if count < 11 {
		t.Errorf("%d manifests", count)
	}
	for name := range sums {
		if !placed[name] {
			t.Errorf("no manifest has the sum of %s", name)
		}
	}
}

func TestWhatWasNotBuiltIsNamedAndLeftOut(t *testing.T) {
	dir, said, _ := filled(t, version, release()[1:])
	if !strings.Contains(said, "parcelwatch.parcelwatch.installer.yaml needs parcelwatch-1.2.3-windows-amd64.msi") {
		t.Errorf("it said %q", said)
	}
	if _, err := os.Stat(filepath.Join(dir, "winget", "parcelwatch.parcelwatch.installer.yaml")); err == nil {
		t.Error("the installer manifest is there without an installer")
	}
	if _, err := os.Stat(filepath.Join(dir, "scoop", "parcelwatch.json")); err != nil {
		t.Error(err)
	}
}

func TestTheEnvironmentComesBeforeTheFile(t *testing.T) {
	t.Setenv("DOWNLOAD_URL", "https://files.example/{version}")
	dir, _, _ := filled(t, version, release())
	if text := read(t, dir, "scoop", "parcelwatch.json"); !strings.Contains(text, `"https://files.example/1.2.3/parcelwatch-1.2.3-windows-amd64.zip"`) {
		t.Error(text)
	}
}

func TestEveryAddressOfTheProjectIsEncrypted(t *testing.T) {
	settings, err := readSettings(filepath.Join("..", "project.env"), func(string) (string, bool) { return "", false })
	if err != nil {
		t.Fatal(err)
	}
	addresses := 0
	for name, value := range settings {
		if strings.HasSuffix(name, "_URL") {
			if addresses++; !strings.HasPrefix(value, "https://") {
				t.Errorf("%s is %s", name, value)
			}
		}
	}
	if addresses < 3 {
		t.Errorf("%d addresses", addresses)
	}
}

// The rules of winget's schemas 1.10.0, as far as these files use them.
func TestWingetManifestsFollowItsSchemas(t *testing.T) {
	dir, _, _ := filled(t, version, release())
	common := map[string]string{
		"PackageIdentifier": `^[^.\s\\/:*?"<>|]{1,32}(\.[^.\s\\/:*?"<>|]{1,32}){1,7}$`,
		"PackageVersion":    `^[^\\/:*?"<>|]{1,128}$`, "ManifestVersion": `^1\.10\.0$`,
	}
	locale := map[string]string{
		"PackageLocale": `^[a-z]{2}-[A-Z]{2}$`, "Publisher": `^.{2,256}$`, "PackageName": `^.{2,256}$`, "License": `^.{3,}$`,
		"ShortDescription": `^.{3,256}$`, "Description": `(?s)^.+$`, "InstallationNotes": `(?s)^.+$`,
	}
	optional := map[string]string{"PublisherUrl": `^https://.+$`, "PackageUrl": `^https://.+$`, "Moniker": `^.{1,40}$`}
	for file, rules := range map[string][]map[string]string{
		"parcelwatch.parcelwatch.yaml":              {common, {"DefaultLocale": "^en-US$", "ManifestType": "^version$"}},
		"parcelwatch.parcelwatch.locale.en-US.yaml": {common, locale, optional, {"ManifestType": "^defaultLocale$"}},
		"parcelwatch.parcelwatch.locale.ru-RU.yaml": {common, locale, {"ManifestType": "^locale$"}},
		"parcelwatch.parcelwatch.installer.yaml": {common, {
			"ManifestType": "^installer$", "InstallerType": "^wix$", "Scope": "^machine$", "UpgradeBehavior": "^install$", "MinimumOSVersion": `^\d{1,5}(\.\d{1,5}){0,3}$`,
		}},
	} {
		var doc map[string]any
		if err := yaml.Unmarshal([]byte(read(t, dir, "winget", file)), &doc); err != nil {
			t.Fatalf("%s: %v", file, err)
		}
		for _, set := range rules {
			for key, pattern := range set {
				value, _ := doc[key].(string)
				if !regexp.MustCompile(pattern).MatchString(value) {
					t.Errorf("%s: %s is %q, want %s", file, key, value, pattern)
				}
				delete(doc, key)
			}
		}
		for key, value := range doc {
			list, ok := value.([]any)
			if !ok || len(list) == 0 || len(list) > 16 {
				t.Errorf("%s: %s is not of this form, or unknown: %v", file, key, value)
			}
		}
		if file != "parcelwatch.parcelwatch.installer.yaml" {
			continue
		}
		installer, ok := doc["Installers"].([]any)[0].(map[string]any)
		if !ok {
			t.Fatalf("installers: %v", doc["Installers"])
		}
		for key, pattern := range map[string]string{
			"Architecture": "^x64$", "InstallerUrl": "^https://.+/parcelwatch-1.2.3-windows-amd64.msi$", "InstallerSha256": "^[0-9A-F]{64}$",
			"ProductCode": `^\{[0-9A-F]{8}(-[0-9A-F]{4}){3}-[0-9A-F]{12}\}$`,
		} {
			if value, _ := installer[key].(string); !regexp.MustCompile(pattern).MatchString(value) {
				t.Errorf("installer: %s is %q, want %s", key, value, pattern)
			}
		}
	}
}

func TestTheScoopManifestFollowsItsSchema(t *testing.T) {
	dir, _, _ := filled(t, version, release())
	type part struct {
		URL  string `json:"url"`
		Hash string `json:"hash"`
		Dir  string `json:"extract_dir"`
	}
	var doc struct {
		Version, Description, Homepage, License, Bin string
		Notes                                        []string
		Architecture                                 map[string]part
		Checkver                                     struct{ URL, Regex string }
		Autoupdate                                   struct {
			Architecture map[string]part
			Hash         struct{ URL string }
		}
	}
	d := json.NewDecoder(strings.NewReader(read(t, dir, "scoop", "parcelwatch.json")))
	d.DisallowUnknownFields()
	if err := d.Decode(&doc); err != nil {
		t.Fatal(err)
	}
	if doc.Version != version || len(doc.Architecture) != 2 || len(doc.Autoupdate.Architecture) != 2 {
		t.Errorf("got %+v", doc)
	}
	if _, err := regexp.Compile(doc.Checkver.Regex); err != nil {
		t.Error(err)
	}
	for arch, p := range doc.Architecture {
		next := doc.Autoupdate.Architecture[arch]
		for got, want := range map[string]string{next.URL: p.URL, next.Dir: p.Dir} {
			if strings.ReplaceAll(got, "$version", version) != want {
				t.Errorf("%s: an update comes from %s, this version from %s", arch, got, want)
			}
		}
		if len(p.Hash) != 64 || strings.Contains(p.URL, "$") || !strings.HasSuffix(p.URL, p.Dir+".zip") {
			t.Errorf("%s: %+v", arch, p)
		}
	}
}

func TestTheUnraidTemplatesAreWellFormedAndFitThePage(t *testing.T) {
	dir, _, _ := filled(t, version, release())
	var doc struct {
		XMLName    xml.Name `xml:"Container"`
		Repository string
		WebUI      string
		Config     []struct {
			Name   string `xml:",attr"`
			Target string `xml:",attr"`
			Type   string `xml:",attr"`
		}
	}
	if err := xml.Unmarshal([]byte(read(t, dir, "unraid", "parcelwatch.xml")), &doc); err != nil {
		t.Fatal(err)
	}
	if !strings.HasSuffix(doc.Repository, ":"+version) || !strings.Contains(doc.WebUI, "[PORT:8417]") {
		t.Errorf("got %+v", doc)
	}
	compose := read(t, "..", "container", "compose.yaml")
	for _, c := range doc.Config {
		if c.Type == "Path" && !strings.Contains(compose, ":"+c.Target) {
			t.Errorf("compose.yaml does not know the folder %s", c.Target)
		}
	}
	if err := xml.Unmarshal([]byte(read(t, dir, "unraid", "ca_profile.xml")), new(struct{ Profile string })); err != nil {
		t.Error(err)
	}
}

// build.sh gives the .msi its ProductCode by the shell function that this test runs.
func TestTheProductCodeIsThatOfTheInstaller(t *testing.T) {
	bash, err := exec.LookPath("bash")
	if err != nil {
		t.Skip("needs bash")
	}
	function := regexp.MustCompile(`(?m)^guid\(\).*$`).FindString(read(t, "..", "msi", "build.sh"))
	out, err := exec.CommandContext(t.Context(), bash, "-c", function+"\nguid 'product "+version+"'").Output()
	if err != nil || function == "" {
		t.Fatalf("%q: %v", function, err)
	}
	if got := (facts{Version: version}).ProductCode(); !strings.EqualFold(got, strings.TrimSpace(string(out))) {
		t.Errorf("%s, build.sh computes %s", got, out)
	}
}

// The tools of the package managers read what is theirs, where they are installed.
func TestTheirOwnToolsAcceptThem(t *testing.T) {
	for _, v := range []string{version, "0.0.1-dev.7"} {
		dir, _, _ := filled(t, v, release())
		for _, c := range []struct {
			in   string
			tool []string
		}{
			{"homebrew", []string{"ruby", "-c", "parcelwatch.rb"}},
			{"aur", []string{"bash", "-n", "PKGBUILD"}},
			{"aur", []string{"bash", "-n", "parcelwatch.install"}},
			{"unraid", []string{"xmllint", "--noout", "parcelwatch.xml", "ca_profile.xml"}},
		} {
			t.Run(v+" "+strings.Join(c.tool, " "), func(t *testing.T) { runTool(t, filepath.Join(dir, c.in), c.tool...) })
		}
	}
}

// makepkg takes minutes on a busy machine, so it is asked with the tests of real programs only.
func TestMakepkgPrintsTheSRCINFOThatIsBesideThePKGBUILD(t *testing.T) {
	if os.Getenv("PARCELWATCH_RIG") == "" {
		t.Skip("set PARCELWATCH_RIG=1")
	}
	dir, _, _ := filled(t, version, release())
	said := runTool(t, filepath.Join(dir, "aur"), "bash", "-c", srcinfo)
	if want := read(t, dir, "aur", ".SRCINFO"); strings.TrimSpace(said) != strings.TrimSpace(want) {
		t.Errorf("makepkg says\n%s\n.SRCINFO has\n%s", said, want)
	}
}

// srcinfo runs makepkg, which refuses root, as nobody on a copy.
const srcinfo = `set -e
command -v makepkg >/dev/null || exit 77
[ "$(id -u)" = 0 ] || exec env PACMAN=true makepkg --printsrcinfo
copy=$(mktemp -d)
trap 'rm -rf "$copy"' EXIT
cp PKGBUILD parcelwatch.install "$copy"
chown -R nobody "$copy"
cd "$copy"
setpriv --reuid=nobody --regid=nogroup --clear-groups env HOME="$copy" PACMAN=true makepkg --printsrcinfo` // it only looks whether there is a pacman

func runTool(t *testing.T, dir string, tool ...string) string {
	t.Helper()
	if _, err := exec.LookPath(tool[0]); err != nil {
		t.Skipf("needs %s", tool[0])
	}
	cmd := exec.CommandContext(t.Context(), tool[0], tool[1:]...)
	cmd.Dir = dir
	out, err := cmd.Output()
	if cmd.ProcessState.ExitCode() == 77 {
		t.Skip("the tool is not installed")
	}
	if err != nil {
		t.Errorf("%v\n%s", err, out)
	}
	return string(out)
}
