package config

import (
	"net/url"
	"regexp"

	"parcelwatch/internal/message"
	"parcelwatch/internal/netx"
)

// MQTT configures the broker to which the state of the parcels is published.
type MQTT struct {
	URL         Broker `toml:"url"`
	CA          string `toml:"ca"`          // file of a private CA, absolute after loading
	Fingerprint string `toml:"fingerprint"` // as in Server
	Username    string `toml:"username"`
	Password    Secret `toml:"password"`
	Prefix      string `toml:"prefix"`    // of the topics
	Discovery   string `toml:"discovery"` // prefix of Home Assistant's discovery topics
	Language    string `toml:"language"`  // default: the general one
}

// Broker is the address of an MQTT broker. The zero value is none.
type Broker struct{ server netx.Server }

// Server returns the broker's address and its protection.
func (b Broker) Server() netx.Server { return b.server }

// String returns the address as a URL.
func (b Broker) String() string {
	switch {
	case b.server.IsZero():
		return ""
	case b.server.TLS == netx.TLSNone:
		return "mqtt://" + b.server.String()
	default:
		return "mqtts://" + b.server.String()
	}
}

func (b *Broker) set(v any) message.Text { return parsed(&b.server, v, "config_broker", parseBroker) }

func parseBroker(text string) (netx.Server, error) {
	u, err := url.Parse(text)
	if err != nil || u.User != nil || u.RawQuery != "" || u.Fragment != "" || u.Path != "" && u.Path != "/" {
		return netx.Server{}, netx.ErrServer
	}
	switch u.Scheme {
	case "mqtt", "tcp":
		return netx.ParseServer(u.Host, netx.TLSNone, 8883, 1883)
	case "mqtts", "ssl":
		return netx.ParseServer(u.Host, netx.TLSImplicit, 8883, 1883)
	default:
		return netx.Server{}, netx.ErrServer
	}
}

// Enabled reports whether a broker is configured.
func (m *MQTT) Enabled() bool { return !m.URL.server.IsZero() }

func (m *MQTT) complete(c *Config) {
	if m.Language == "" {
		m.Language = c.Language
	}
	m.CA = c.abs(m.CA)
	if pin, err := netx.ParsePin(m.Fingerprint); err == nil {
		m.Fingerprint = pin.String()
	}
}

func (c *Config) checkMQTT(p *problems) {
	m := &c.MQTT
	topic := regexp.MustCompile(`^[A-Za-z0-9_-]{1,64}(/[A-Za-z0-9_-]{1,64}){0,3}$`)
	given := m.Username != "" || !m.Password.IsZero() || m.CA != "" || m.Fingerprint != ""
	_, wrongPin := netx.ParsePin(m.Fingerprint)
	for _, one := range []struct {
		wrong   bool
		key, id string
	}{
		{!m.Enabled() && given, "url", "config_broker"},
		{!m.Password.IsZero() && m.Username == "", "username", "config_broker_username"},
		{m.URL.server.TLS == netx.TLSNone && (m.CA != "" || m.Fingerprint != ""), "url", "config_broker_tls"},
		{m.Fingerprint != "" && wrongPin != nil, "fingerprint", "config_fingerprint"},
		{m.CA != "" && m.Fingerprint != "", "fingerprint", "config_ca_fingerprint"},
		{!topic.MatchString(m.Prefix), "prefix", "config_topic"},
		{!topic.MatchString(m.Discovery), "discovery", "config_topic"},
	} {
		if one.wrong {
			p.at("mqtt."+one.key, one.id)
		}
	}
	c.checkLanguage(p, "mqtt.language", m.Language)
}
