// Package packaging_test checks what is published beside the program.
package packaging_test

import (
	"bytes"
	"fmt"
	"image"
	_ "image/png" // the pictures of the store
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"go.yaml.in/yaml/v4"

	"parcelwatch/config"
	"parcelwatch/internal/locale"
)

const app = "homeassistant/parcelwatch"

func read(t *testing.T, name string) string {
	t.Helper()
	raw, err := os.ReadFile(filepath.FromSlash(name))
	if err != nil {
		t.Fatal(err)
	}
	return string(raw)
}

// appConfig is what Home Assistant's Supervisor reads of an app, as far as this one uses it.
type appConfig struct {
	Name          string            `yaml:"name"`
	Version       string            `yaml:"version"`
	Slug          string            `yaml:"slug"`
	Description   string            `yaml:"description"`
	URL           string            `yaml:"url"`
	Arch          []string          `yaml:"arch"`
	Image         string            `yaml:"image"`
	Init          *bool             `yaml:"init"`
	Startup       string            `yaml:"startup"`
	Boot          string            `yaml:"boot"`
	Stage         string            `yaml:"stage"`
	HomeAssistant string            `yaml:"homeassistant"`
	Ingress       bool              `yaml:"ingress"`
	IngressPort   int               `yaml:"ingress_port"`
	IngressStream bool              `yaml:"ingress_stream"`
	PanelIcon     string            `yaml:"panel_icon"`
	PanelTitle    string            `yaml:"panel_title"`
	Services      []string          `yaml:"services"`
	Map           []appFolder       `yaml:"map"`
	Watchdog      string            `yaml:"watchdog"`
	Backup        string            `yaml:"backup"`
	BackupPre     string            `yaml:"backup_pre"`
	BackupExclude []string          `yaml:"backup_exclude"`
	Options       map[string]any    `yaml:"options"`
	Schema        map[string]string `yaml:"schema"`
}

type appFolder struct {
	Type     string `yaml:"type"`
	ReadOnly *bool  `yaml:"read_only"`
	Path     string `yaml:"path"`
}

func readApp(t *testing.T) appConfig {
	t.Helper()
	var c appConfig
	d := yaml.NewDecoder(strings.NewReader(read(t, app+"/config.yaml")))
	d.KnownFields(true)
	if err := d.Decode(&c); err != nil {
		t.Fatal(err)
	}
	return c
}

// The forms are those of the Supervisor's own check of config.yaml.
func TestTheSupervisorAcceptsTheApp(t *testing.T) {
	t.Parallel()
	c := readApp(t)
	for field, value := range map[string]struct{ text, form string }{
		"name":           {c.Name, `.`},
		"version":        {c.Version, `^\d+\.\d+\.\d+$`},
		"slug":           {c.Slug, `^[-_.A-Za-z0-9]+$`},
		"description":    {c.Description, `.`},
		"url":            {c.URL, `^https://[^/]+`},
		"arch":           {strings.Join(c.Arch, " "), `^((aarch64|amd64) ?)+$`},
		"image":          {c.Image, `^([a-zA-Z\-\.:\d{}]+/)*?([\-\w{}]+)/([\-\w{}]+)$`},
		"startup":        {c.Startup, `^(initialize|system|services|application|once)$`},
		"boot":           {c.Boot, `^(auto|manual|manual_only)$`},
		"stage":          {c.Stage, `^(stable|experimental|deprecated)$`},
		"homeassistant":  {c.HomeAssistant, `^20\d\d\.\d+\.\d+$`},
		"panel_icon":     {c.PanelIcon, `^mdi:[a-z-]+$`},
		"services":       {strings.Join(c.Services, " "), `^((mqtt|mysql):(provide|want|need) ?)*$`},
		"watchdog":       {c.Watchdog, `^(https?|\[PROTO:\w+\]|tcp)://\[HOST\]:(\[PORT:\d+\]|\d+)/healthz$`},
		"backup":         {c.Backup, `^hot$`}, // a cold one runs no backup_pre
		"ingress, init":  {fmt.Sprint(c.Ingress, c.Init != nil && !*c.Init), `^true true$`},
		"port of health": {c.Watchdog, fmt.Sprint(`PORT:`, c.IngressPort, `\]`)},
	} {
		if !regexp.MustCompile(value.form).MatchString(value.text) {
			t.Errorf("%s: %q is not of the form %s", field, value.text, value.form)
		}
	}
	for _, m := range c.Map {
		if !slices.Contains([]string{"addon_config", "ssl", "share", "media", "backup", "data", "homeassistant_config"}, m.Type) {
			t.Errorf("map: %+v", m)
		}
	}
	element := regexp.MustCompile(`^(str|bool|email|url|port|int|float|password|device)(\(-?\d*,-?\d*\))?\??$|^(list|match)\(.+\)\??$`)
	for name, form := range c.Schema {
		_, preset := c.Options[name]
		if !element.MatchString(form) || preset == strings.HasSuffix(form, "?") {
			t.Errorf("schema: %s is %q, preset %t", name, form, preset)
		}
	}
	for name := range c.Options {
		if c.Schema[name] == "" {
			t.Errorf("option %s has no schema", name)
		}
	}
	languages := strings.Split(strings.TrimSuffix(strings.TrimPrefix(c.Schema["language"], "list("), ")"), "|")
	for _, language := range languages {
		if _, err := locale.New(language); err != nil {
			t.Error(err)
		}
	}
	for _, language := range locale.Languages() {
		if !slices.Contains(languages, language) {
			t.Errorf("%s cannot be chosen", language)
		}
	}
}

