package config

import (
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"parcelwatch/internal/message"
)

// HouseholdsDir is the folder beside the configuration file with one file for each
// further household.
const HouseholdsDir = "households.d"

// fileHousehold is the household of the configuration file itself.
const fileHousehold = "home"

// IsHousehold reports whether a name may be given to a household: up to 31 lower-case
// letters, digits and hyphens, but not "home", which is the configuration file's own.
func IsHousehold(name string) bool {
	return name != fileHousehold && regexp.MustCompile(`^[a-z0-9][a-z0-9-]{0,30}$`).MatchString(name)
}

// householdSections returns what each household needs of its own.
func householdSections() []Section {
	return []Section{NeedMailbox, NeedDigest, NeedChannels, NeedRules}
}

// Household returns the configuration of another household of the installation: of doc it
// has the general keys, [[mailbox]], [[digest]], [[channel]], [[rule]], [protection], [shop]
// and the password of [web], and of c everything else. It takes no default from the
// household of c itself.
//
// Relative paths are relative to file. If file is empty, doc is from the store: faults name
// the household instead, and paths must be absolute. An error is an [Error] or [Errors]; a
// document without a section that a household needs has one too.
func (c *Config) Household(name, file string, doc []byte) (*Config, error) {
	out := Default()
	out.Path, out.household, out.base = file, name, c.root()
	err := out.people(doc)
	if faults, other := Problems(err); file == "" && other == nil {
		for _, one := range faults {
			one.Household = name
		}
	}
	if err != nil {
		return nil, err
	}
	return out, nil
}

// LoadHousehold reads the file of a household, which is named after it, with the same
// strictness as [Load].
func (c *Config) LoadHousehold(path string) (*Config, error) {
	full, err := filepath.Abs(path)
	if err != nil {
		return nil, err
	}
	data, open, err := read(full)
	if err != nil {
		return nil, err
	}
	out, err := c.Household(HouseholdName(full), full, data)
	if err != nil {
		return nil, err
	}
	if err := out.protected(open); err != nil {
		return nil, err
	}
	return out, nil
}

// HouseholdName returns the name that a file gives to its household. It may not be valid.
func HouseholdName(path string) string { return strings.TrimSuffix(filepath.Base(path), ".toml") }

// OfHousehold returns the name of the household, empty for the configuration file's own.
func (c *Config) OfHousehold() string { return c.household }

// SameText reports whether both were read from the same text.
func (c *Config) SameText(other *Config) bool { return c.sum == other.sum }

// Fault returns a problem at a path of the file or document, such as "mailbox[1].host".
func (c *Config) Fault(path string, what message.Text) *Error {
	p := c.problems()
	p.says(path, what)
	return p.found[0]
}

func (c *Config) people(doc []byte) error {
	switch {
	case !IsHousehold(c.household):
		return &Error{File: c.Path, What: message.New("config_household_name")}
	case len(doc) > maxFile:
		return &Error{File: c.Path, What: message.New("config_large")}
	}
	if err := c.fill(doc); err != nil {
		return err
	}
	p := c.problems()
	if c.Path == "" {
		c.checkAbsolute(p)
	}
	if err := p.err(); err != nil {
		return err
	}
	return c.Need(householdSections()...)
}

// checkAbsolute reports relative paths, which a document without a folder cannot have.
func (c *Config) checkAbsolute(p *problems) {
	files := map[string]string{}
	for at, s := range c.secretsAt() {
		files[at] = s.file()
	}
	for at, s := range c.servers {
		files[at+".ca"] = s.CA
	}
	for at, path := range files {
		if path != "" && !filepath.IsAbs(path) {
			p.at(at, "config_household_relative")
		}
	}
	slices.SortFunc(p.found, func(a, b *Error) int { return a.Line - b.Line })
}

// inherit takes the parts of the installation over.
func (c *Config) inherit() {
	from := c.base
	if from == nil {
		return
	}
	c.SMTP, c.Carriers, c.Declared, c.Alarm, c.Log, c.Store, c.MQTT = from.SMTP, from.Carriers, from.Declared, from.Alarm, from.Log, from.Store, from.MQTT
	password := c.Web.Password
	c.Web = from.Web
	c.Web.Password = password
}

// Own returns what a household itself says, for people who need not know the
// installation. It returns the whole configuration for the file's own household.
func (c *Config) Own() *Config {
	if c.base == nil {
		return c
	}
	own := *c
	own.SMTP, own.Carriers, own.Declared, own.Alarm, own.Log, own.Store, own.MQTT = SMTP{}, nil, nil, Alarm{}, Log{}, Store{}, MQTT{}
	own.Web = Web{Password: c.Web.Password}
	return &own
}

// elsewhere reports whether a key of a household's file belongs to the installation.
func (p *problems) elsewhere(path string) bool {
	if p.household == "" {
		return false
	}
	section, key, inside := strings.Cut(path, ".")
	if section == "web" {
		return inside && key != "password"
	}
	return slices.Contains([]string{"smtp", "carriers", "carrier", "alarm", "log", "store", "mqtt"}, section)
}
