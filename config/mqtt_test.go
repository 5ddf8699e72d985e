package config_test

import (
	"strings"
	"testing"

	"parcelwatch/config"
	"parcelwatch/internal/netx"
)

func TestABrokerIsReadFromItsAddress(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]netx.Server{
		"mqtt://broker.example.org":        {Host: "broker.example.org", Port: 1883, TLS: netx.TLSNone},
		"mqtts://broker.example.org":       {Host: "broker.example.org", Port: 8883, TLS: netx.TLSImplicit},
		"mqtt://192.168.1.5:11883/":        {Host: "192.168.1.5", Port: 11883, TLS: netx.TLSNone},
		"mqtts://[fd00::5]:8884":           {Host: "fd00::5", Port: 8884, TLS: netx.TLSImplicit},
		"broker.example.org":               {},
		"http://broker.example.org":        {},
		"mqtt://":                          {},
		"mqtt://me:hidden7@broker.example": {},
		"mqtt://broker.example/topic":      {},
		"mqtt://broker.example:99999":      {},
		"mqtts://broker.example?x=1":       {},
		"mqtt://bro ker":                   {},
		"mqtt://broker.example:1883#part":  {},
	} {
		c, err := config.Load(write(t, "[mqtt]\nurl = \""+text+"\"\n"))
		if (err == nil) != (want != netx.Server{}) {
			t.Errorf("%s: %v", text, err)
			continue
		}
		if err != nil {
			if strings.Contains(err.Error(), "hidden7") {
				t.Errorf("%s: the error shows the password: %v", text, err)
			}
			continue
		}
		if got := c.MQTT.URL.Server(); got != want {
			t.Errorf("%s: %+v, want %+v", text, got, want)
		}
	}
}

func TestWhatDoesNotFitABrokerIsNamed(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct{ file, key string }{
		"a login without a broker":     {"username = \"me\"", "mqtt.url"},
		"a password without a user":    {"url = \"mqtt://b.example\"\npassword = { env = \"P\" }", "mqtt.username"},
		"a certificate without TLS":    {"url = \"mqtt://b.example\"\nca = \"/ca.pem\"", "mqtt.url"},
		"a wrong fingerprint":          {"url = \"mqtts://b.example\"\nfingerprint = \"sha256:12\"", "mqtt.fingerprint"},
		"a wildcard in the prefix":     {"url = \"mqtt://b.example\"\nprefix = \"a/#\"", "mqtt.prefix"},
		"a prefix that ends in /":      {"url = \"mqtt://b.example\"\nprefix = \"a/\"", "mqtt.prefix"},
		"a discovery that is a system": {"url = \"mqtt://b.example\"\ndiscovery = \"$SYS\"", "mqtt.discovery"},
		"an unknown language":          {"url = \"mqtt://b.example\"\nlanguage = \"xx\"", "mqtt.language"},
	} {
		c, err := config.Load(write(t, "[mqtt]\n"+tc.file+"\n"))
		if err == nil {
			err = c.Need(config.NeedMQTT)
		}
		if err == nil || !strings.Contains(err.Error(), tc.key) {
			t.Errorf("%s: %v, want %s named", name, err, tc.key)
		}
	}
	if err := config.Default().Need(config.NeedMQTT); err != nil {
		t.Errorf("no broker is refused: %v", err)
	}
}