func TestTheFolderOfTheAppIsWhole(t *testing.T) {
	t.Parallel()
	c := readApp(t)
	docker := read(t, app+"/Dockerfile")
	for _, want := range []string{
		`io.hass.version="$BUILD_VERSION"`, `io.hass.type="app"`, `io.hass.arch="` + strings.Join(c.Arch, "|") + `"`, "run.sh", strings.TrimPrefix(c.BackupPre, "/"),
	} {
		if !strings.Contains(docker, want) {
			t.Errorf("the Dockerfile has no %s", want)
		}
	}
	if !regexp.MustCompile(`(?m)^FROM ghcr\.io/home-assistant/base:[0-9.]+$`).MatchString(docker) {
		t.Error("the base image is not pinned")
	}
	for _, name := range []string{"DOCS.md", "README.md", "CHANGELOG.md"} {
		if strings.TrimSpace(read(t, app+"/"+name)) == "" {
			t.Errorf("%s is empty", name)
		}
	}
	for name, ratio := range map[string]float64{"icon.png": 1, "logo.png": 2.5} {
		picture, _, err := image.DecodeConfig(strings.NewReader(read(t, app+"/"+name)))
		if err != nil || float64(picture.Width)/float64(picture.Height) != ratio || picture.Height < 100 {
			t.Errorf("%s: %d by %d: %v", name, picture.Width, picture.Height, err)
		}
	}
	var repository struct{ Name, URL, Maintainer string }
	if err := yaml.Unmarshal([]byte(read(t, "homeassistant/repository.yaml")), &repository); err != nil || repository.Name == "" || repository.URL == "" || repository.Maintainer == "" {
		t.Errorf("repository.yaml: %+v, %v", repository, err)
	}
}

func TestEachOptionIsExplainedAndUsed(t *testing.T) {
	t.Parallel()
	options := slices.Sorted(maps.Keys(readApp(t).Schema))
	files, err := filepath.Glob(filepath.FromSlash(app + "/translations/*.yaml"))
	if err != nil || len(files) < 2 {
		t.Fatal(files, err)
	}
	for _, file := range files {
		var words struct {
			Configuration map[string]struct{ Name, Description string } `yaml:"configuration"`
		}
		if err := yaml.Unmarshal([]byte(read(t, file)), &words); err != nil {
			t.Fatal(err)
		}
		if got := slices.Sorted(maps.Keys(words.Configuration)); !slices.Equal(got, options) {
			t.Errorf("%s explains %v, want %v", file, got, options)
		}
		for name, w := range words.Configuration {
			if w.Name == "" || w.Description == "" || strings.Contains(file, "ru.yaml") != regexp.MustCompile(`[а-я]`).MatchString(w.Name+w.Description) {
				t.Errorf("%s: %s is %+v", file, name, w)
			}
		}
	}
	var used []string
	for _, hit := range regexp.MustCompile(`bashio::config[.a-z_]* ([a-z_]+)`).FindAllStringSubmatch(read(t, app+"/run.sh"), -1) {
		used = append(used, hit[1])
	}
	slices.Sort(used)
	if used = slices.Compact(used); !slices.Equal(used, options) {
		t.Errorf("run.sh uses %v, the options are %v", used, options)
	}
}

