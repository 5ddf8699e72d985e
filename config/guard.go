package config

import (
	"maps"
	"slices"
)

// Files returns the files that the configuration refers to, secrets and
// certificates, in order and without duplicates.
func (c *Config) Files() []string {
	var out []string
	for _, s := range c.secretsAt() {
		out = append(out, s.file())
	}
	for _, s := range c.servers {
		out = append(out, s.CA)
	}
	if c.base == nil {
		out = append(out, c.sharedFiles()...)
	}
	slices.Sort(out)
	return slices.DeleteFunc(slices.Compact(out), func(path string) bool { return path == "" })
}

// sharedFiles returns those of the sections that only an installation has.
func (c *Config) sharedFiles() []string {
	out := []string{c.MQTT.CA}
	for _, section := range c.Carriers {
		for key, v := range section {
			var s Secret
			if key != "endpoint" && key != "proxy" && s.set(v) == nil {
				s.arg = c.secretPath(s)
				out = append(out, s.file())
			}
		}
	}
	for _, d := range c.Definitions() {
		headers, _ := d.Headers()
		for _, s := range headers {
			out = append(out, s.file())
		}
		if d.Shared {
			out = append(out, d.File)
		}
	}
	return out
}

// secretsAt returns the secrets of the file by path, for a household only its own.
func (c *Config) secretsAt() map[string]*Secret {
	out := map[string]*Secret{"web.password": &c.Web.Password}
	if c.base == nil {
		out["alarm.ping"], out["mqtt.password"], out["store.password"], out["store.key"] = &c.Alarm.Ping, &c.MQTT.Password, &c.Store.Password, &c.Store.Key
	}
	for at, s := range c.servers {
		out[at+".password"] = &s.Password
		if s.OAuth2 != nil {
			out[at+".oauth2.client_secret"] = &s.OAuth2.ClientSecret
		}
	}
	for i := range c.Channels {
		out[element("channel", i)+".url"] = &c.Channels[i].URL
	}
	return out
}

// guard rejects (on Windows: warns about) a file that contains a secret and can
// be read by others.
func (c *Config) guard(open bool) error {
	if !open {
		return nil
	}
	p := c.problems()
	held := c.secretsAt()
	for _, at := range slices.Sorted(maps.Keys(held)) {
		if s := held[at]; s.Inline() && s.plain != "" {
			p.at(at, "config_open_secret", "Path", c.Path)
		}
	}
	if c.base == nil {
		c.guardCarriers(p)
	}
	for at, s := range c.servers {
		if s.Proxy.password() {
			p.at(at+".proxy", "config_open_proxy", "Path", c.Path)
		}
	}
	return p.err()
}

// holdsSecret reports whether the file itself contains a secret.
func (c *Config) holdsSecret() bool { return c.guard(true) != nil }
