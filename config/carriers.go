package config

import (
	"context"
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strings"

	"parcelwatch/internal/message"
	"parcelwatch/internal/netx"
)

// Carrier is one [carriers.NAME] section, unparsed. Only the carrier knows the
// meaning of its keys.
type Carrier map[string]any

// Setting is a key that a carrier accepts in addition to endpoint, proxy and
// enabled.
type Setting struct {
	Name     string
	Secret   bool
	Required bool
}

// CarrierConfig is one carrier's section after validation.
type CarrierConfig struct {
	Enabled  bool
	Endpoint string // replaces scheme and host; empty for the default
	Proxy    Proxy
	Settings map[string]Secret // all are secret, because a login is private too
	// Missing lists the required settings that are not configured. Without them
	// the carrier cannot be queried.
	Missing []string
}

// Resolve returns the values of the settings.
func (c CarrierConfig) Resolve(ctx context.Context) (map[string]string, error) {
	out := make(map[string]string, len(c.Settings))
	for _, name := range slices.Sorted(maps.Keys(c.Settings)) {
		v, err := c.Settings[name].Resolve(ctx)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		out[name] = v
	}
	return out, nil
}

// CarrierConfigs validates all [carriers.X] sections against the settings of
// the known carriers. The result has an entry for every known carrier,
// configured or not.
func (c *Config) CarrierConfigs(known map[string][]Setting) (map[string]CarrierConfig, error) {
	c = c.root()
	p := c.problems()
	names := slices.Sorted(maps.Keys(known))
	for _, name := range slices.Sorted(maps.Keys(c.Carriers)) {
		p.among("carriers."+name, "carrier", name, names)
	}
	out := make(map[string]CarrierConfig, len(known))
	for _, name := range names {
		out[name] = c.carrier(p, name, known[name])
	}
	return out, p.err()
}

func (c *Config) carrier(p *problems, name string, takes []Setting) CarrierConfig {
	out := CarrierConfig{Enabled: true, Settings: map[string]Secret{}}
	allowed := []string{"enabled", "endpoint", "proxy"}
	for _, s := range takes {
		allowed = append(allowed, s.Name)
	}
	section := c.Carriers[name]
	for _, key := range slices.Sorted(maps.Keys(section)) {
		wrong := Unknown("key", key, allowed)
		if slices.Contains(allowed, key) {
			wrong = c.setCarrier(&out, key, section[key])
		}
		p.says("carriers."+name+"."+key, wrong)
	}
	given := ""
	for _, s := range takes {
		value, ok := out.Settings[s.Name]
		switch {
		case !s.Required:
		case !ok || value.Inline() && value.plain == "":
			out.Missing = append(out.Missing, s.Name)
		default:
			given = s.Name
		}
	}
	if given != "" && len(out.Missing) > 0 {
		p.at("carriers."+name+"."+given, "config_carrier_half", "Missing", strings.Join(out.Missing, ", "))
	}
	return out
}

// setCarrier stores the value of one key and returns what is wrong with it.
func (c *Config) setCarrier(out *CarrierConfig, key string, v any) message.Text {
	switch key {
	case "enabled":
		on, ok := v.(bool)
		if !ok {
			return message.New("config_bool").Around(kindOf(v))
		}
		out.Enabled = on
		return nil
	case "endpoint":
		return setEndpoint(&out.Endpoint, v)
	case "proxy":
		return out.Proxy.set(v)
	default:
		var s Secret
		wrong := s.set(v)
		s.arg = c.secretPath(s)
		out.Settings[key] = s
		return wrong
	}
}

// setEndpoint stores an address that replaces a carrier's own. Tracking numbers
// and credentials are sent to it, so plain http is only allowed for this
// machine.
func setEndpoint(dst *string, v any) message.Text {
	const wrong = "config_endpoint"
	s, ok := v.(string)
	if !ok {
		return message.New(wrong)
	}
	u, err := url.Parse(s)
	switch {
	case err != nil || u.Hostname() == "" || u.Scheme != "https" && u.Scheme != "http":
		return message.New(wrong)
	case u.User != nil || u.RawQuery != "" || u.Fragment != "" || strings.Trim(u.Path, "/") != "":
		return message.New("config_endpoint_path")
	case !netx.Private(u):
		return message.New("config_endpoint_http")
	}
	*dst = u.Scheme + "://" + u.Host
	return nil
}

// guardCarriers is [Config.guard] for the unparsed sections: a string under a
// key that is not a known public setting may be a secret.
func (c *Config) guardCarriers(p *problems) {
	for _, name := range slices.Sorted(maps.Keys(c.Carriers)) {
		for _, key := range slices.Sorted(maps.Keys(c.Carriers[name])) {
			if _, text := c.Carriers[name][key].(string); text && key != "endpoint" && key != "proxy" && key != "login" {
				p.at("carriers."+name+"."+key, "config_open_perhaps", "Path", c.Path)
			}
		}
	}
}