func TestTheProfileOfAppArmorIsRead(t *testing.T) {
	t.Parallel()
	profile := read(t, app+"/apparmor.txt")
	for _, want := range []string{"profile " + readApp(t).Slug + " ", "/usr/lib/bashio/** ix", "peer=*" + readApp(t).Slug, "/config/** r", "/data/**", "/run.sh ix", "/backup.sh ix"} {
		if !strings.Contains(profile, want) {
			t.Errorf("no %q", want)
		}
	}
	parser, err := exec.LookPath("apparmor_parser")
	if err != nil {
		t.Skip("apparmor_parser is not installed (package apparmor)")
	}
	if out, err := exec.CommandContext(t.Context(), parser, "-Q", "-K", app+"/apparmor.txt").CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}

// started runs run.sh with the options and returns the configuration that the program was
// started with, and what the app wrote into its log.
func started(t *testing.T, mine, options string) (c *config.Config, log string) {
	t.Helper()
	bash, err := exec.LookPath("bash")
	if err != nil {
		t.Skip("bash is not installed")
	}
	dir := t.TempDir()
	for name, content := range map[string]string{"config/parcelwatch.toml": mine, "config/mail.pass": "x", "data/x": "", "bin/x": ""} {
		if err := os.MkdirAll(filepath.Dir(filepath.Join(dir, name)), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, name), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	program := "#!/bin/sh\necho \"$*\" >" + dir + "/args\nenv >" + dir + "/env\n"
	if err := os.WriteFile(filepath.Join(dir, "bin/parcelwatch"), []byte(program), 0o700); err != nil {
		t.Fatal(err)
	}
	_, script, _ := strings.Cut(read(t, app+"/run.sh"), "\n") // without the line that names the shell
	script = strings.NewReplacer("/config/", dir+"/config/", "/data/page", dir+"/data/page").Replace(script)
	bashio := `
		option() { sed -n "s/^$1=//p" <<<"$OPTIONS"; }
		bashio::config() { option "$1"; }
		bashio::config.has_value() { [ -n "$(option "$1")" ]; }
		bashio::config.true() { [ "$(option "$1")" = true ]; }
		bashio::services.available() { [ -n "$(option "$1_host")" ]; }
		bashio::services() { option "$1_$2"; }
		bashio::log.info() { echo "$*" >&2; }
		bashio::log.fatal() { echo "$*" >&2; }
	`
	cmd := exec.CommandContext(t.Context(), bash, "-c", bashio+script)
	cmd.Env = []string{"PATH=" + dir + "/bin:" + os.Getenv("PATH"), "OPTIONS=" + options}
	var errs bytes.Buffer
	cmd.Stderr = &errs
	if err := cmd.Run(); err != nil {
		return nil, errs.String()
	}
	for line := range strings.Lines(read(t, filepath.Join(dir, "env"))) {
		if name, value, ok := strings.Cut(strings.TrimSpace(line), "="); ok && strings.HasPrefix(name, "PARCELWATCH_") {
			t.Setenv(name, value)
		}
	}
	joined := filepath.Join(dir, "config", ".joined.toml")
	if got := strings.TrimSpace(read(t, filepath.Join(dir, "args"))); got != "run --config "+joined {
		t.Errorf("started with %q", got)
	}
	c, err = config.Load(joined)
	if err == nil {
		err = c.Need(config.AllSections()...)
	}
	if err != nil {
		t.Fatalf("%v\n%s", err, read(t, joined))
	}
	return c, errs.String()
}

func TestOptionsBecomeSettings(t *testing.T) {
	mine := regexp.MustCompile("(?s)```toml\n(.*?)```").FindStringSubmatch(read(t, app+"/DOCS.md"))[1]
	mine = strings.ReplaceAll("\n"+mine, "\n   ", "\n")
	broker := "mqtt_host=core-mosquitto\nmqtt_port=1883\nmqtt_ssl=false\nmqtt_username=addons\nmqtt_password=se\"cret\n"
	for name, c := range map[string]struct {
		mine, options string
		check         func(t *testing.T, c *config.Config, log string)
	}{
		"everything": {mine, broker + "language=ru\nmqtt=true\npage_password=geheim99\n", func(t *testing.T, c *config.Config, _ string) {
			t.Helper()
			page, _ := c.Web.Password.Resolve(t.Context())
			login, _ := c.MQTT.Password.Resolve(t.Context())
			if c.Language != "ru" || page != "geheim99" || c.Web.Listen != "0.0.0.0:8099" || fmt.Sprint(c.Web.Proxies) != "[172.30.32.2]" ||
				c.MQTT.URL.Server().String() != "core-mosquitto:1883" || c.MQTT.Username != "addons" || login != `se"cret` || c.Store.Path != "/data/parcelwatch.db" {
				t.Errorf("%+v\n%+v\n%q %q", c.Web, c.MQTT, page, login)
			}
		}},
		"no password: one is made and told": {mine, "language=en\nmqtt=true\n", func(t *testing.T, c *config.Config, log string) {
			t.Helper()
			page, _ := c.Web.Password.Resolve(t.Context())
			if len(page) != 12 || !strings.Contains(log, page) || c.MQTT.Enabled() {
				t.Errorf("%q, %+v\n%s", page, c.MQTT, log)
			}
		}},
		"MQTT is off": {mine, broker + "language=en\nmqtt=false\npage_password=geheim99\n", func(t *testing.T, c *config.Config, log string) {
			t.Helper()
			if c.MQTT.Enabled() || strings.Contains(log, "geheim99") {
				t.Errorf("%+v\n%s", c.MQTT, log)
			}
		}},
		"TLS": {mine, strings.Replace(broker, "false", "true", 1) + "language=en\nmqtt=true\n", func(t *testing.T, c *config.Config, _ string) {
			t.Helper()
			if !c.MQTT.Enabled() || c.MQTT.URL.Server().TLS == "none" {
				t.Errorf("%+v", c.MQTT)
			}
		}},
		"the user's own sections stay": {
			"language = \"de\"\n" + mine + "\n[web]\nlisten = \"0.0.0.0:8099\"\npassword = \"mein eigenes\"\n[mqtt]\nurl = \"mqtt://other\"\n[store]\npath = \"/data/my.db\"\n",
			broker + "language=en\nmqtt=true\n",
			func(t *testing.T, c *config.Config, _ string) {
				t.Helper()
				if page, _ := c.Web.Password.Resolve(t.Context()); c.Language != "de" || page != "mein eigenes" || c.MQTT.URL.Server().Host != "other" || c.Store.Path != "/data/my.db" {
					t.Errorf("%+v", c)
				}
			},
		},
		"a language of a section is not that of all": {mine + "\n[mqtt]\nurl = \"mqtt://other\"\nlanguage = \"de\"\n", "language=ru\nmqtt=true\n", func(t *testing.T, c *config.Config, _ string) {
			t.Helper()
			if c.Language != "ru" || c.MQTT.Language != "de" {
				t.Errorf("%q, %q", c.Language, c.MQTT.Language)
			}
		}},
	} {
		t.Run(name, func(t *testing.T) {
			got, log := started(t, c.mine, c.options)
			if got == nil {
				t.Fatalf("the script ends: %s", log)
			}
			c.check(t, got, log)
		})
	}
}
